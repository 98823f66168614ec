// Command taskevent is the target of the rule on ECS Task State Change events of Davit's tasks. It merges the event into the run's
// record (GetItem, PutItem), wakes the run's execution (states:SendTaskSuccess), and stops a task whose run has ended (ecs:StopTask).
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
	events := &run.TaskEvents{Keeper: dynamodb.Keeper(rt, sfn.Waker(rt)), Engine: ecs.Engine(rt)}
	return lambdaio.TaskEvent(events, rt.Log)
}
