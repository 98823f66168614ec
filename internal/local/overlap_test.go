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
func (w *fixture) wantFree(ids ...string) {
	w.t.Helper()
	l, err := w.Store.Lock(w.t.Context(), "nightly")
	if err != nil || !l.Empty() {
		w.t.Errorf("the lock is %+v, %v; want nothing", l, err)
	}
	for _, id := range ids {
		if r := w.get(id); !r.Released || !r.SweepAt.IsZero() {
			w.t.Errorf("%s run %s: released %v, sweep at %v", r.Status, id, r.Released, r.SweepAt)
		}
	}
}

// span is from when ECS made the run's first task to when its last had stopped.
func (w *fixture) span(id string) (from, to time.Time) {
	w.t.Helper()
	for _, a := range w.get(id).Attempts {
		for i := range a.Tasks {
			s := a.Tasks[i].State()
			if s.CreatedAt == nil || s.StoppedAt == nil {
				w.t.Fatalf("task %s of %s has no beginning or no end", a.Tasks[i].ShortID(), id)
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
func (w *fixture) wantAtOnce(n int, ids ...string) {
	w.t.Helper()
	most := 0
	for _, id := range ids {
		at, _ := w.span(id)
		working := 0
		for _, other := range ids {
			if from, to := w.span(other); !from.After(at) && to.After(at) {
				working++
			}
		}
		most = max(most, working)
	}
	if most != n {
		w.t.Errorf("%d runs were at work at once, want %d", most, n)
	}
}

func running(r *run.Run) bool { return r.Status == run.Running }

func TestForbid(t *testing.T) {
	eachWay(t, app(scripted.Script{For: time.Minute}), func(w *fixture) {
		w.start()
		first := w.submit(overlapping("FORBID", ""))
		w.until(first, "running", running)
		body := strings.Replace(overlapping("FORBID", ""), "{", `{"clientToken":"mine",`, 1)
		second := w.submit(body)
		r := w.get(second)
		w.want(r, run.Skipped, "", 0)
		if !strings.Contains(r.StatusReason, first) {
			t.Errorf("reason %q, want it to name %s", r.StatusReason, first)
		}
		w.want(w.end(first), run.Succeeded, "", 1)
		again := w.call("POST", "/runs", body, 202)
		if again["runId"] != second || again["status"] != "SKIPPED" {
			t.Errorf("the same key again: %v %v, want the run that was skipped", again["runId"], again["status"])
		}
		third := w.submit(overlapping("FORBID", ""))
		w.want(w.end(third), run.Succeeded, "", 1)
		w.wantCalls("RunTask", 2)
		w.wantFree(first, second, third)
	})
}

// TestQueue: two at a time, three wait in order, one is too many.
func TestQueue(t *testing.T) {
	eachWay(t, app(scripted.Script{For: time.Minute}), func(w *fixture) {
		w.start()
		var ids []string
		for range 6 {
			ids = append(ids, w.submit(overlapping("QUEUE", `,"limit":2,"maxQueued":3`)))
			time.Sleep(time.Second) // virtual
		}
		for i, want := range []run.Status{run.Pending, run.Pending, run.Queued, run.Queued, run.Queued, run.Skipped} {
			if r := w.get(ids[i]); r.Status != want && (want != run.Pending || r.Status != run.Running) {
				t.Errorf("run %d is %s (%s), want %s", i, r.Status, r.StatusReason, want)
			}
		}
		if r := w.get(ids[5]); !strings.Contains(r.StatusReason, "maxQueued (3)") {
			t.Errorf("reason %q, want maxQueued", r.StatusReason)
		}
		var before time.Time
		for _, id := range ids[:5] {
			r := w.end(id)
			w.want(r, run.Succeeded, "", 1)
			from, _ := w.span(id)
			if from.Before(before) {
				t.Errorf("%s began at %v, before the one ahead of it at %v", id, from, before)
			}
			before = from
		}
		w.wantAtOnce(2, ids[:5]...)
		if took := w.get(ids[4]).StoppedAt.Sub(w.get(ids[0]).CreatedAt); w.options.TaskEvents && took > 4*time.Minute {
			t.Errorf("three rounds of a minute took %s", took)
		}
		w.wantPath(w.get(ids[4]), "Launch Follow Done", "Launch Pause Observe Launch Pause Observe Done")
		w.wantFree(ids...)
	})
}

func TestQueueTimeout(t *testing.T) {
	eachWay(t, app(scripted.Script{For: time.Hour}), func(w *fixture) {
		w.start()
		first := w.submit(overlapping("QUEUE", ""))
		second := w.submit(overlapping("QUEUE", `,"queueTimeoutSeconds":90`))
		third := w.submit(overlapping("QUEUE", ""))
		r := w.end(second)
		w.want(r, run.Skipped, "", 0)
		if took := r.StoppedAt.Sub(r.CreatedAt); took < 90*time.Second || took > 95*time.Second || !strings.Contains(r.StatusReason, "queueTimeoutSeconds (90)") {
			t.Errorf("%q after %s", r.StatusReason, took)
		}
		w.wantPath(r, "Launch Follow Observe Done", "Launch Pause Observe Done")
		w.want(w.end(first), run.Succeeded, "", 1)
		w.want(w.end(third), run.Succeeded, "", 1)
		w.wantAtOnce(1, first, third)
		w.wantCalls("RunTask", 2)
		w.wantFree(first, second, third)
	})
}

func TestDeadlineInTheQueue(t *testing.T) {
	eachWay(t, app(scripted.Script{For: time.Hour}), func(w *fixture) {
		w.start()
		first := w.submit(overlapping("QUEUE", ""))
		second := w.submit(strings.Replace(overlapping("QUEUE", ""), `"policy":{`, `"policy":{"deadlineSeconds":120,`, 1))
		r := w.end(second)
		w.want(r, run.TimedOut, run.ClassTimeout, 0)
		if took := r.StoppedAt.Sub(r.CreatedAt); took < 2*time.Minute || took > 125*time.Second {
			t.Errorf("%q after %s", r.StatusReason, took)
		}
		w.want(w.end(first), run.Succeeded, "", 1)
		w.wantCalls("RunTask", 1)
		w.wantFree(first, second)
	})
}

// TestReplace: the old run is seen stopped before the new one begins, although it takes its time.
func TestReplace(t *testing.T) {
	eachWay(t, app(scripted.Script{Forever: true, TermAfter: 20 * time.Second}, scripted.Script{For: time.Minute}), func(w *fixture) {
		w.start()
		first := w.submit(overlapping("QUEUE", ""))
		w.until(first, "running", running)
		queued := w.submit(overlapping("QUEUE", ""))
		second := w.submit(overlapping("REPLACE", ""))
		if r := w.get(second); r.Status != run.Queued {
			t.Errorf("the new run is %s (%s), want QUEUED", r.Status, r.StatusReason)
		}
		third := w.submit(overlapping("REPLACE", ""))
		w.want(w.get(second), run.Skipped, "", 0)
		r := w.end(first)
		w.want(r, run.Stopped, run.ClassStopped, 1)
		if r.StatusReason != "replaced by run "+second {
			t.Errorf("reason %q", r.StatusReason)
		}
		if calls := w.calls("StopTask"); len(calls) != 1 || calls[0]["reason"] != "Davit: replaced by run "+second {
			t.Errorf("StopTask calls %v", calls)
		}
		w.want(w.end(third), run.Succeeded, "", 1)
		w.want(w.end(queued), run.Succeeded, "", 1)
		w.wantAtOnce(1, first, third, queued)
		if a, _ := w.span(third); w.options.TaskEvents {
			if b, _ := w.span(queued); b.Before(a) {
				t.Error("the queue went before the REPLACE")
			}
		}
		w.wantFree(first, second, third, queued)
	})
}

func TestStopWhileQueued(t *testing.T) {
	eachWay(t, app(scripted.Script{For: time.Minute}), func(w *fixture) {
		w.start()
		first := w.submit(overlapping("QUEUE", ""))
		second := w.submit(overlapping("QUEUE", ""))
		third := w.submit(overlapping("QUEUE", ""))
		synctest.Wait()
		w.stop(second)
		if r := w.get(second); r.Status != run.Stopped || r.StatusReason != "stopped by a caller before it was launched: enough" {
			t.Errorf("%s %q, want STOPPED at once", r.Status, r.StatusReason)
		}
		w.want(w.end(second), run.Stopped, run.ClassStopped, 0)
		w.want(w.end(first), run.Succeeded, "", 1)
		w.want(w.end(third), run.Succeeded, "", 1)
		w.wantCalls("RunTask", 2)
		w.wantCalls("StopTask", 0)
		w.wantFree(first, second, third)
	})
}

// TestQueueAcrossARestart: who waits goes on waiting, and is let in by those who end after it.
func TestQueueAcrossARestart(t *testing.T) {
	eachWay(t, app(scripted.Script{Forever: true}, scripted.Script{For: time.Minute}), func(w *fixture) {
		w.start()
		first := w.submit(overlapping("QUEUE", ""))
		w.until(first, "running", running)
		second := w.submit(overlapping("QUEUE", ""))
		synctest.Wait()
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		w.runner.Crash()
		synctest.Wait()
		again, err := Open(w.options)
		if err != nil {
			t.Fatal(err)
		}
		w.System = again
		w.start()
		w.want(w.end(first), run.Failed, run.Interrupted, 1)
		w.want(w.end(second), run.Succeeded, "", 1)
		w.wantFree(first, second)
	})
}

// TestRefusedLaunchFreesTheKey: the step that is refused for good wakes who waits.
func TestRefusedLaunchFreesTheKey(t *testing.T) {
	eachWay(t, app(scripted.Script{For: time.Minute}), func(w *fixture) {
		w.ECS.Faults().RefusePlacement(localecs.Refusal{Reason: "ATTRIBUTE", Calls: 1})
		first := w.submit(overlapping("QUEUE", ""))
		second := w.submit(overlapping("QUEUE", ""))
		w.start()
		w.want(w.end(first), run.Failed, run.Invalid, 1)
		w.want(w.end(second), run.Succeeded, "", 1)
		w.wantFree(first, second)
	})
}
