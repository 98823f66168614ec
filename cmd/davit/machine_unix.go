//go:build unix

package main

import (
	"os"

	"github.com/spf13/cobra"

	"davit/internal/cli"
	"davit/internal/localecs/process"
)

// superviseCommand is the command with which davit runs itself as the supervisor of the tasks' processes.
const superviseCommand = "supervise"

// supervise is the supervisor, where args ask for it.
func supervise(args []string) (status int, is bool) {
	if len(args) == 0 || args[0] != superviseCommand {
		return 0, false
	}
	return process.Main(os.Stdin, os.Stdout), true
}

// machineCommands returns the commands that run Davit on this machine.
func machineCommands(s cli.Streams) []*cobra.Command {
	return []*cobra.Command{localCommand(s), demoCommand(s)}
}
