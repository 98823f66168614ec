// Command get is GET /runs/{runId}, invoked by the HTTP API; the gateway's $default route may go to it too. It only reads the
// table (GetItem) and links no ECS client.
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
	return web.Serve(b, httpapi.Routes{Get: httpapi.Get(reader, web.Options(b))}, "DYNAMODB")
}
