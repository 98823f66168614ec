package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"davit/internal/cli"
)

// version and commit are set by `make build` with -ldflags -X. They are empty in a program that was built without it.
var version, commit string

// unknown is printed for what the build does not record.
const unknown = "unknown"

// commitDigits is the length to which a commit of the build information is cut, as git rev-parse --short does.
const commitDigits = 7

// versionCommand returns the command `davit version`.
func versionCommand(s cli.Streams) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Write the version, the commit and the Go version of this program", GroupID: cli.GroupSetup, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(s.Out, versionLine(version, commit, buildInfo()))
			return err
		},
	}
}

// programVersion returns the version of this program, unknown where the build does not record it.
func programVersion() string {
	if info := buildInfo(); version == "" && info.Main.Version != "(devel)" {
		return orUnknown(info.Main.Version)
	}
	return orUnknown(version)
}

func buildInfo() *debug.BuildInfo {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return &debug.BuildInfo{}
	}
	return info
}

// versionLine returns the line of `davit version`. What -ldflags did not set is taken from the build information.
func versionLine(version, commit string, info *debug.BuildInfo) string {
	if version == "" && info.Main.Version != "(devel)" {
		version = info.Main.Version
	}
	for _, s := range info.Settings {
		if commit == "" && s.Key == "vcs.revision" {
			commit = s.Value[:min(commitDigits, len(s.Value))]
		}
	}
	return fmt.Sprintf("davit %s, commit %s, %s", orUnknown(version), orUnknown(commit), runtime.Version())
}

func orUnknown(s string) string {
	if s == "" {
		return unknown
	}
	return s
}
