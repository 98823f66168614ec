package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// The cluster has room for one task only.
func TestNoCapacity_TheSecondRunWaits(t *testing.T) {
	t.Parallel()
	l := serveLocal(t, t.TempDir(), "--cpu", "256")
	l.register(shell)
	gate := filepath.Join(t.TempDir(), "open")
	first := l.submit(script("until [ -e " + gate + " ]; do sleep 0.1; done"))
	l.until(first.RunID, "RUNNING")
	second := l.submit(script("echo there was room"))
	within(t, patience, "the second is refused", func() bool {
		run := l.get(second.RunID)
		return len(run.Attempts) == 1 && len(run.Attempts[0].Refusals) == 1
	})
	run := l.get(second.RunID)
	if run.Status != "LAUNCHING" {
		t.Errorf("the second run is %s (%s), want LAUNCHING", run.Status, run.StatusReason)
	}
	r := run.Attempts[0].Refusals[0]
	if r.Class != "CAPACITY" {
		t.Errorf("the refusal's class is %s, want CAPACITY", r.Class)
	}
	if !strings.Contains(r.Reason, "RESOURCE:CPU") {
		t.Errorf("the refusal's reason is %q, want RESOURCE:CPU in it", r.Reason)
	}
	if r.Count < 1 {
		t.Errorf("the refusal's count is %d, want at least 1", r.Count)
	}
	createFile(t, gate)
	l.until(first.RunID, "SUCCEEDED")
	run = l.until(second.RunID, "SUCCEEDED")
	if len(run.Attempts) != 1 {
		t.Errorf("the second run has %d attempts, want 1", len(run.Attempts))
	}
	if n := len(run.Attempts[0].Tasks); n != 1 {
		t.Errorf("the second run's attempt has %d tasks, want 1", n)
	}
	run.wantOutput(t, "there was room\n")
}

// Without task events davit polls. A run succeeds, one fails and one is stopped.
func TestWithoutTaskEvents(t *testing.T) {
	t.Parallel()
	mark := marker()
	l := serveLocal(t, t.TempDir(), "--task-events=false")
	l.register(shell)
	good := l.submit(script("echo done; exit 0", `, "count": 2`))
	bad := l.submit(script("exit 3"))
	long := l.submit(script("trap 'echo got SIGTERM; exit 0' TERM; echo ready; sleep " + mark + " & wait"))
	run := l.until(good.RunID, "SUCCEEDED")
	if n := len(run.tasks()); n != 2 {
		t.Errorf("the good run has %d tasks, want 2", n)
	}
	run.wantOutput(t, "done\n")
	l.until(bad.RunID, "FAILED").wantEnd(t, "FAILED", "EXIT:3")
	l.untilOutput(long.RunID, "ready")
	l.stop(long.RunID)
	l.until(long.RunID, "STOPPED").wantOutput(t, "ready\ngot SIGTERM\n")
	wantNoProcesses(t, processesWith(t, mark))
}
