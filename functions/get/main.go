// Command get is the function of GET /runs/{runId} and GET /meta of the HTTP API; the gateway's $default route may invoke it too. It only reads
// the table (GetItem) and links no ECS client.
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
	return web.Serve(rt, httpapi.Routes{
		Get: httpapi.Get(reader, web.Options(rt)), Meta: httpapi.About(web.Meta(rt, "DYNAMODB"), web.Options(rt)),
	}, "DYNAMODB")
}
