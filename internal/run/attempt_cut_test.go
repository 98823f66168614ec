package run

import (
	"testing"
	"time"
)

// What an earlier attempt brought stays counted when the attempt is cut down: it is not run again.
func TestCut_TaskThatSucceeded_StillCounts(t *testing.T) {
	r := newRun(2, func(r *Run) { r.Policy.Retry.On = []string{"EXIT:*"} })
	r.begin("davit", start)
	place := func(tasks ...TaskState) {
		a := r.attempt()
		r.openCall(a, start, time.Minute)
		for i := range tasks {
			tasks[i].StartedBy = a.StartedBy
		}
		r.takeReply(reply(a, Placement{Tasks: list(tasks...)}, nil), start)
		Settle(r, start)
	}
	place(described("t1", "PENDING"), described("t2", "PENDING"))
	r.show(after(time.Minute), succeeded("t1", after(time.Minute)), ended("t2", after(time.Minute), 3))
	if got := r.attempt().Want; len(r.Attempts) != 2 || got != 1 {
		t.Fatalf("%d attempts, the last wants %d tasks, want 2 and 1", len(r.Attempts), got)
	}
	r.cut(&r.Attempts[0])
	if got := len(r.Attempts[0].Tasks); got != 1 || r.Attempts[0].OmittedTasks != 1 {
		t.Errorf("the cut attempt has %d tasks and omits %d, want 1 and 1", got, r.Attempts[0].OmittedTasks)
	}
	place(described("t3", "PENDING"))
	r.show(after(2*time.Minute), succeeded("t3", after(2*time.Minute)))
	if got := summary(r); got != "SUCCEEDED  exit=0" {
		t.Errorf("it ended %s with %d attempts, want SUCCEEDED", got, len(r.Attempts))
	}
}
