// Command taskevent is the target of the rule on ECS Task State Change events of Davit's tasks. It merges the event into the run's
// record (GetItem, PutItem), wakes the execution (states:SendTaskSuccess), and stops a task whose run is over (ecs:StopTask).
package main

import (
	"os"

	"davit/internal/config/boot"
	"davit/internal/config/engine"
	"davit/internal/config/machine"
	"davit/internal/config/table"
	"davit/internal/lambdaio"
	"davit/internal/run"
)

func main() { os.Exit(boot.Main(wire)) }

func wire(b *boot.Boot) boot.Handler {
	events := &run.TaskEvents{Keeper: table.Keeper(b, machine.Waker(b)), Engine: engine.Engine(b)}
	return lambdaio.TaskEvent(events, b.Log)
}
