// Command schedule is the target of schedules. It submits as POST /runs does (GetItem and PutItem on the table, ecs:DescribeTaskDefinition,
// ecs:DescribeClusters, states:StartExecution, states:SendTaskSuccess). It publishes occurrences that did not run (events:PutEvents).
package main

import (
	"os"

	"davit/functions/internal/wiring/events"
	"davit/functions/internal/wiring/runtime"
	"davit/functions/internal/wiring/submit"
	"davit/internal/lambdaio"
	"davit/internal/run"
)

func main() { os.Exit(runtime.Main(wire)) }

func wire(rt *runtime.Runtime) runtime.Handler {
	schedules := &run.Schedules{Submitter: submit.Submitter(rt), RequestID: runtime.RequestID}
	return lambdaio.Schedule(schedules, events.Publisher(rt, run.EventDidNotRun), events.Meter(rt), rt.Log)
}
