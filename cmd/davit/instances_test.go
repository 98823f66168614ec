package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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
