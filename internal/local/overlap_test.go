package local

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"davit/internal/localecs/faults"
	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

// overlapping returns the body of a run of the overlap key nightly; more is further members of the overlap policy.
func overlapping(mode, more string) string {
	return fmt.Sprintf(`{"taskDefinition":"job","policy":{"overlap":{"key":"nightly","mode":%q%s}}}`, mode, more)
}

// wantFree checks that the lock is empty and that the runs have released it.
func (f *fixture) wantFree(ids ...string) {
	f.t.Helper()
	l, err := f.Store.Lock(f.t.Context(), "nightly")
	if err != nil {
		f.t.Fatal(err)
	}
	if !l.Empty() {
		f.t.Errorf("the lock has the holders %v and the waiters %v, want none", l.Holders, l.Waiters)
	}
	for _, id := range ids {
		r := f.get(id)
		if !r.Released {
			f.t.Errorf("%s run %s has not released the lock", r.Status, id)
		}
		if !r.SweepAt.IsZero() {
			f.t.Errorf("%s run %s is due for the sweep at %v, want never", r.Status, id, r.SweepAt)
		}
	}
}

// span returns when ECS created the run's first task and when its last task stopped.
func (f *fixture) span(id string) (from, to time.Time) {
	f.t.Helper()
	for _, a := range f.get(id).Attempts {
		for i := range a.Tasks {
			s := a.Tasks[i].State()
			if s.CreatedAt == nil || s.StoppedAt == nil {
				f.t.Fatalf("task %s of %s has no createdAt or no stoppedAt", a.Tasks[i].ShortID(), id)
			}
			if from.IsZero() || s.CreatedAt.Before(from) {
				from = *s.CreatedAt
			}
			if s.StoppedAt.After(to) {
				to = *s.StoppedAt
			}
		}
	}
	return from, to
}

// wantAtOnce checks that at most n of these runs had tasks at the same time, and at some time n.
func (f *fixture) wantAtOnce(n int, ids ...string) {
	f.t.Helper()
	most := 0
	for _, id := range ids {
		at, _ := f.span(id)
		working := 0
		for _, other := range ids {
			if from, to := f.span(other); !from.After(at) && to.After(at) {
				working++
			}
		}
		most = max(most, working)
	}
	if most != n {
		f.t.Errorf("%d runs were at work at once, want %d", most, n)
	}
}

func running(r *run.Run) bool { return r.Status == run.Running }

func TestForbid_SkipsARunWhileAnotherHoldsTheKey(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: time.Minute}), func(f *fixture) {
		f.start()
		first := f.submit(overlapping("FORBID", ""))
		f.until(first, "running", running)
		body := strings.Replace(overlapping("FORBID", ""), "{", `{"clientToken":"mine",`, 1)
		second := f.submit(body)
		r := f.get(second)
		f.wantRun(r, run.Skipped, "", 0)
		if !strings.Contains(r.StatusReason, first) {
			t.Errorf("statusReason is %q, want it to name %s", r.StatusReason, first)
		}
		f.wantRun(f.end(first), run.Succeeded, "", 1)
		again := f.call("POST", "/runs", body, 202)
		if again["runId"] != second {
			t.Errorf("the same idempotency key returns run %v, want %s, which was skipped", again["runId"], second)
		}
		if again["status"] != "SKIPPED" {
			t.Errorf("the same idempotency key returns a run that is %v, want SKIPPED", again["status"])
		}
		third := f.submit(overlapping("FORBID", ""))
		f.wantRun(f.end(third), run.Succeeded, "", 1)
		f.wantCalls("RunTask", 2)
		f.wantFree(first, second, third)
	})
}

// Two runs hold the key, three wait in order, and one is skipped.
func TestQueue_AdmitsInOrder(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: time.Minute}), func(f *fixture) {
		f.start()
		var ids []string
		for range 6 {
			ids = append(ids, f.submit(overlapping("QUEUE", `,"limit":2,"maxQueued":3`)))
			time.Sleep(time.Second) // virtual
		}
		for i, want := range []run.Status{run.Pending, run.Pending, run.Queued, run.Queued, run.Queued, run.Skipped} {
			r := f.get(ids[i])
			if want == run.Pending && r.Status == run.Running {
				continue
			}
			if r.Status != want {
				t.Errorf("run %d is %s (%s), want %s", i, r.Status, r.StatusReason, want)
			}
		}
		if r := f.get(ids[5]); !strings.Contains(r.StatusReason, "maxQueued (3)") {
			t.Errorf("statusReason is %q, want maxQueued (3) in it", r.StatusReason)
		}
		var before time.Time
		for _, id := range ids[:5] {
			r := f.end(id)
			f.wantRun(r, run.Succeeded, "", 1)
			from, _ := f.span(id)
			if from.Before(before) {
				t.Errorf("%s began at %v, before the one ahead of it at %v", id, from, before)
			}
			before = from
		}
		f.wantAtOnce(2, ids[:5]...)
		if took := f.get(ids[4]).StoppedAt.Sub(f.get(ids[0]).CreatedAt); f.options.TaskEvents && took > 4*time.Minute {
			t.Errorf("three rounds of a minute took %s", took)
		}
		f.wantPath(f.get(ids[4]), "Launch Follow Done", "Launch Pause Observe Launch Pause Observe Done")
		f.wantFree(ids...)
	})
}

func TestQueueTimeout_SkipsTheRun(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: time.Hour}), func(f *fixture) {
		f.start()
		first := f.submit(overlapping("QUEUE", ""))
		second := f.submit(overlapping("QUEUE", `,"queueTimeoutSeconds":90`))
		third := f.submit(overlapping("QUEUE", ""))
		r := f.end(second)
		f.wantRun(r, run.Skipped, "", 0)
		if took := r.StoppedAt.Sub(r.CreatedAt); took < 90*time.Second || took > 95*time.Second {
			t.Errorf("skipped after %s, want 90 to 95 s", took)
		}
		if !strings.Contains(r.StatusReason, "queueTimeoutSeconds (90)") {
			t.Errorf("statusReason is %q, want queueTimeoutSeconds (90) in it", r.StatusReason)
		}
		f.wantPath(r, "Launch Follow Observe Done", "Launch Pause Observe Done")
		f.wantRun(f.end(first), run.Succeeded, "", 1)
		f.wantRun(f.end(third), run.Succeeded, "", 1)
		f.wantAtOnce(1, first, third)
		f.wantCalls("RunTask", 2)
		f.wantFree(first, second, third)
	})
}

func TestDeadlineInTheQueue_TimesTheRunOut(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: time.Hour}), func(f *fixture) {
		f.start()
		first := f.submit(overlapping("QUEUE", ""))
		second := f.submit(strings.Replace(overlapping("QUEUE", ""), `"policy":{`, `"policy":{"deadlineSeconds":120,`, 1))
		r := f.end(second)
		f.wantRun(r, run.TimedOut, run.ClassTimeout, 0)
		if took := r.StoppedAt.Sub(r.CreatedAt); took < 2*time.Minute || took > 125*time.Second {
			t.Errorf("timed out after %s (%s), want 120 to 125 s", took, r.StatusReason)
		}
		f.wantRun(f.end(first), run.Succeeded, "", 1)
		f.wantCalls("RunTask", 1)
		f.wantFree(first, second)
	})
}

// The replaced run's task takes 20 s to stop, and the new run begins after it.
func TestReplace_BeginsWhenTheOldRunHasStopped(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{Forever: true, TermAfter: 20 * time.Second}, scripted.Script{For: time.Minute}), func(f *fixture) {
		f.start()
		first := f.submit(overlapping("QUEUE", ""))
		f.until(first, "running", running)
		queued := f.submit(overlapping("QUEUE", ""))
		second := f.submit(overlapping("REPLACE", ""))
		if r := f.get(second); r.Status != run.Queued {
			t.Errorf("the new run is %s (%s), want QUEUED", r.Status, r.StatusReason)
		}
		third := f.submit(overlapping("REPLACE", ""))
		f.wantRun(f.get(second), run.Skipped, "", 0)
		r := f.end(first)
		f.wantRun(r, run.Stopped, run.ClassStopped, 1)
		if r.StatusReason != "replaced by run "+second {
			t.Errorf("statusReason is %q, want replaced by run %s", r.StatusReason, second)
		}
		f.wantStopReasons("Davit: replaced by run " + second)
		f.wantRun(f.end(third), run.Succeeded, "", 1)
		f.wantRun(f.end(queued), run.Succeeded, "", 1)
		f.wantAtOnce(1, first, third, queued)
		if a, _ := f.span(third); f.options.TaskEvents {
			if b, _ := f.span(queued); b.Before(a) {
				t.Error("the queued run began before the replacing one")
			}
		}
		f.wantFree(first, second, third, queued)
	})
}

func TestStopWhileQueued_EndsAtOnce(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: time.Minute}), func(f *fixture) {
		f.start()
		first := f.submit(overlapping("QUEUE", ""))
		second := f.submit(overlapping("QUEUE", ""))
		third := f.submit(overlapping("QUEUE", ""))
		synctest.Wait()
		f.stop(second)
		r := f.get(second)
		if r.Status != run.Stopped {
			t.Errorf("the run is %s, want STOPPED at once", r.Status)
		}
		if want := "stopped by a caller before it was launched: enough"; r.StatusReason != want {
			t.Errorf("statusReason is %q, want %q", r.StatusReason, want)
		}
		f.wantRun(f.end(second), run.Stopped, run.ClassStopped, 0)
		f.wantRun(f.end(first), run.Succeeded, "", 1)
		f.wantRun(f.end(third), run.Succeeded, "", 1)
		f.wantCalls("RunTask", 2)
		f.wantCalls("StopTask", 0)
		f.wantFree(first, second, third)
	})
}

// A queued run stays queued over a restart, and is admitted when the run before it ends.
func TestQueueAcrossARestart(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{Forever: true}, scripted.Script{For: time.Minute}), func(f *fixture) {
		f.start()
		first := f.submit(overlapping("QUEUE", ""))
		f.until(first, "running", running)
		second := f.submit(overlapping("QUEUE", ""))
		synctest.Wait()
		f.restart()
		f.wantRun(f.end(first), run.Failed, run.Interrupted, 1)
		f.wantRun(f.end(second), run.Succeeded, "", 1)
		f.wantFree(first, second)
	})
}

// A run whose launch is refused for good releases the key and wakes the next.
func TestRefusedLaunchFreesTheKey(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: time.Minute}), func(f *fixture) {
		f.ECS.Faults().RefusePlacement(faults.Refusal{Reason: "ATTRIBUTE", Calls: 1})
		first := f.submit(overlapping("QUEUE", ""))
		second := f.submit(overlapping("QUEUE", ""))
		f.start()
		f.wantRun(f.end(first), run.Failed, run.Invalid, 1)
		f.wantRun(f.end(second), run.Succeeded, "", 1)
		f.wantFree(first, second)
	})
}
