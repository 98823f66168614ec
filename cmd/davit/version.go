package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
)

// version and commit are set by `make build` with -ldflags -X. They are empty in a program that was built without it.
var version, commit string

// unknown is printed for what the build does not record.
const unknown = "unknown"

// commitDigits is the length to which a commit of the build information is cut, as git rev-parse --short does.
const commitDigits = 7

// runVersion implements `davit version`.
func runVersion(args []string, out, errOut io.Writer) error {
	if err := parseNone("davit version", args, errOut); err != nil {
		return err
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	_, err := fmt.Fprintln(out, versionLine(version, commit, info))
	return err
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

// parseNone parses the command line of a subcommand that has no flags and no arguments.
func parseNone(command string, args []string, errOut io.Writer) error {
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	flags.SetOutput(errOut)
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return exitStatus(2)
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected arguments: %s", strings.Join(flags.Args(), " "))
	}
	return nil
}
