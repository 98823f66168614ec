// Command submit is POST /runs, invoked by the HTTP API. It reads and writes the table (GetItem, PutItem), looks definitions
// and clusters up (ecs:DescribeTaskDefinition, ecs:DescribeClusters) and starts executions (states:StartExecution).
package main

import (
	"os"

	"davit/internal/clock"
	"davit/internal/config/boot"
	"davit/internal/config/engine"
	"davit/internal/config/machine"
	"davit/internal/config/table"
	"davit/internal/config/web"
	"davit/internal/ecsspec"
	"davit/internal/httpapi"
	"davit/internal/run"
)

func main() { os.Exit(boot.Main(wire)) }

func wire(b *boot.Boot) boot.Handler {
	stack := run.Stack{Defaults: b.RunDefaults(ecsspec.Spec{}), Families: b.Families(), ExecuteCommand: b.ExecuteCommand()}
	s := &run.Submitter{Keeper: table.Keeper(b), Spec: ecsspec.Spec{}, Catalog: run.NewCatalogCache(engine.Catalog(b), clock.System), Workflow: machine.Workflow(b), Stack: stack}
	return web.Serve(b, httpapi.Routes{Submit: httpapi.Submit(s, web.Options(b))}, "DYNAMODB", "ECS", "SFN")
}
