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

func wire(b *runtime.Runtime) runtime.Handler {
	return web.Serve(b, httpapi.Routes{Submit: httpapi.Submit(submit.Submitter(b), web.Options(b))}, "DYNAMODB", "ECS", "SFN")
}
