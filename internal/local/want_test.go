package local

import (
	"strings"

	"github.com/google/go-cmp/cmp"

	"davit/internal/run"
)

// wantExitCode checks the run's exit code.
func (f *fixture) wantExitCode(r *run.Run, want int) {
	f.t.Helper()
	if r.ExitCode == nil {
		f.t.Errorf("the run has no exit code, want %d", want)
	} else if *r.ExitCode != want {
		f.t.Errorf("the exit code is %d, want %d", *r.ExitCode, want)
	}
}

// wantEnd checks the run's status and class, and that its statusReason contains a text.
func (f *fixture) wantEnd(r *run.Run, status run.Status, class run.Class, reason string) {
	f.t.Helper()
	if r.Status != status {
		f.t.Errorf("the run is %s (%s), want %s", r.Status, r.StatusReason, status)
	}
	if r.Class != class {
		f.t.Errorf("the run's class is %q (%s), want %q", r.Class, r.StatusReason, class)
	}
	if !strings.Contains(r.StatusReason, reason) {
		f.t.Errorf("statusReason is %q, want %q in it", r.StatusReason, reason)
	}
}

// wantRun checks the run's status, class and number of attempts.
func (f *fixture) wantRun(r *run.Run, status run.Status, class run.Class, attempts int) {
	f.t.Helper()
	type outcome struct {
		Status   run.Status
		Class    run.Class
		Attempts int
	}
	want, got := outcome{status, class, attempts}, outcome{r.Status, r.Class, len(r.Attempts)}
	if diff := cmp.Diff(want, got); diff != "" {
		f.t.Errorf("run %s (%s), -want +got:\n%s", r.ID, r.StatusReason, diff)
	}
}

// wantNoProcesses checks that no container's process runs.
func (f *fixture) wantNoProcesses() {
	f.t.Helper()
	if n := f.runner.Running(); n != 0 {
		f.t.Errorf("%d processes are left, want none", n)
	}
}

// wantStopReasons checks the reasons of all StopTask calls.
func (f *fixture) wantStopReasons(want ...any) {
	f.t.Helper()
	var got []any
	for _, call := range f.calls("StopTask") {
		got = append(got, call["reason"])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		f.t.Errorf("reasons of the StopTask calls, -want +got:\n%s", diff)
	}
}

// wantRefusals checks the class and the count of an attempt's refusals.
func (f *fixture) wantRefusals(a *run.Attempt, want ...refusal) {
	f.t.Helper()
	var got []refusal
	for _, x := range a.Refusals {
		got = append(got, refusal{x.Class, x.Count})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		f.t.Errorf("refusals of attempt %d, -want +got:\n%s", a.Number, diff)
	}
}

// refusal is the part of a run.Refusal that tests check.
type refusal struct {
	Class run.Class
	Count int
}

// wantClass checks the class of an attempt's outcome.
func (f *fixture) wantClass(a *run.Attempt, want run.Class) {
	f.t.Helper()
	if a.Outcome == nil {
		f.t.Errorf("attempt %d has no outcome, want %s", a.Number, want)
	} else if a.Outcome.Class != want {
		f.t.Errorf("attempt %d ended %s, want %s", a.Number, a.Outcome.Class, want)
	}
}

// wantPath checks the states of the run's execution, as path returns them, with and without task events.
func (f *fixture) wantPath(r *run.Run, events, polling string) {
	f.t.Helper()
	want := polling
	if f.options.TaskEvents {
		want = events
	}
	if got := f.path(r); got != want {
		f.t.Errorf("path of states: %s\nwant %s", got, want)
	}
}

// wantCalls checks the number of ECS calls of an operation.
func (f *fixture) wantCalls(operation string, n int) {
	f.t.Helper()
	if got := len(f.calls(operation)); got != n {
		f.t.Errorf("%d %s calls, want %d", got, operation, n)
	}
}
