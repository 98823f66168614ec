// Command notify is the target of the table's stream. It publishes each change of a run's status on the event bus
// (events:PutEvents), writes metrics to its log, and reads nothing but the stream.
package main

import (
	"os"

	"davit/internal/config/boot"
	"davit/internal/config/bus"
	"davit/internal/lambdaio"
	"davit/internal/run"
)

func main() { os.Exit(boot.Main(wire)) }

func wire(b *boot.Boot) boot.Handler {
	return lambdaio.Notify(bus.Publisher(b, run.EventStatusChange), bus.Meter(b), b.Log)
}
