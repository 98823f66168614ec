// Command logs is the function of GET /runs/{runId}/logs of the HTTP API. It reads the table (GetItem) and those log groups of CloudWatch Logs that the
// stack names (GetLogEvents). It links no ECS client.
package main

import (
	"os"

	"davit/functions/internal/wiring/cloudwatchlogs"
	"davit/functions/internal/wiring/dynamodb"
	"davit/functions/internal/wiring/runtime"
	"davit/functions/internal/wiring/web"
	"davit/internal/awslogs"
	"davit/internal/clock"
	"davit/internal/httpapi"
	"davit/internal/logs"
	"davit/internal/run"
)

func main() { os.Exit(runtime.Main(wire)) }

func wire(rt *runtime.Runtime) runtime.Handler {
	runs := &run.Reader{Store: dynamodb.Store(rt), Stack: run.Stack{OwnerOnly: rt.OwnerOnly()}}
	reader := awslogs.Requests{Reader: &logs.Reader{Runs: runs, Source: cloudwatchlogs.Source(rt), Clock: clock.System}}
	return web.Serve(rt, httpapi.Routes{Logs: httpapi.Output(reader, web.Options(rt))}, "CLOUDWATCH_LOGS", "DYNAMODB")
}
