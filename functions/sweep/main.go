// Command sweep is the target of the sweep's schedule and of the rule on executions that did not succeed. It reads the open index
// (Query), reads and writes records (GetItem, PutItem), looks at tasks and stops orphans (ecs:DescribeTasks, ecs:ListTasks,
// ecs:StopTask), and starts and wakes executions (states:StartExecution, states:SendTaskSuccess).
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
	sweeper := &run.Sweeper{Keeper: table.Keeper(b, machine.Workflow(b)), Engine: engine.Engine(b)}
	return lambdaio.Sweep(sweeper, b.Log)
}
