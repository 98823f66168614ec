// Command submit is POST /runs, invoked by the HTTP API. It reads and writes the table (GetItem, PutItem), looks definitions
// and clusters up (ecs:DescribeTaskDefinition, ecs:DescribeClusters), starts executions (states:StartExecution), and wakes those that a
// submission replaces, or finds the overlap key free for (states:SendTaskSuccess).
package main

import (
	"os"

	"davit/internal/config/boot"
	"davit/internal/config/submit"
	"davit/internal/config/web"
	"davit/internal/httpapi"
)

func main() { os.Exit(boot.Main(wire)) }

func wire(b *boot.Boot) boot.Handler {
	return web.Serve(b, httpapi.Routes{Submit: httpapi.Submit(submit.Submitter(b), web.Options(b))}, "DYNAMODB", "ECS", "SFN")
}
