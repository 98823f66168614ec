package local

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"davit/internal/localecs"
	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

// overlapping is a run of the key nightly.
func overlapping(mode, more string) string {
	return fmt.Sprintf(`{"taskDefinition":"job","policy":{"overlap":{"key":"nightly","mode":%q%s}}}`, mode, more)
}

// wantFree checks that nothing is left of the key.
func (f *fixture) wantFree(ids ...string) {
	f.t.Helper()
	l, err := f.Store.Lock(f.t.Context(), "nightly")
	if err != nil || !l.Empty() {
		f.t.Errorf("the lock is %+v, %v; want nothing", l, err)
	}
	for _, id := range ids {
		if r := f.get(id); !r.Released || !r.SweepAt.IsZero() {
			f.t.Errorf("%s run %s: released %v, sweep at %v", r.Status, id, r.Released, r.SweepAt)
		}
	}
}

// span is from when ECS made the run's first task to when its last had stopped.
func (f *fixture) span(id string) (from, to time.Time) {
	f.t.Helper()
	for _, a := range f.get(id).Attempts {
		for i := range a.Tasks {
			s := a.Tasks[i].State()
			if s.CreatedAt == nil || s.StoppedAt == nil {
				f.t.Fatalf("task %s of %s has no beginning or no end", a.Tasks[i].ShortID(), id)
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

// wantAtOnce checks that the most of these runs that were at work at one time is n.
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

func TestForbid(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: time.Minute}), func(f *fixture) {
		f.start()
		first := f.submit(overlapping("FORBID", ""))
		f.until(first, "running", running)
		body := strings.Replace(overlapping("FORBID", ""), "{", `{"clientToken":"mine",`, 1)
		second := f.submit(body)
		r := f.get(second)
		f.wantRun(r, run.Skipped, "", 0)
		if !strings.Contains(r.StatusReason, first) {
			t.Errorf("reason %q, want it to name %s", r.StatusReason, first)
		}
		f.wantRun(f.end(first), run.Succeeded, "", 1)
		again := f.call("POST", "/runs", body, 202)
		if again["runId"] != second || again["status"] != "SKIPPED" {
			t.Errorf("the same key again: %v %v, want the run that was skipped", again["runId"], again["status"])
		}
		third := f.submit(overlapping("FORBID", ""))
		f.wantRun(f.end(third), run.Succeeded, "", 1)
		f.wantCalls("RunTask", 2)
		f.wantFree(first, second, third)
	})
}

// TestQueue: two at a time, three wait in order, one is too many.
func TestQueue(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: time.Minute}), func(f *fixture) {
		f.start()
		var ids []string
		for range 6 {
			ids = append(ids, f.submit(overlapping("QUEUE", `,"limit":2,"maxQueued":3`)))
			time.Sleep(time.Second) // virtual
		}
		for i, want := range []run.Status{run.Pending, run.Pending, run.Queued, run.Queued, run.Queued, run.Skipped} {
			if r := f.get(ids[i]); r.Status != want && (want != run.Pending || r.Status != run.Running) {
				t.Errorf("run %d is %s (%s), want %s", i, r.Status, r.StatusReason, want)
			}
		}
		if r := f.get(ids[5]); !strings.Contains(r.StatusReason, "maxQueued (3)") {
			t.Errorf("reason %q, want maxQueued", r.StatusReason)
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

func TestQueueTimeout(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: time.Hour}), func(f *fixture) {
		f.start()
		first := f.submit(overlapping("QUEUE", ""))
		second := f.submit(overlapping("QUEUE", `,"queueTimeoutSeconds":90`))
		third := f.submit(overlapping("QUEUE", ""))
		r := f.end(second)
		f.wantRun(r, run.Skipped, "", 0)
		if took := r.StoppedAt.Sub(r.CreatedAt); took < 90*time.Second || took > 95*time.Second || !strings.Contains(r.StatusReason, "queueTimeoutSeconds (90)") {
			t.Errorf("%q after %s", r.StatusReason, took)
		}
		f.wantPath(r, "Launch Follow Observe Done", "Launch Pause Observe Done")
		f.wantRun(f.end(first), run.Succeeded, "", 1)
		f.wantRun(f.end(third), run.Succeeded, "", 1)
		f.wantAtOnce(1, first, third)
		f.wantCalls("RunTask", 2)
		f.wantFree(first, second, third)
	})
}

func TestDeadlineInTheQueue(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: time.Hour}), func(f *fixture) {
		f.start()
		first := f.submit(overlapping("QUEUE", ""))
		second := f.submit(strings.Replace(overlapping("QUEUE", ""), `"policy":{`, `"policy":{"deadlineSeconds":120,`, 1))
		r := f.end(second)
		f.wantRun(r, run.TimedOut, run.ClassTimeout, 0)
		if took := r.StoppedAt.Sub(r.CreatedAt); took < 2*time.Minute || took > 125*time.Second {
			t.Errorf("%q after %s", r.StatusReason, took)
		}
		f.wantRun(f.end(first), run.Succeeded, "", 1)
		f.wantCalls("RunTask", 1)
		f.wantFree(first, second)
	})
}

// TestReplace: the old run is seen stopped before the new one begins, although it takes its time.
func TestReplace(t *testing.T) {
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
			t.Errorf("reason %q", r.StatusReason)
		}
		if calls := f.calls("StopTask"); len(calls) != 1 || calls[0]["reason"] != "Davit: replaced by run "+second {
			t.Errorf("StopTask calls %v", calls)
		}
		f.wantRun(f.end(third), run.Succeeded, "", 1)
		f.wantRun(f.end(queued), run.Succeeded, "", 1)
		f.wantAtOnce(1, first, third, queued)
		if a, _ := f.span(third); f.options.TaskEvents {
			if b, _ := f.span(queued); b.Before(a) {
				t.Error("the queue went before the REPLACE")
			}
		}
		f.wantFree(first, second, third, queued)
	})
}

func TestStopWhileQueued(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: time.Minute}), func(f *fixture) {
		f.start()
		first := f.submit(overlapping("QUEUE", ""))
		second := f.submit(overlapping("QUEUE", ""))
		third := f.submit(overlapping("QUEUE", ""))
		synctest.Wait()
		f.stop(second)
		if r := f.get(second); r.Status != run.Stopped || r.StatusReason != "stopped by a caller before it was launched: enough" {
			t.Errorf("%s %q, want STOPPED at once", r.Status, r.StatusReason)
		}
		f.wantRun(f.end(second), run.Stopped, run.ClassStopped, 0)
		f.wantRun(f.end(first), run.Succeeded, "", 1)
		f.wantRun(f.end(third), run.Succeeded, "", 1)
		f.wantCalls("RunTask", 2)
		f.wantCalls("StopTask", 0)
		f.wantFree(first, second, third)
	})
}

// TestQueueAcrossARestart: who waits goes on waiting, and is let in by those who end after it.
func TestQueueAcrossARestart(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{Forever: true}, scripted.Script{For: time.Minute}), func(f *fixture) {
		f.start()
		first := f.submit(overlapping("QUEUE", ""))
		f.until(first, "running", running)
		second := f.submit(overlapping("QUEUE", ""))
		synctest.Wait()
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		f.runner.Crash()
		synctest.Wait()
		again, err := Open(f.options)
		if err != nil {
			t.Fatal(err)
		}
		f.System = again
		f.start()
		f.wantRun(f.end(first), run.Failed, run.Interrupted, 1)
		f.wantRun(f.end(second), run.Succeeded, "", 1)
		f.wantFree(first, second)
	})
}

// TestRefusedLaunchFreesTheKey: the step that is refused for good wakes who waits.
func TestRefusedLaunchFreesTheKey(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: time.Minute}), func(f *fixture) {
		f.ECS.Faults().RefusePlacement(localecs.Refusal{Reason: "ATTRIBUTE", Calls: 1})
		first := f.submit(overlapping("QUEUE", ""))
		second := f.submit(overlapping("QUEUE", ""))
		f.start()
		f.wantRun(f.end(first), run.Failed, run.Invalid, 1)
		f.wantRun(f.end(second), run.Succeeded, "", 1)
		f.wantFree(first, second)
	})
}
