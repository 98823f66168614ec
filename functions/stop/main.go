// Command stop is POST /runs/{runId}/stop, invoked by the HTTP API. It writes the wish down (GetItem, PutItem) and has it carried
// out: by waking the execution (states:SendTaskSuccess), or without task events by itself (ecs:StopTask).
package main

import (
	"os"

	"davit/internal/config/boot"
	"davit/internal/config/engine"
	"davit/internal/config/machine"
	"davit/internal/config/table"
	"davit/internal/config/web"
	"davit/internal/httpapi"
	"davit/internal/run"
)

func main() { os.Exit(boot.Main(wire)) }

func wire(b *boot.Boot) boot.Handler {
	stack := run.Stack{OwnerOnly: b.OwnerOnly()}
	s := &run.Stopper{Keeper: table.Keeper(b, machine.Waker(b)), Engine: engine.Engine(b), Stack: stack}
	return web.Serve(b, httpapi.Routes{Stop: httpapi.Stop(s, web.Options(b))}, "DYNAMODB", "ECS", "SFN")
}
