// Command launch is the state machine's Launch state. It writes launch calls down (GetItem, PutItem), makes them (ecs:RunTask,
// ecs:StartTask, and with them ecs:TagResource and iam:PassRole) and clears unclear ones up (ecs:ListTasks, ecs:DescribeTasks);
// where submission could not, it looks the definition up (ecs:DescribeTaskDefinition). It wakes the run that a launch refused for good
// leaves the overlap key to (states:SendTaskSuccess).
package main

import (
	"os"

	"davit/internal/config/boot"
	"davit/internal/config/engine"
	"davit/internal/config/machine"
	"davit/internal/config/table"
	"davit/internal/ecsspec/refused"
	"davit/internal/lambdaio"
	"davit/internal/run"
)

func main() { os.Exit(boot.Main(wire)) }

func wire(b *boot.Boot) boot.Handler {
	launcher := &run.Launcher{Keeper: table.Keeper(b, machine.Waker(b)), Engine: engine.Engine(b), Catalog: engine.Catalog(b), Rules: refused.Book{}}
	return lambdaio.Step(launcher, b.Log)
}
