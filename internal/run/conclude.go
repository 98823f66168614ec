package run

import (
	"fmt"
	"sort"
	"time"
)

// ending is one task's end, of any attempt.
type ending struct {
	task    *Task
	outcome Outcome
}

// conclude records the outcome of an attempt that has ended, and appends the next attempt or ends the run.
func (r *Run) conclude(a *Attempt, now time.Time) {
	failing, stopped := r.endings(a)
	r.outcome(a, failing, stopped)
	if a.Withdrawn {
		r.endWithdrawn(a, now)
		return
	}
	succeeded, byCaller := r.countEndings()
	want := r.goal() - succeeded - len(byCaller)
	switch {
	case succeeded >= r.goal():
		r.end(now, Succeeded, "", r.successReason())
	case a.GivenUp != nil && a.GivenUp.Class == ClassLost:
		r.end(now, Lost, ClassLost, a.GivenUp.Reason)
	case a.GivenUp != nil:
		r.end(now, Failed, a.GivenUp.Class, a.GivenUp.text())
	case want > 0 && len(failing) > 0 && r.retriable(failing):
		r.nextAttempt(now, want)
	case len(failing) > 0:
		r.endFailed(now, failing)
	default:
		r.endOrdered(now, byCaller)
	}
}

// endOrdered ends a run in which nothing failed and that somebody, or its deadline, wanted to stop.
func (r *Run) endOrdered(now time.Time, byCaller []ending) {
	if r.Stop != nil && r.Stop.Cause == ByDeadline {
		r.end(now, TimedOut, ClassTimeout, r.stopReason(nil))
		return
	}
	r.end(now, Stopped, ClassStopped, r.stopReason(byCaller))
}

// endings lists the attempt's tasks that failed, by stop time, and those that stopped because a caller wanted it.
func (r *Run) endings(a *Attempt) (failing, stopped []ending) {
	if a.Withdrawn {
		return nil, nil
	}
	for i := range a.Tasks {
		t := &a.Tasks[i]
		o := r.judge(t)
		switch {
		case o.Class == "":
		case t.stoppedByCaller(o):
			stopped = append(stopped, ending{t, o})
		default:
			failing = append(failing, ending{t, o})
		}
	}
	sort.SliceStable(failing, func(i, j int) bool { return stopTime(failing[i].task).Before(stopTime(failing[j].task)) })
	return failing, stopped
}

// stoppedByCaller reports whether the task ended as a caller wanted: ECS reports that Davit stopped it, or it never ran after that was asked.
func (t *Task) stoppedByCaller(o Outcome) bool {
	if t.Stop == nil || !t.Stop.Cause.wanted() {
		return false
	}
	return o.Class == ClassStopped || o.Class == NeverStarted
}

func stopTime(t *Task) time.Time {
	if at := t.State().StoppedAt; at != nil {
		return *at
	}
	return t.SeenAt
}

func (r *Run) outcome(a *Attempt, failing, stopped []ending) {
	switch {
	case a.GivenUp != nil:
		a.Outcome = &Outcome{a.GivenUp.Class, a.GivenUp.text()}
	case len(failing) > 0:
		o := failing[0].outcome
		a.Outcome = &o
	case a.Withdrawn:
		a.Outcome = &Outcome{a.lastRefusal().Class, a.withdrawalReason()}
	case r.Stop != nil && r.Stop.Cause == ByDeadline && len(a.Tasks) < a.Want:
		a.Outcome = &Outcome{ClassTimeout, r.Stop.Reason}
	case len(stopped) > 0 || r.Stop != nil && len(a.Tasks) < a.Want:
		a.Outcome = &Outcome{Class: ClassStopped, Detail: r.stopReason(stopped)}
	default:
		a.Outcome = &Outcome{}
	}
}

// countEndings returns, over all attempts, how many tasks succeeded and which were stopped by a caller.
func (r *Run) countEndings() (succeeded int, byCaller []ending) {
	for i := range r.Attempts {
		if r.Attempts[i].Withdrawn {
			continue
		}
		for j := range r.Attempts[i].Tasks {
			t := &r.Attempts[i].Tasks[j]
			if !t.Ended() {
				continue
			}
			switch o := r.judge(t); {
			case o.Class == "":
				succeeded++
			case t.stoppedByCaller(o):
				byCaller = append(byCaller, ending{t, o})
			}
		}
	}
	return succeeded, byCaller
}

// retriable reports whether the policy answers every failure of the attempt with another attempt, and has one left.
func (r *Run) retriable(failing []ending) bool {
	if r.Stop != nil || r.countedAttempts() >= r.Policy.Retry.MaxAttempts || len(r.Attempts) >= maxAttempts {
		return false
	}
	for _, f := range failing {
		if !r.Policy.Retry.retries(f.outcome.Class) {
			return false
		}
	}
	return true
}

// countedAttempts is how many attempts retry.maxAttempts has been used up by: those that placed tasks and kept them.
func (r *Run) countedAttempts() int {
	n := 0
	for i := range r.Attempts {
		if len(r.Attempts[i].Tasks)+r.Attempts[i].OmittedTasks > 0 && !r.Attempts[i].Withdrawn {
			n++
		}
	}
	return n
}

// nextAttempt appends another attempt, due after the policy's pause.
func (r *Run) nextAttempt(now time.Time, want int) {
	last := r.attempt()
	r.StatusReason = fmt.Sprintf("attempt %d ended %s: %s", last.Number, last.Outcome.Class, last.Outcome.Detail)
	r.appendAttempt(last, want, now.Add(RetryPause(r.Policy.Retry, r.countedAttempts(), r.draw("retry", last.Number))))
}

// appendAttempt appends the attempt after last. Of the tasks of last only what their outcome needs is kept.
func (r *Run) appendAttempt(last *Attempt, want int, due time.Time) *Attempt {
	for i := range last.Tasks {
		last.Tasks[i].compact()
	}
	n := last.Number + 1
	r.Attempts = append(r.Attempts, Attempt{
		Number: n, StartedBy: nextStartedBy(last.StartedBy, n), Want: want, BeganAt: due, NotBefore: due,
	})
	return r.attempt()
}

// endFailed ends a run whose tasks failed. A start deadline with its attempts used up is TIMED_OUT; only
// tasks that ECS lost, and nothing else, are LOST.
func (r *Run) endFailed(now time.Time, failing []ending) {
	status, first := Failed, failing[0]
	if all(failing, func(e ending) bool { return e.task.Lost }) {
		status = Lost
	}
	if all(failing, timedOut) {
		status = TimedOut
	}
	if status == Failed {
		first = firstFailure(failing)
	}
	r.end(now, status, first.outcome.Class, "task "+first.task.ShortID()+": "+first.outcome.Detail)
}

// timedOut reports whether a deadline of Davit's policies ended the task.
func timedOut(e ending) bool {
	if e.task.Stop == nil || e.task.Stop.Cause == ByCaller {
		return false
	}
	return e.outcome.Class == ClassTimeout || (e.outcome.Class == NeverStarted && e.task.Stop.Cause == ByStartTimeout)
}

// firstFailure is the first by stop time that failed by itself.
func firstFailure(failing []ending) ending {
	for _, e := range failing {
		if !timedOut(e) && !e.task.Lost {
			return e
		}
	}
	return failing[0]
}

func all(list []ending, is func(ending) bool) bool {
	for _, e := range list {
		if !is(e) {
			return false
		}
	}
	return true
}

func (r *Run) successReason() string {
	switch {
	case r.Count == 1:
		return "the task succeeded"
	case r.UnplacedByPolicy > 0:
		return fmt.Sprintf("all %d tasks that were placed succeeded; %d of %d were not placed (BEST_EFFORT)", r.goal(), r.UnplacedByPolicy, r.Count)
	default:
		return fmt.Sprintf("all %d tasks succeeded", r.Count)
	}
}

func (r *Run) stopReason(stopped []ending) string {
	where := ""
	if r.StartedAt == nil && r.countedAttempts() == 0 {
		where = " before it was launched"
	}
	switch {
	case r.Stop != nil && r.Stop.Cause == ByDeadline && len(r.Attempts) > 1:
		return withReason(r.Stop.Reason, r.StatusReason)
	case r.Stop != nil && (r.Stop.Cause == ByDeadline || r.Stop.Cause == ByReplace):
		return r.Stop.Reason + where
	case r.Stop != nil:
		return withReason("stopped by a caller"+where, r.Stop.Reason)
	}
	if len(stopped) > 0 {
		return "task " + stopped[0].task.ShortID() + ": " + stopped[0].outcome.Detail
	}
	return "stopped"
}
