// Command submit is POST /runs. It reads and writes the table (GetItem, PutItem), looks definitions and clusters up (ecs:DescribeTaskDefinition,
// ecs:DescribeClusters), starts executions (states:StartExecution), and wakes those that an overlap key lets go or stops (states:SendTaskSuccess).
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
