// Command submit is POST /runs. It reads and writes the table (GetItem, PutItem), looks definitions and clusters up (ecs:DescribeTaskDefinition,
// ecs:DescribeClusters), starts executions (states:StartExecution), and wakes those that an overlap key lets go or stops (states:SendTaskSuccess).
package main

import (
	"os"

	"davit/functions/internal/wiring/runtime"
	"davit/functions/internal/wiring/submit"
	"davit/functions/internal/wiring/web"
	"davit/internal/httpapi"
)

func main() { os.Exit(runtime.Main(wire)) }

func wire(rt *runtime.Runtime) runtime.Handler {
	return web.Serve(rt, httpapi.Routes{Submit: httpapi.Submit(submit.Submitter(rt), web.Options(rt))}, "DYNAMODB", "ECS", "SFN")
}
