// Command list is GET /runs, invoked by the HTTP API. It only reads the table and its indexes (Query, BatchGetItem) and links no
// ECS client.
package main

import (
	"os"

	"davit/internal/config/boot"
	"davit/internal/config/table"
	"davit/internal/config/web"
	"davit/internal/httpapi"
	"davit/internal/run"
)

func main() { os.Exit(boot.Main(wire)) }

func wire(b *boot.Boot) boot.Handler {
	reader := &run.Reader{Store: table.Store(b), Stack: run.Stack{OwnerOnly: b.OwnerOnly()}}
	return web.Serve(b, httpapi.Routes{List: httpapi.List(reader, web.Options(b))}, "DYNAMODB")
}
