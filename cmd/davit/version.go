package main

import (
	"cmp"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"davit/internal/buildinfo"
	"davit/internal/cli"
)

// versionCommand returns the command `davit version`.
func versionCommand(s cli.Streams) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Write the version, the commit and the Go version of this program", GroupID: cli.GroupSetup, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			version, commit := buildinfo.Read()
			_, err := fmt.Fprintf(s.Out, "davit %s, commit %s, %s\n", version, cmp.Or(commit, buildinfo.Unknown), runtime.Version())
			return err
		},
	}
}

// programVersion returns the version of this program, unknown where the build does not record it.
func programVersion() string {
	version, _ := buildinfo.Read()
	return version
}
