// Command schedule is the target of schedules. It submits as POST /runs does (GetItem and PutItem on the table, ecs:DescribeTaskDefinition,
// ecs:DescribeClusters, states:StartExecution, states:SendTaskSuccess), and tells of occurrences that did not run (events:PutEvents).
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

func wire(b *runtime.Runtime) runtime.Handler {
	schedules := &run.Schedules{Submitter: submit.Submitter(b)}
	return lambdaio.Schedule(schedules, events.Publisher(b, run.EventDidNotRun), events.Meter(b), b.Log)
}
