// Command list is GET /runs, invoked by the HTTP API. It only reads the table and its indexes (Query, BatchGetItem) and links no
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

func wire(b *runtime.Runtime) runtime.Handler {
	reader := &run.Reader{Store: dynamodb.Store(b), Stack: run.Stack{OwnerOnly: b.OwnerOnly()}}
	return web.Serve(b, httpapi.Routes{List: httpapi.List(reader, web.Options(b))}, "DYNAMODB")
}
