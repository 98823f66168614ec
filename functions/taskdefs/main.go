// Command taskdefs is the HTTP API's /task-definitions. It asks ECS only: see internal/awsecs.Registrar.
package main

import (
	"os"

	"davit/internal/config/boot"
	"davit/internal/config/engine"
	"davit/internal/config/web"
	"davit/internal/ecsspec"
	"davit/internal/ecsspec/refused"
	"davit/internal/httpapi"
	"davit/internal/run"
)

func main() { os.Exit(boot.Main(wire)) }

func wire(b *boot.Boot) boot.Handler {
	stack, o := run.Stack{Families: b.Families()}, web.Options(b)
	g := &run.Registrar{Spec: ecsspec.Spec{}, Rules: refused.Book{}, Definitions: engine.Registrar(b), Stack: stack, Writes: b.TaskDefinitionWrites()}
	return web.Serve(b, httpapi.Routes{
		Register: httpapi.Register(g, o), ListDefinitions: httpapi.ListDefinitions(g, o),
		Describe: httpapi.Describe(g, o), Deregister: httpapi.Deregister(g, o),
	}, "ECS")
}
