// Command list is the function of GET /runs of the HTTP API. It only reads the table and its indexes (Query, BatchGetItem) and links no
// ECS client.
package main

import (
	"os"

	"davit/functions/internal/wiring/dynamodb"
	"davit/functions/internal/wiring/runtime"
	"davit/functions/internal/wiring/web"
	"davit/internal/httpapi"
	"davit/internal/run"
)

func main() { os.Exit(runtime.Main(wire)) }

func wire(rt *runtime.Runtime) runtime.Handler {
	reader := &run.Reader{Store: dynamodb.Store(rt), Stack: run.Stack{OwnerOnly: rt.OwnerOnly()}}
	return web.Serve(rt, httpapi.Routes{List: httpapi.List(reader, web.Options(rt))}, "DYNAMODB")
}
