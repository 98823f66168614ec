package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"davit/internal/cli"
)

// docs/local.md names every flag of `davit local`.
func TestEveryArgumentIsNamed(t *testing.T) {
	words, n := readFile(t, "../../docs/local.md"), 0
	localCommand(cli.Streams{}).Flags().VisitAll(func(f *pflag.Flag) {
		n++
		if !regexp.MustCompile(`\[--` + f.Name + `[] =]`).MatchString(words) {
			t.Errorf("docs/local.md does not name --%s", f.Name)
		}
	})
	if n < 12 {
		t.Errorf("there are %d flags, want at least 12", n)
	}
}

// One run fits on only one of two instances, another on none.
func TestInstances(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "instances.json")
	if err := os.WriteFile(file, []byte(`[{"cpu": 256, "attributes": {"stack": "prod"}}, {}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	l := serveLocal(t, t.TempDir(), "--instances", file, "--placement-seed", "1")
	l.register(shell)
	on := func(stack string) string {
		return `, "placementConstraints": [{"type": "memberOf", "expression": "attribute:stack == ` + stack + `"}]`
	}
	gate := filepath.Join(t.TempDir(), "open")
	first := l.submit(script("until [ -e "+gate+" ]; do sleep 0.1; done", on("prod")))
	l.until(first.RunID, "RUNNING")
	second := l.submit(script("exit 0", on("prod")))
	within(t, patience, "the instance is full", func() bool {
		run := l.get(second.RunID)
		return len(run.Attempts) == 1 && len(run.Attempts[0].Refusals) == 1 && run.Attempts[0].Refusals[0].Reason == "RESOURCE:CPU"
	})
	run := l.end(l.submit(script("exit 0", on("test"))).RunID)
	run.wantEnd(t, "FAILED", "INVALID")
	if !strings.Contains(run.StatusReason, "MemberOf") {
		t.Errorf("statusReason is %q, want MemberOf in it", run.StatusReason)
	}
	createFile(t, gate)
	l.until(first.RunID, "SUCCEEDED")
	l.until(second.RunID, "SUCCEEDED")
}
