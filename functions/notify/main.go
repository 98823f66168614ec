// Command notify is the function on the table's stream. It publishes each change of a run's status on the event bus (events:PutEvents) and
// writes metrics to its log. It reads nothing but the stream.
package main

import (
	"os"

	"davit/functions/internal/wiring/events"
	"davit/functions/internal/wiring/runtime"
	"davit/internal/lambdaio"
	"davit/internal/run"
)

func main() { os.Exit(runtime.Main(wire)) }

func wire(rt *runtime.Runtime) runtime.Handler {
	return lambdaio.Notify(events.Publisher(rt, run.EventStatusChange), events.Meter(rt), rt.Log)
}
