package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// `davit help` and docs/local.md name every flag of `davit local`.
func TestEveryArgumentIsNamed(t *testing.T) {
	var help strings.Builder
	if _, err := parseLocal([]string{"--help"}, &help); err == nil {
		t.Fatal("--help returns no error, want flag.ErrHelp")
	}
	names := regexp.MustCompile(`(?m)^  -([a-z0-9-]+)`).FindAllStringSubmatch(help.String(), -1)
	if len(names) < 12 {
		t.Errorf("--help names %d flags, want at least 12:\n%s", len(names), help.String())
	}
	for where, words := range map[string]string{"davit help": usage, "docs/local.md": readFile(t, "../../docs/local.md")} {
		for _, name := range names {
			if !regexp.MustCompile(`\[--` + name[1] + `[] =]`).MatchString(words) {
				t.Errorf("%s does not name --%s", where, name[1])
			}
		}
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
