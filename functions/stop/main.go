// Command stop is POST /runs/{runId}/stop, invoked by the HTTP API. It writes the wish down (GetItem, PutItem) and has it carried
// out: by waking the execution (states:SendTaskSuccess), or without task events by itself (ecs:StopTask).
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
