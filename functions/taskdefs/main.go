// Command taskdefs is the HTTP API's /task-definitions. It asks ECS only: see internal/awsecs.Registrar.
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
)

func main() { os.Exit(runtime.Main(wire)) }

func wire(b *runtime.Runtime) runtime.Handler {
	stack, o := run.Stack{Families: b.Families()}, web.Options(b)
	g := &run.Registrar{Spec: ecsspec.Spec{}, Rules: refusals.Table{}, Definitions: ecs.Registrar(b), Stack: stack, Writes: b.TaskDefinitionWrites()}
	return web.Serve(b, httpapi.Routes{
		Register: httpapi.Register(g, o), ListDefinitions: httpapi.ListDefinitions(g, o),
		Describe: httpapi.Describe(g, o), Deregister: httpapi.Deregister(g, o),
	}, "ECS")
}
