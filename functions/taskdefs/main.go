// Command taskdefs is the HTTP API's /task-definitions. It asks ECS only (ecs:DescribeTaskDefinition, ecs:RegisterTaskDefinition,
// and with it ecs:TagResource and iam:PassRole).
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
	stack := run.Stack{Families: b.Families()}
	g := &run.Registrar{Spec: ecsspec.Spec{}, Rules: refused.Book{}, Definitions: engine.Registrar(b), Stack: stack, Writes: b.TaskDefinitionWrites()}
	return web.Serve(b, httpapi.Routes{Register: httpapi.Register(g, web.Options(b))}, "ECS")
}
