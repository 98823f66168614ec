package run

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func overlapping(mode, more string) string {
	return fmt.Sprintf(`{"taskDefinition":"job","cluster":"jobs","policy":{"overlap":{"key":"k","mode":%q%s}}}`, mode, more)
}

// ask submits a run of the key k as role/a and gives its id.
func (w *fixture) ask(key, mode, more string) string {
	w.t.Helper()
	return w.submit(ask(key, overlapping(mode, more))).Run.ID
}

func (w *fixture) read(id string) *Run {
	w.t.Helper()
	r, err := w.store.Get(context.Background(), id)
	if err != nil {
		w.t.Fatalf("Get(%s): %v", id, err)
	}
	return r
}

func (w *fixture) stepLaunch(id string) StepOutput {
	w.t.Helper()
	out, err := w.launcher().Step(context.Background(), StepInput{Execution: w.read(id).execution()})
	if err != nil {
		w.t.Fatalf("Launch: %v", err)
	}
	return out
}

func (w *fixture) stepFollow(id, token string) StepOutput {
	w.t.Helper()
	in := StepInput{Execution: w.read(id).execution(), Token: token, WaitSeconds: 86400}
	out, err := w.observer().Step(context.Background(), in)
	if err != nil {
		w.t.Fatalf("Follow: %v", err)
	}
	return out
}

// wantLock checks who holds the key and who waits, by their ids.
func (w *fixture) wantLock(want string) {
	w.t.Helper()
	var words []string
	l := w.store.lock("k")
	for _, s := range l.Holders {
		words = append(words, s.Run)
	}
	words = append(words, "|")
	for _, s := range l.Waiters {
		words = append(words, s.Run)
	}
	if got := strings.Join(words, " "); got != want {
		w.t.Errorf("the lock has %s, want %s", got, want)
	}
}

func (w *fixture) wantRun(id string, status Status, reason string) {
	w.t.Helper()
	if r := w.read(id); r.Status != status || !strings.Contains(r.StatusReason, reason) {
		w.t.Errorf("%s %q, want %s %q", r.Status, r.StatusReason, status, reason)
	}
}

func TestAcceptedInOrder(t *testing.T) {
	w := newFixture(t)
	a, b, c := w.ask("a", "QUEUE", ""), w.ask("b", "QUEUE", ""), w.ask("c", "FORBID", "")
	w.wantLock(a + " | " + b)
	w.wantRun(a, Submitted, "")
	w.wantRun(b, Queued, "waits for its overlap key")
	w.wantRun(c, Skipped, "run "+a+" holds the overlap key (FORBID)")
	if len(w.workflow.starts) != 2 {
		t.Errorf("%d executions, want those of the two that are not over", len(w.workflow.starts))
	}
	switch r := w.read(c); {
	case !r.Released:
		t.Error("r.Released is false, want true")
	case !r.SweepAt.IsZero():
		t.Error("r.SweepAt.IsZero() is false, want true")
	case r.Expires.IsZero():
		t.Error("r.Expires.IsZero() is true, want false")
	case r.Class != "":
		t.Errorf("r.Class is %v, want ", r.Class)
	case len(r.Attempts) != 0:
		t.Errorf("len(r.Attempts) is %v, want 0", len(r.Attempts))
	}
	again := w.submit(ask("c", overlapping("FORBID", "")))
	switch {
	case !again.Replayed:
		t.Error("again: again.Replayed is false, want true")
	case again.Run.Status != Skipped:
		t.Errorf("again: again.Run.Status is %v, want %v", again.Run.Status, Skipped)
	case len(w.workflow.starts) != 2:
		t.Errorf("again: len(w.flow.starts) is %v, want 2", len(w.workflow.starts))
	}
	if r := w.read(a); r.AdmittedAt.IsZero() {
		t.Error("the record does not keep that it was admitted")
	}
	if r := w.read(b); r.SweepAt.After(after(mostQueueSweep)) {
		t.Errorf("the sweep looks at %v", r.SweepAt)
	}
}

func TestDryRunTakesNoLock(t *testing.T) {
	w := newFixture(t)
	q := ask("a", overlapping("QUEUE", ""))
	q.DryRun = true
	switch res := w.submit(q); {
	case res.Run.Status != Submitted:
		t.Errorf("res.Run.Status is %v, want %v", res.Run.Status, Submitted)
	case len(w.store.records) != 0:
		t.Errorf("len(w.store.records) is %v, want 0", len(w.store.records))
	}
	w.wantLock("|")
}

// TestHandedOn: the end of one wakes the next, and once.
func TestHandedOn(t *testing.T) {
	w := newFixture(t)
	a, b, c := w.ask("a", "QUEUE", ""), w.ask("b", "QUEUE", ""), w.ask("c", "QUEUE", "")
	w.stepLaunch(a)
	for _, id := range []string{b, c} {
		switch out := w.stepLaunch(id); {
		case out.Next != StepFollow:
			t.Errorf("a run that waits: out.Next is %v, want %v", out.Next, StepFollow)
		case out.WaitSeconds != 86400:
			t.Errorf("a run that waits: out.WaitSeconds is %v, want 86400", out.WaitSeconds)
		}
		w.stepFollow(id, "token of "+id)
	}
	w.clock.advance(time.Minute)
	w.handle(w.ecs.finish("t1", 0))
	w.wantRun(a, Succeeded, "")
	w.wantRun(b, Launching, "")
	w.wantRun(c, Queued, "")
	w.wantLock(b + " | " + c)
	switch woken := w.workflow.woken(); {
	case len(woken) != 1:
		t.Errorf("len(woken) is %v, want 1", len(woken))
	case woken[0].token != "token of "+b:
		t.Errorf("woken[0].token is %v, want %v", woken[0].token, "token of "+b)
	case woken[0].answer.Next != StepLaunch:
		t.Errorf("woken[0].answer.Next is %v, want %v", woken[0].answer.Next, StepLaunch)
	}
	if r := w.read(a); !r.Released || !r.SweepAt.IsZero() {
		t.Errorf("released %v, sweep at %v", r.Released, r.SweepAt)
	}
	w.stepLaunch(b)
	switch r := w.read(b); {
	case len(r.Attempts) != 1:
		t.Errorf("len(r.Attempts) is %v, want 1", len(r.Attempts))
	case !r.Attempts[0].BeganAt.Equal(after(time.Minute)):
		t.Errorf("r.Attempts[0].BeganAt is %v, want %v", r.Attempts[0].BeganAt, after(time.Minute))
	}
}

// TestStopWhileQueued: it ends at once, leaves the queue, and its execution ends.
func TestStopWhileQueued(t *testing.T) {
	w := newFixture(t)
	a, b := w.ask("a", "QUEUE", ""), w.ask("b", "QUEUE", "")
	w.stepLaunch(b)
	w.stepFollow(b, "token")
	if _, err := w.stopper().Stop(context.Background(), StopRequest{RunID: b, Reason: "no more"}); err != nil {
		t.Fatal(err)
	}
	w.wantRun(b, Stopped, "stopped by a caller before it was launched: no more")
	w.wantLock(a + " |")
	switch woken := w.workflow.woken(); {
	case len(woken) != 1:
		t.Errorf("len(woken) is %v, want 1", len(woken))
	case woken[0].answer.Next != StepDone:
		t.Errorf("woken[0].answer.Next is %v, want %v", woken[0].answer.Next, StepDone)
	}
}

// TestStoppedWhileItIsLetIn: the stop comes between the lock and the record, so nobody but this admission can take the entry out.
func TestStoppedWhileItIsLetIn(t *testing.T) {
	w := newFixture(t)
	w.store.fail = func(method string) error {
		if method == "Update" {
			w.store.fail = nil
			w.store.otherWriters = []func(*Run){func(r *Run) {
				r.Stop = &StopOrder{Cause: ByCaller, At: start}
				Settle(r, start)
				r.Released = true
				w.keeper().index(r, start)
			}}
		}
		return nil
	}
	a := w.ask("a", "QUEUE", "")
	w.wantRun(a, Stopped, "")
	w.wantLock("|")
}

// TestHoldersThatAreOver are free, whoever notices.
func TestHoldersThatAreOver(t *testing.T) {
	lapse := map[string]func(w *fixture, r *Run){
		"it ended and its end was not passed on": func(w *fixture, r *Run) {
			r.Status, r.StoppedAt, r.Expires = Failed, &r.CreatedAt, after(1000*time.Hour)
			w.store.put(r)
		},
		"its record is gone":             func(w *fixture, r *Run) { delete(w.store.records, r.ID) },
		"another run has its record now": func(w *fixture, r *Run) { r.Incarnation = "reborn00"; w.store.put(r) },
	}
	for name, end := range lapse {
		for _, mode := range []string{"FORBID", "QUEUE", "REPLACE"} {
			t.Run(name+" "+mode, func(t *testing.T) {
				w := newFixture(t)
				a, b := w.ask("a", "QUEUE", ""), w.ask("b", "QUEUE", "")
				end(w, w.read(a))
				c := w.ask("c", mode, "")
				switch mode {
				case "FORBID":
					w.wantRun(b, Launching, "")
					w.wantRun(c, Skipped, b)
					w.wantLock(b + " |")
				case "QUEUE":
					w.wantRun(b, Launching, "")
					w.wantRun(c, Queued, "")
					w.wantLock(b + " | " + c)
				default: // b was let in and replaced before it launched anything
					w.wantRun(b, Stopped, "replaced by run "+c)
					w.wantRun(c, Launching, "")
					w.wantLock(c + " |")
				}
			})
		}
	}
}

// TestOldestHoldersAreLookedAt: a run that is kept out reads a bounded number of records.
func TestOldestHoldersAreLookedAt(t *testing.T) {
	w := newFixture(t)
	for i := range 40 {
		w.ask(fmt.Sprint(i), "QUEUE", `,"limit":40`)
	}
	w.store.reads = 0
	w.ask("late", "QUEUE", `,"limit":40`)
	if w.store.reads > maxInspected+3 {
		t.Errorf("%d reads", w.store.reads)
	}
}

func TestReplaceStopsWhatItReplaces(t *testing.T) {
	w := newFixture(t)
	a := w.ask("a", "QUEUE", "")
	w.stepLaunch(a)
	w.handle(w.ecs.set("t1", "RUNNING", startedAt(start)))
	w.stepFollow(a, "token")
	b := w.ask("b", "REPLACE", "")
	w.wantRun(b, Queued, "waits until what it replaces has stopped")
	w.wantRun(a, Stopping, "")
	switch r := w.read(a); {
	case r.Stop == nil:
		t.Error("r.Stop is nil")
	case r.Stop.Cause != ByReplace:
		t.Errorf("r.Stop.Cause is %v, want %v", r.Stop.Cause, ByReplace)
	case r.Stop.Reason != "replaced by run "+b:
		t.Errorf("r.Stop.Reason is %v, want %v", r.Stop.Reason, "replaced by run "+b)
	}
	switch woken := w.workflow.woken(); {
	case len(woken) != 1:
		t.Errorf("len(woken) is %v, want 1", len(woken))
	case woken[0].token != "token":
		t.Errorf("woken[0].token is %v, want token", woken[0].token)
	case woken[0].answer.Next != StepObserve:
		t.Errorf("woken[0].answer.Next is %v, want %v", woken[0].answer.Next, StepObserve)
	}
	if _, err := w.observer().Step(context.Background(), StepInput{Execution: w.read(a).execution()}); err != nil {
		t.Fatal(err)
	}
	if w.ecs.count("Stop") != 1 || w.ecs.reasons[0] != "Davit: replaced by run "+b {
		t.Errorf("%v", w.ecs.reasons)
	}
	w.handle(w.ecs.finish("t1", 143))
	w.wantRun(a, Stopped, "replaced by run "+b)
	w.wantRun(b, Launching, "")
	w.wantLock(b + " |")
}

// TestWhoWasReplacedStaysSo: its launch step read the record before a later run took its place, and the lock after it had left it.
func TestWhoWasReplacedStaysSo(t *testing.T) {
	w := newFixture(t)
	a := w.ask("a", "QUEUE", "")
	w.stepLaunch(a)
	b, c := w.ask("b", "REPLACE", ""), ""
	w.store.fail = func(method string) error {
		if method == "Lock" && c == "" {
			c = keyID("role/a", "c")
			w.store.mu.Unlock()
			w.ask("c", "REPLACE", "")
			w.store.mu.Lock()
		}
		return nil
	}
	if out := w.stepLaunch(b); out.Next != StepDone {
		t.Errorf("out.Next is %v, want %v", out.Next, StepDone)
	}
	w.wantRun(b, Skipped, "a later run with the same overlap key replaced it")
	w.wantRun(c, Queued, "")
	w.wantLock(a + " | " + c)
	if l := w.store.lock("k"); !l.Waiters[0].notReplaced() {
		t.Errorf("%s", l.text())
	}
}

// TestFirstWishStays: who was stopped by a caller was not stopped by the REPLACE that came later.
func TestFirstWishStays(t *testing.T) {
	w := newFixture(t)
	a := w.ask("a", "QUEUE", "")
	w.stepLaunch(a)
	if _, err := w.stopper().Stop(context.Background(), StopRequest{RunID: a, Reason: "mine"}); err != nil {
		t.Fatal(err)
	}
	w.ask("b", "REPLACE", "")
	switch r := w.read(a); {
	case r.Stop.Cause != ByCaller:
		t.Errorf("r.Stop.Cause is %v, want %v", r.Stop.Cause, ByCaller)
	case r.Stop.Reason != "mine":
		t.Errorf("r.Stop.Reason is %v, want mine", r.Stop.Reason)
	}
}

// TestReplaceAsksAgain: the process died after it took the entries and before it told anybody.
func TestReplaceAsksAgain(t *testing.T) {
	w := newFixture(t)
	a := w.ask("a", "QUEUE", "")
	w.stepLaunch(a)
	w.store.fail = dieAt(2) // the first is b's own
	b := w.ask("b", "REPLACE", "")
	if w.read(a).Stop != nil {
		t.Fatal("it did not die in time")
	}
	w.store.fail = nil
	w.stepLaunch(b)
	switch r := w.read(a); {
	case r.Stop == nil:
		t.Error("r.Stop is nil")
	case r.Stop.Cause != ByReplace:
		t.Errorf("r.Stop.Cause is %v, want %v", r.Stop.Cause, ByReplace)
	}
}

// ownersOnly submits a run of the key k where Visibility is owner.
func (w *fixture) ownersOnly(caller, key, mode string) *Run {
	w.t.Helper()
	s := w.submitter()
	s.Stack.OwnerOnly = true
	q := ask(key, overlapping(mode, ""))
	q.Caller = caller
	res, err := s.Submit(context.Background(), q)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.read(res.Run.ID)
}

// TestOwnerOnlyAndSchedules: scheduled runs are everybody's; what a schedule may see is only what everybody may.
func TestOwnerOnlyAndSchedules(t *testing.T) {
	w := newFixture(t)
	nightly := w.ownersOnly(ownedBySchedule+"nightly", "1", "QUEUE")
	w.stepLaunch(nightly.ID)
	if r := w.ownersOnly("role/b", "2", "FORBID"); r.Status != Skipped || !strings.Contains(r.StatusReason, nightly.ID) {
		t.Errorf("%s %q", r.Status, r.StatusReason)
	}
	own := w.ownersOnly("role/b", "3", "REPLACE")
	switch r := w.read(nightly.ID); {
	case own.Status != Queued:
		t.Errorf("own.Status is %v, want %v", own.Status, Queued)
	case r.Stop == nil:
		t.Error("r.Stop is nil")
	case r.Stop.Reason != "replaced by another run":
		t.Errorf("r.Stop.Reason is %v, want replaced by another run", r.Stop.Reason)
	}
	w.stepLaunch(own.ID)
	w.handle(w.ecs.finish("t1", 143))
	w.wantRun(own.ID, Launching, "")
	if r := w.ownersOnly(ownedBySchedule+"nightly", "4", "REPLACE"); r.Status != Skipped || strings.Contains(r.StatusReason, own.ID) {
		t.Errorf("%s %q", r.Status, r.StatusReason)
	}
	if r := w.ownersOnly(ownedBySchedule+"nightly", "5", "FORBID"); r.Status != Skipped || strings.Contains(r.StatusReason, own.ID) {
		t.Errorf("%s %q", r.Status, r.StatusReason)
	}
}

// TestOwnerOnly: with Visibility owner nobody's run is touched or named to who may not see it.
func TestOwnerOnly(t *testing.T) {
	w := newFixture(t)
	submit := w.ownersOnly
	a := submit("role/a", "1", "QUEUE")
	w.stepLaunch(a.ID)
	if r := submit("role/b", "2", "FORBID"); r.Status != Skipped || r.StatusReason != "another run holds the overlap key (FORBID)" {
		t.Errorf("%s %q", r.Status, r.StatusReason)
	}
	if r := submit("role/a", "3", "FORBID"); r.Status != Skipped || !strings.Contains(r.StatusReason, a.ID) {
		t.Errorf("%s %q", r.Status, r.StatusReason)
	}
	if r := submit("role/b", "4", "REPLACE"); r.Status != Skipped || strings.Contains(r.StatusReason, a.ID) || !r.Released {
		t.Errorf("%s %q", r.Status, r.StatusReason)
	}
	if w.read(a.ID).Stop != nil {
		t.Error("another's run was stopped")
	}
	own := submit("role/a", "5", "REPLACE")
	if own.Status != Queued || w.read(a.ID).Stop == nil {
		t.Errorf("%s %q", own.Status, own.StatusReason)
	}
	if r := submit("role/b", "6", "REPLACE"); r.Status != Skipped || w.read(own.ID).Status != Queued {
		t.Errorf("what waits by REPLACE is another's run too: %s %q", r.Status, r.StatusReason)
	}
}

// TestLaunchAsksWhereSubmissionDied, whether it died before the lock was written or after.
func TestLaunchAsksWhereSubmissionDied(t *testing.T) {
	for _, where := range []string{"Lock", "PutLock", "Update"} {
		w := newFixture(t)
		a := w.ask("a", "QUEUE", "")
		w.store.fail = func(method string) error {
			if method == where {
				return errors.New("the process died")
			}
			return nil
		}
		b := w.ask("b", "QUEUE", "")
		w.store.fail = nil
		w.wantRun(b, Submitted, "")
		if out := w.stepLaunch(b); out.Next != StepFollow {
			t.Errorf("%s: out.Next is %v, want %v", where, out.Next, StepFollow)
		}
		w.wantRun(b, Queued, "")
		w.wantLock(a + " | " + b)
		if w.ecs.count("Launch") > 0 {
			t.Error("it was launched beside the other")
		}
	}
}

// TestSubmissionAgainAsksToo: a caller repeats because no answer came.
func TestSubmissionAgainAsksToo(t *testing.T) {
	w := newFixture(t)
	a := w.ask("a", "QUEUE", "")
	w.store.fail = func(method string) error {
		if method == "PutLock" {
			return errors.New("the process died")
		}
		return nil
	}
	w.ask("b", "QUEUE", "")
	w.store.fail = nil
	b := w.ask("b", "QUEUE", "")
	w.wantLock(a + " | " + b)
	w.wantRun(b, Queued, "")
}

// TestSweepPassesAKeyOn that a process died with, and gives up after a day.
func TestSweepPassesAKeyOn(t *testing.T) {
	w := newFixture(t)
	a, b := w.ask("a", "QUEUE", ""), w.ask("b", "QUEUE", "")
	w.stepLaunch(a)
	w.stepLaunch(b)
	w.stepFollow(b, "token")
	broken := true
	w.store.fail = func(method string) error {
		if method == "PutLock" && broken {
			return errors.New("the process died")
		}
		return nil
	}
	w.handle(w.ecs.finish("t1", 0))
	w.wantRun(a, Succeeded, "")
	w.wantRun(b, Queued, "")
	if r := w.read(a); r.Released || !r.SweepAt.Equal(after(orphanSweep)) {
		t.Errorf("released %v, sweep at %v", r.Released, r.SweepAt)
	}
	w.clock.advance(orphanSweep)
	broken = false
	w.sweep()
	w.wantRun(b, Launching, "")
	w.wantLock(b + " |")
	switch woken := w.workflow.woken(); {
	case len(woken) != 1:
		t.Errorf("len(woken) is %v, want 1", len(woken))
	case woken[0].token != "token":
		t.Errorf("woken[0].token is %v, want token", woken[0].token)
	}
	if r := w.read(a); !r.Released || !r.SweepAt.IsZero() {
		t.Errorf("released %v, sweep at %v", r.Released, r.SweepAt)
	}
	broken = true
	if _, err := w.stopper().Stop(context.Background(), StopRequest{RunID: b}); err != nil {
		t.Fatal(err)
	}
	for range 25 * 12 {
		w.clock.advance(5 * time.Minute)
		w.sweep()
	}
	if r := w.read(b); r.Released || !r.SweepAt.IsZero() {
		t.Errorf("after a day: released %v, sweep at %v", r.Released, r.SweepAt)
	}
}

// TestSweepAsksForWhoWaits: the end of the holder reached nobody, and its record has expired since.
func TestSweepAsksForWhoWaits(t *testing.T) {
	w := newFixture(t)
	a, b := w.ask("a", "QUEUE", ""), w.ask("b", "QUEUE", "")
	w.stepLaunch(b)
	w.stepFollow(b, "token")
	delete(w.store.records, a)
	for range 6 { // mostQueueSweep
		if w.clock.advance(5 * time.Minute); w.read(b).Status == Queued {
			w.sweep()
		}
	}
	w.wantRun(b, Launching, "")
	w.wantLock(b + " |")
	switch woken := w.workflow.woken(); {
	case len(woken) != 1:
		t.Errorf("len(woken) is %v, want 1", len(woken))
	case woken[0].answer.Next != StepLaunch:
		t.Errorf("woken[0].answer.Next is %v, want %v", woken[0].answer.Next, StepLaunch)
	}
}

// TestWhoWasLetInAndNotTold hears it from whoever asks next.
func TestWhoWasLetInAndNotTold(t *testing.T) {
	w := newFixture(t)
	a, b := w.ask("a", "QUEUE", ""), w.ask("b", "QUEUE", "")
	w.stepLaunch(a)
	w.store.fail = dieAt(2) // the first is a's end
	w.handle(w.ecs.finish("t1", 0))
	w.store.fail = nil
	w.wantLock(b + " |")
	w.wantRun(b, Queued, "")
	c := w.ask("c", "QUEUE", "")
	w.wantRun(b, Launching, "")
	w.wantRun(c, Queued, "")
}

// TestSweepTellsAgain: who ended the holder died between the lock and the record of who is next.
func TestSweepTellsAgain(t *testing.T) {
	w := newFixture(t)
	a, b := w.ask("a", "QUEUE", ""), w.ask("b", "QUEUE", "")
	w.stepLaunch(a)
	w.stepLaunch(b)
	w.stepFollow(b, "token")
	w.store.fail = dieAt(2) // the first is a's end
	w.handle(w.ecs.finish("t1", 0))
	w.store.fail = nil
	w.wantRun(b, Queued, "")
	w.clock.advance(orphanSweep)
	w.sweep()
	w.wantRun(b, Launching, "")
	switch woken := w.workflow.woken(); {
	case len(woken) != 1:
		t.Errorf("len(woken) is %v, want 1", len(woken))
	case woken[0].token != "token":
		t.Errorf("woken[0].token is %v, want token", woken[0].token)
	}
}

func TestQueueTimeoutSeconds(t *testing.T) {
	w := newFixture(t)
	w.ask("a", "QUEUE", "")
	b := w.ask("b", "QUEUE", `,"queueTimeoutSeconds":60`)
	switch out := w.stepLaunch(b); {
	case out.Next != StepFollow:
		t.Errorf("out.Next is %v, want %v", out.Next, StepFollow)
	case out.WaitSeconds != 60:
		t.Errorf("out.WaitSeconds is %v, want 60", out.WaitSeconds)
	}
	w.clock.advance(59 * time.Second)
	w.stepLaunch(b)
	w.wantRun(b, Queued, "")
	w.clock.advance(time.Second)
	if out := w.stepLaunch(b); out.Next != StepDone {
		t.Errorf("out.Next is %v, want %v", out.Next, StepDone)
	}
	w.wantRun(b, Skipped, "queueTimeoutSeconds (60) passed")
	if l := w.store.lock("k"); len(l.Waiters) != 0 {
		t.Errorf("len(l.Waiters) is %v, want 0", len(l.Waiters))
	}
}

// TestDeadlineCountsTheQueue: of deadlineSeconds and queueTimeoutSeconds the earlier decides, however late that is noticed.
func TestDeadlineCountsTheQueue(t *testing.T) {
	for _, c := range []struct {
		queue, deadline int
		want            Status
		reason          string
	}{
		{0, 60, TimedOut, "deadlineSeconds (60) is over before it was launched"},
		{90, 60, TimedOut, "deadlineSeconds (60)"},
		{60, 90, Skipped, "queueTimeoutSeconds (60)"},
		{60, 60, Skipped, "queueTimeoutSeconds (60)"},
	} {
		w := newFixture(t)
		a := w.ask("a", "QUEUE", "")
		more := ""
		if c.queue > 0 {
			more = fmt.Sprintf(`,"queueTimeoutSeconds":%d`, c.queue)
		}
		body := strings.Replace(overlapping("QUEUE", more), `"policy":{`, fmt.Sprintf(`"policy":{"deadlineSeconds":%d,`, c.deadline), 1)
		b := w.submit(ask("b", body)).Run.ID
		switch out := w.stepLaunch(b); {
		case out.Next != StepFollow:
			t.Errorf("out.Next is %v, want %v", out.Next, StepFollow)
		case out.WaitSeconds != 60:
			t.Errorf("out.WaitSeconds is %v, want 60", out.WaitSeconds)
		}
		w.clock.advance(2 * time.Minute)
		w.stepLaunch(b)
		w.wantRun(b, c.want, c.reason)
		w.wantLock(a + " |")
	}
}

// TestLockBusy: an endless row of other writers is told, and so is the caller's own end.
func TestLockBusy(t *testing.T) {
	w := newFixture(t)
	w.store.fail = func(method string) error {
		if method == "PutLock" {
			return ErrConflict
		}
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	change := func(*Lock) (bool, error) { return true, nil }
	if err := w.keeper().changeLock(ctx, "k", change); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	tries := 0
	w.store.fail = func(method string) error {
		if tries++; method == "PutLock" && tries < 8 {
			return ErrConflict
		}
		return nil
	}
	if err := w.keeper().changeLock(context.Background(), "k", change); err != nil {
		t.Errorf("%v", err)
	}
}

// TestLock_EntryWrittenAfterTheEnd_IsTakenOut: Launch read the record before the caller stopped the run, wrote its entry after that, and died.
func TestLock_EntryWrittenAfterTheEnd_IsTakenOut(t *testing.T) {
	w := newFixture(t)
	w.store.fail = func(method string) error {
		if method == "PutLock" {
			return errors.New("away")
		}
		return nil
	}
	a := w.ask("a", "QUEUE", "")
	w.store.fail = nil
	if _, err := w.stopper().Stop(context.Background(), StopRequest{RunID: a}); err != nil {
		t.Fatal(err)
	}
	l, err := w.store.Lock(context.Background(), "k")
	if err != nil {
		t.Fatal(err)
	}
	l.Holders = append(l.Holders, w.read(a).entry())
	if err := w.store.PutLock(context.Background(), l); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(orphanSweep)
	w.sweep()
	w.wantLock("|")
	if r := w.read(a); !r.Released || !r.SweepAt.IsZero() {
		t.Errorf("released %v, sweep at %v", r.Released, r.SweepAt)
	}
}
