// Command sweep is the target of the sweep's schedule and of the rule on executions that did not succeed. It reads the open index
// (Query), reads and writes records (GetItem, PutItem), describes tasks and stops orphans (ecs:DescribeTasks, ecs:ListTasks,
// ecs:StopTask), and starts and wakes executions (states:StartExecution, states:SendTaskSuccess).
package main

import (
	"os"

	"davit/functions/internal/wiring/dynamodb"
	"davit/functions/internal/wiring/ecs"
	"davit/functions/internal/wiring/runtime"
	"davit/functions/internal/wiring/sfn"
	"davit/internal/lambdaio"
	"davit/internal/run"
)

func main() { os.Exit(runtime.Main(wire)) }

func wire(rt *runtime.Runtime) runtime.Handler {
	sweeper := &run.Sweeper{Keeper: dynamodb.Keeper(rt, sfn.Workflow(rt)), Engine: ecs.Engine(rt)}
	return lambdaio.Sweep(sweeper, rt.Log)
}
