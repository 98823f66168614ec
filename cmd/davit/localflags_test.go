package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Help and docs/local.md name every argument of `davit local`.
func TestEveryArgumentIsNamed(t *testing.T) {
	var help strings.Builder
	if _, err := parseLocal([]string{"--help"}, &help); err == nil {
		t.Fatal("--help is no request for help")
	}
	names := regexp.MustCompile(`(?m)^  -([a-z0-9-]+)`).FindAllStringSubmatch(help.String(), -1)
	if len(names) < 12 {
		t.Errorf("--help names %d arguments:\n%s", len(names), help.String())
	}
	for where, words := range map[string]string{"davit help": usage, "docs/local.md": text(t, "../../docs/local.md")} {
		for _, name := range names {
			if !regexp.MustCompile(`\[--` + name[1] + `[] =]`).MatchString(words) {
				t.Errorf("%s does not name --%s", where, name[1])
			}
		}
	}
}

// TestInstances has a run that only one of two instances can take, and another that none can.
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
	if run := l.end(l.submit(script("exit 0", on("test"))).RunID); run.Status != "FAILED" || run.Class != "INVALID" || !strings.Contains(run.StatusReason, "MemberOf") {
		t.Errorf("the run for no instance is %s, class %s: %s", run.Status, run.Class, run.StatusReason)
	}
	writeFile(t, gate)
	l.until(first.RunID, "SUCCEEDED")
	l.until(second.RunID, "SUCCEEDED")
}
