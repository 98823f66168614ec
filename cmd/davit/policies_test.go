package main

import (
	"io"
	"os"
	"slices"
	"testing"
	"time"

	"davit/internal/local"
)

// A run that takes longer than its timeoutSeconds ends TIMED_OUT, and its process is gone.
func TestTimeout(t *testing.T) {
	t.Parallel()
	mark := marker()
	l := serveLocal(t, t.TempDir())
	l.register(shell)
	began := time.Now()
	r := l.submit(script("sleep "+mark, `, "policy": {"timeoutSeconds": 5}`))
	l.until(r.RunID, "TIMED_OUT")
	if took := time.Since(began); took < 5*time.Second {
		t.Errorf("timed out after %v, want at least 5 s", took)
	}
	wantNoProcesses(t, processesWith(t, mark))
}

// ECS interrupts the task as Spot does; the run is retried and succeeds.
func TestSpotInterruption(t *testing.T) {
	t.Setenv(asDavit, "1") // for the supervisor, which is this program again
	inst, err := serve(local.Options{Dir: t.TempDir(), TaskEvents: true}, "127.0.0.1:0", "127.0.0.1:0", io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := inst.shutdown(); err != nil {
			t.Error(err)
		}
	}()
	l := &served{program: &program{t: t}, api: inst.Addr, ecs: inst.ECSAddr}
	l.register(shell)
	gate := t.TempDir() + "/again"
	r := l.submit(script("if [ -e "+gate+" ]; then exit 0; fi; touch "+gate+"; sleep 600", `, "policy": {"retry": {"on": ["INTERRUPTED"], "intervalSeconds": 1}}`))
	l.until(r.RunID, "RUNNING")
	record, err := inst.Store.Get(t.Context(), r.RunID)
	if err != nil {
		t.Fatal(err)
	}
	within(t, patience, "the process has begun", func() bool { _, err := os.Stat(gate); return err == nil })
	if err := inst.ECS.Interrupt(record.Attempts[0].Tasks[0].ARN); err != nil {
		t.Fatal(err)
	}
	l.until(r.RunID, "SUCCEEDED")
	record, err = inst.Store.Get(t.Context(), r.RunID)
	if err != nil {
		t.Fatal(err)
	}
	var classes []string
	for _, a := range record.Attempts {
		classes = append(classes, string(a.Outcome.Class))
	}
	if !slices.Equal(classes, []string{"INTERRUPTED", ""}) {
		t.Errorf("the attempts ended %q, want INTERRUPTED and then none", classes)
	}
}
