// Command taskdefs is the function of the /task-definitions routes of the HTTP API. It calls ECS only; see internal/awsecs.Registrar.
package main

import (
	"os"

	"davit/functions/internal/wiring/ecs"
	"davit/functions/internal/wiring/runtime"
	"davit/functions/internal/wiring/web"
	"davit/internal/ecsspec"
	"davit/internal/ecsspec/refusals"
	"davit/internal/httpapi"
	"davit/internal/run"
	"davit/internal/taskdef"
)

func main() { os.Exit(runtime.Main(wire)) }

func wire(rt *runtime.Runtime) runtime.Handler {
	stack, o := run.Stack{Families: rt.Families()}, web.Options(rt)
	r := &taskdef.Registrar{Spec: ecsspec.Spec{}, Rules: refusals.Table{}, Definitions: ecs.Registrar(rt), Stack: stack, Writes: rt.TaskDefinitionWrites()}
	routes := httpapi.Routes{Register: httpapi.Register(r, o), ListDefinitions: httpapi.ListDefinitions(r, o)}
	routes.Describe, routes.Values, routes.Deregister = httpapi.Describe(r, o), httpapi.Values(r, o), httpapi.Deregister(r, o)
	return web.Serve(rt, routes, "ECS")
}
