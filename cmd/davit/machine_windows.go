package main

import (
	"github.com/spf13/cobra"

	"davit/internal/cli"
)

// supervise is never asked for: tasks are processes of Unix.
func supervise([]string) (status int, is bool) { return 0, false }

// machineCommands returns no commands: tasks are processes of Unix.
func machineCommands(cli.Streams) []*cobra.Command { return nil }
