// Command observe is the state machine's Observe and Follow states. It reads and writes the table (GetItem, PutItem), looks at tasks
// and stops them (ecs:DescribeTasks, ecs:StopTask), ends a wait that is over at once (states:SendTaskSuccess), and after very many
// turns starts the next execution (states:StartExecution).
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
