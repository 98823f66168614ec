package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"davit/internal/cli"
)

// Generated documents: -update writes docs/cli.md, -man DIR writes the man pages.
var (
	update = flag.Bool("update", false, "write docs/cli.md anew")
	manDir = flag.String("man", "", "write the man pages into this folder")
)

const cliDocument = "../../docs/cli.md"

// allCommands returns the program's command line.
func allCommands() *cobra.Command {
	s := cli.Streams{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}
	root := cli.New(s, "", append(machineCommands(s), versionCommand(s))...)
	root.DisableAutoGenTag = true
	root.InitDefaultCompletionCmd()
	return root
}

// TestDocument_IsWhatTheCommandsSay holds docs/cli.md to the commands: go test ./cmd/davit -run TestDocument -update writes it.
func TestDocument_IsWhatTheCommandsSay(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("# The command line\n\nWritten from the commands themselves by `make docs`; `davit help COMMAND` shows the same. Man pages: `make man`.\n\n")
	writeCommands(t, &b, allCommands())
	want := b.String()
	if *update {
		if err := os.WriteFile(cliDocument, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := readFile(t, cliDocument); got != want {
		t.Errorf("docs/cli.md is not what the commands say; run make docs")
	}
}

// writeCommands writes a command that can be run, and those under it.
func writeCommands(t *testing.T, b *bytes.Buffer, cmd *cobra.Command) {
	t.Helper()
	if cmd.Name() == "help" || cmd.HasParent() && cmd.Parent().Name() == "completion" {
		return
	}
	var page bytes.Buffer
	if err := doc.GenMarkdownCustom(cmd, &page, func(name string) string {
		return "#" + strings.ReplaceAll(strings.TrimSuffix(name, ".md"), "_", "-")
	}); err != nil {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(page.String(), "### SEE ALSO")
	text, _, _ = strings.Cut(text, "### Options inherited from parent commands")
	b.WriteString(strings.TrimRight(text, "\n") + "\n\n")
	for _, child := range cmd.Commands() {
		if child.IsAvailableCommand() {
			writeCommands(t, b, child)
		}
	}
}

// TestManPages_AreWritten makes the man pages of every command.
func TestManPages_AreWritten(t *testing.T) {
	dir := *manDir
	if dir == "" {
		dir = t.TempDir()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	header := &doc.GenManHeader{Title: "DAVIT", Section: "1", Source: "Davit", Manual: "Davit"}
	if err := doc.GenManTree(allCommands(), header, dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"davit", "davit-run", "davit-def-register", "davit-local"} {
		if text := readFile(t, filepath.Join(dir, name+".1")); !strings.Contains(text, ".TH") {
			t.Errorf("%s.1 is no man page: %.80q", name, text)
		}
	}
}

// TestHelp_EveryCommandExplainsItself checks that each command has a short text, and each that acts on runs an example.
func TestHelp_EveryCommandExplainsItself(t *testing.T) {
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.Short == "" {
			t.Errorf("%s has no short text", cmd.CommandPath())
		}
		if cmd.GroupID == "runs" && cmd.Example == "" {
			t.Errorf("%s has no example", cmd.CommandPath())
		}
		for _, child := range cmd.Commands() {
			walk(child)
		}
	}
	walk(allCommands())
	if n := len(fmt.Sprint(allCommands().UsageString())); n < 500 {
		t.Errorf("the usage has %d characters, want a list of commands", n)
	}
}
