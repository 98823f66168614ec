// Command schedule is the target of schedules. It submits as POST /runs does (GetItem and PutItem on the table, ecs:DescribeTaskDefinition,
// ecs:DescribeClusters, states:StartExecution, states:SendTaskSuccess), and tells of occurrences that did not run (events:PutEvents).
package main

import (
	"os"

	"davit/internal/config/boot"
	"davit/internal/config/bus"
	"davit/internal/config/submit"
	"davit/internal/lambdaio"
	"davit/internal/run"
)

func main() { os.Exit(boot.Main(wire)) }

func wire(b *boot.Boot) boot.Handler {
	schedules := &run.Schedules{Submitter: submit.Submitter(b)}
	return lambdaio.Schedule(schedules, bus.Publisher(b, run.EventDidNotRun), bus.Meter(b), b.Log)
}
