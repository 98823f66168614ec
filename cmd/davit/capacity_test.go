package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestNoCapacity has room for one task only.
func TestNoCapacity(t *testing.T) {
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
	if r := run.Attempts[0].Refusals[0]; run.Status != "LAUNCHING" || r.Class != "CAPACITY" || !strings.Contains(r.Reason, "RESOURCE:CPU") || r.Count < 1 {
		t.Errorf("the second is %s, refused: %+v", run.Status, r)
	}
	writeFile(t, gate)
	l.until(first.RunID, "SUCCEEDED")
	run = l.until(second.RunID, "SUCCEEDED")
	if len(run.Attempts) != 1 || len(run.Attempts[0].Tasks) != 1 || text(t, run.log()) != "there was room\n" {
		t.Errorf("the second is %+v", run)
	}
}

// TestWithoutTaskEvents goes the same way by polling.
func TestWithoutTaskEvents(t *testing.T) {
	t.Parallel()
	mark := marker()
	l := serveLocal(t, t.TempDir(), "--task-events=false")
	l.register(shell)
	good := l.submit(script("echo done; exit 0", `, "count": 2`))
	bad := l.submit(script("exit 3"))
	long := l.submit(script("trap 'echo got SIGTERM; exit 0' TERM; echo ready; sleep " + mark + " & wait"))
	if run := l.until(good.RunID, "SUCCEEDED"); len(run.tasks()) != 2 || text(t, run.log()) != "done\n" {
		t.Errorf("the good run is %+v", run)
	}
	if run := l.until(bad.RunID, "FAILED"); run.Class != "EXIT:3" {
		t.Errorf("the bad run is %+v", run)
	}
	l.says(long.RunID, "ready")
	l.stop(long.RunID)
	if run := l.until(long.RunID, "STOPPED"); text(t, run.log()) != "ready\ngot SIGTERM\n" || len(marked(t, mark)) > 0 {
		t.Errorf("the stopped run is %+v and wrote %q", run, text(t, run.log()))
	}
}
