// Command davit is Davit's program: it runs jobs through Davit's API and shows what became of them, and it runs Davit on this machine, with the handlers and the state
// machine of a deployment and with real processes as tasks.
package main

import (
	"context"
	"os"

	"davit/internal/cli"
)

func main() {
	if status, is := supervise(os.Args[1:]); is {
		os.Exit(status)
	}
	os.Exit(command(os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}

// command runs the command that args name and returns the exit status.
func command(args []string, s cli.Streams) int {
	more := append(machineCommands(s), versionCommand(s))
	return cli.Execute(context.Background(), cli.New(s, programVersion(), more...), args)
}
