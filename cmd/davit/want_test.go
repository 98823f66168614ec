package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// wantEnd checks the run's status and class.
func (r runDoc) wantEnd(t *testing.T, status, class string) {
	t.Helper()
	type end struct{ Status, Class string }
	if diff := cmp.Diff(end{status, class}, end{r.Status, r.Class}); diff != "" {
		t.Errorf("run %s (%s), -want +got:\n%s", r.RunID, r.StatusReason, diff)
	}
}

// wantOutput checks the output of the first container of the run's last task.
func (r runDoc) wantOutput(t *testing.T, want string) {
	t.Helper()
	if got := readFile(t, r.log()); got != want {
		t.Errorf("run %s wrote %q, want %q", r.RunID, got, want)
	}
}

// wantNextSucceeds checks that a run of exit 0 succeeds.
func (l *served) wantNextSucceeds() {
	l.t.Helper()
	l.end(l.submit(script("exit 0")).RunID).wantEnd(l.t, "SUCCEEDED", "")
}

func wantExitCode(t *testing.T, got *int, want int) {
	t.Helper()
	if got == nil {
		t.Errorf("no exit code, want %d", want)
	} else if *got != want {
		t.Errorf("exit code %d, want %d", *got, want)
	}
}

// wantNoProcesses checks that a list of the processes that are left is empty.
func wantNoProcesses(t *testing.T, left []int) {
	t.Helper()
	if len(left) > 0 {
		t.Errorf("processes %v are left, want none", left)
	}
}

// taskID returns the id of a task's ARN.
func taskID(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }
