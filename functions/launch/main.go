// Command launch is the state machine's Launch state. It writes launch calls down (GetItem, PutItem), makes them (ecs:RunTask,
// ecs:StartTask, and with them ecs:TagResource and iam:PassRole) and clears unclear ones up (ecs:ListTasks, ecs:DescribeTasks);
// where submission could not, it looks the definition up (ecs:DescribeTaskDefinition). It wakes the run that a launch refused for good
// leaves the overlap key to (states:SendTaskSuccess).
package main

import (
	"os"

	"davit/functions/internal/wiring/dynamodb"
	"davit/functions/internal/wiring/ecs"
	"davit/functions/internal/wiring/runtime"
	"davit/functions/internal/wiring/sfn"
	"davit/internal/ecsspec/refusals"
	"davit/internal/lambdaio"
	"davit/internal/run"
)

func main() { os.Exit(runtime.Main(wire)) }

func wire(rt *runtime.Runtime) runtime.Handler {
	launcher := &run.Launcher{Keeper: dynamodb.Keeper(rt, sfn.Waker(rt)), Engine: ecs.Engine(rt), Catalog: ecs.Catalog(rt), Rules: refusals.Table{}}
	return lambdaio.Step(launcher, rt.Log)
}
