// Command submit is the function of POST /runs and POST /runs/{runId}/rerun of the HTTP API. It reads and writes the table (GetItem, PutItem), looks up task
// definitions and clusters (ecs:DescribeTaskDefinition, ecs:DescribeClusters) and starts executions (states:StartExecution). It wakes the executions of other runs
// that the overlap key admits or replaces (states:SendTaskSuccess).
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
	submitter, o := submit.Submitter(rt), web.Options(rt)
	return web.Serve(rt, httpapi.Routes{Submit: httpapi.Submit(submitter, o), Rerun: httpapi.Rerun(submitter, o)}, "DYNAMODB", "ECS", "SFN")
}
