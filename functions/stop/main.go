// Command stop is the function of POST /runs/{runId}/stop of the HTTP API. It records the request (GetItem, PutItem) and wakes the run's execution to
// carry it out (states:SendTaskSuccess); without task events it stops the tasks itself (ecs:StopTask).
package main

import (
	"os"

	"davit/functions/internal/wiring/dynamodb"
	"davit/functions/internal/wiring/ecs"
	"davit/functions/internal/wiring/runtime"
	"davit/functions/internal/wiring/sfn"
	"davit/functions/internal/wiring/web"
	"davit/internal/httpapi"
	"davit/internal/run"
)

func main() { os.Exit(runtime.Main(wire)) }

func wire(rt *runtime.Runtime) runtime.Handler {
	stack := run.Stack{OwnerOnly: rt.OwnerOnly()}
	stopper := &run.Stopper{Keeper: dynamodb.Keeper(rt, sfn.Waker(rt)), Engine: ecs.Engine(rt), Stack: stack}
	return web.Serve(rt, httpapi.Routes{Stop: httpapi.Stop(stopper, web.Options(rt))}, "DYNAMODB", "ECS", "SFN")
}
