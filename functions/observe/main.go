// Command observe is the state machine's Observe and Follow states. It reads and writes the table (GetItem, PutItem), looks at tasks
// and stops them (ecs:DescribeTasks, ecs:StopTask), ends a wait that is over at once (states:SendTaskSuccess), and after very many
// turns starts the next execution (states:StartExecution).
package main

import (
	"os"

	"davit/internal/config/boot"
	"davit/internal/config/engine"
	"davit/internal/config/machine"
	"davit/internal/config/table"
	"davit/internal/lambdaio"
	"davit/internal/run"
)

func main() { os.Exit(boot.Main(wire)) }

func wire(b *boot.Boot) boot.Handler {
	observer := &run.Observer{Keeper: table.Keeper(b, machine.Workflow(b)), Engine: engine.Engine(b)}
	return lambdaio.Step(observer, b.Log)
}
