// Command observe is the function of the state machine's Observe and Follow states. It reads and writes the table (GetItem, PutItem),
// describes and stops tasks (ecs:DescribeTasks, ecs:StopTask), and wakes its own execution when there is nothing to wait for
// (states:SendTaskSuccess). Before an execution's history grows too long, it starts the next execution (states:StartExecution).
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
	observer := &run.Observer{Keeper: dynamodb.Keeper(rt, sfn.Workflow(rt)), Engine: ecs.Engine(rt)}
	return lambdaio.Step(observer, rt.Log)
}
