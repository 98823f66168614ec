// Command launch is the function of the state machine's Launch state. It records launch calls (GetItem, PutItem), makes them (ecs:RunTask,
// ecs:StartTask, which need ecs:TagResource and iam:PassRole too) and reconciles those whose outcome is not known (ecs:ListTasks,
// ecs:DescribeTasks). It looks up the task definition where submission could not (ecs:DescribeTaskDefinition). When a launch is refused for
// good, it wakes the next run of the overlap key (states:SendTaskSuccess).
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
