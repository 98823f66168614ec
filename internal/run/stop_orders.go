package run

import (
	"fmt"
	"time"
)

// StopOrder records that tasks are to stop, and what came of it.
type StopOrder struct {
	Cause StopCause `json:"cause"`
	// Reason is the caller's words, at most 255 characters, or Davit's for a deadline; "" where the caller gave none.
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"at"`
	// AskedAt is when StopTask was last called for the task; zero: not yet, or the call failed. Unused for a whole run.
	AskedAt time.Time `json:"askedAt,omitzero"`
	// StopCalls counts the StopTask calls for the task.
	StopCalls int `json:"asks,omitempty"`
	// Refused is ECS's reason, where it refuses StopTask for good.
	Refused string `json:"refused,omitempty"`
	// Stuck is set once, where the task is not reported STOPPED for stuckAfter.
	Stuck bool `json:"stuck,omitempty"`
}

// StopCause is who asked for a stop.
type StopCause string

// The causes of a stop.
const (
	ByCaller       StopCause = "CALLER"
	ByStartTimeout StopCause = "START_TIMEOUT"
	ByTimeout      StopCause = "TIMEOUT"
	ByDeadline     StopCause = "DEADLINE"
	ByPlacement    StopCause = "PLACEMENT" // ALL_OR_NOTHING withdraws an attempt
	ByReplace      StopCause = "REPLACE"   // a later run with its overlap key replaces it
)

// stuckAfter is how long after its order a task that ECS does not report STOPPED is flagged. Fargate's longest stopTimeout is 2 minutes.
const stuckAfter = 10 * time.Minute

// expire orders the run to stop once its deadline has passed. An order that is there stays.
func (r *Run) expire(now time.Time) {
	if at, has := r.deadlineAt(); has && r.Stop == nil && !now.Before(at) {
		r.Stop = &StopOrder{Cause: ByDeadline, Reason: fmt.Sprintf("deadlineSeconds (%d) is over", r.Policy.DeadlineSeconds), At: now}
	}
}

// deadlineAt is when the whole run must be over, its queue and its placing included.
func (r *Run) deadlineAt() (time.Time, bool) {
	return r.CreatedAt.Add(r.Policy.deadline()), r.Policy.DeadlineSeconds > 0
}

// orderStops writes down which live tasks are to stop, and why. The first cause stays.
func (r *Run) orderStops(a *Attempt, now time.Time) {
	ran := a.firstRunning()
	for i := range a.Tasks {
		t := &a.Tasks[i]
		if t.Stop != nil || t.Ended() {
			continue
		}
		switch {
		case r.Stop != nil:
			t.Stop = &StopOrder{Cause: r.Stop.Cause, Reason: r.Stop.Reason, At: now}
		case a.Withdrawn:
			t.Stop = &StopOrder{Cause: ByPlacement, Reason: a.withdrawalReason(), At: now}
		case r.Policy.TimeoutSeconds > 0 && ran != nil && !now.Before(ran.Add(r.Policy.timeout())):
			t.Stop = &StopOrder{Cause: ByTimeout, Reason: fmt.Sprintf("timeoutSeconds (%d) is over", r.Policy.TimeoutSeconds), At: now}
		case !t.State().ran() && !t.SeenAt.Before(r.startDeadline(t)):
			t.Stop = &StopOrder{Cause: ByStartTimeout, Reason: fmt.Sprintf("not RUNNING within startTimeoutSeconds (%d)", r.Policy.StartTimeoutSeconds), At: now}
		}
	}
}

// startDeadline is by when a task must be RUNNING. It counts only against a task that ECS showed at that time or later: what is
// known from before says nothing about a task that may have started since.
func (r *Run) startDeadline(t *Task) time.Time { return t.LaunchedAt.Add(r.Policy.startTimeout()) }

// startCheck is when to look whether a task has met its start deadline: then, and where that look did not show the task, a minute
// later.
func (r *Run) startCheck(t *Task) time.Time {
	at := r.startDeadline(t)
	if r.LastHeardAt.Before(at) {
		return at
	}
	return r.LastHeardAt.Add(time.Minute)
}

// firstRunning is when the attempt's first task was RUNNING; nil while none was.
func (a *Attempt) firstRunning() *time.Time {
	var first *time.Time
	for i := range a.Tasks {
		if at := a.Tasks[i].State().StartedAt; at != nil && (first == nil || at.Before(*first)) {
			first = at
		}
	}
	return first
}

// flagStuck marks tasks as stuck that were asked to stop and are not reported STOPPED. They are asked and
// watched on.
func (r *Run) flagStuck(a *Attempt, now time.Time) {
	for i := range a.Tasks {
		t := &a.Tasks[i]
		if t.Stop == nil || t.Stop.StopCalls == 0 || t.Stop.Stuck || t.Ended() || now.Sub(t.Stop.At) < stuckAfter {
			continue
		}
		t.Stop.Stuck = true
		r.StatusReason = fmt.Sprintf("task %s was first to stop at %s and ECS does not report it STOPPED; it is asked again every %d s",
			t.ShortID(), t.Stop.At.Format(time.RFC3339), int(repeatStop.Seconds()))
		if t.Stop.Refused != "" {
			r.StatusReason += "; " + t.Stop.Refused
		}
	}
}
