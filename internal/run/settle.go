package run

import (
	"fmt"
	"time"
)

// Bounds of what Davit believes about a task that ECS does not show.
const (
	missingEarly = 10 * time.Minute // after launch: ECS may not show it yet
	missingLate  = time.Hour        // since it was last seen: ECS forgets stopped tasks after an hour
)

// Settle brings the record up to date with its own facts at now: attempts that have ended get their outcome, the next attempt is appended, the status moves, and
// the run ends when nothing is left to do. It calls nothing and may be repeated; a terminal record is left alone.
func Settle(r *Run, now time.Time) {
	r.leaveQueue(now)
	if r.Status.Terminal() {
		return
	}
	r.expire(now)
	if len(r.Attempts) == 0 {
		if r.Stop != nil {
			r.endOrdered(now, nil)
		}
		return
	}
	r.noteStart()
	a := r.attempt()
	if len(a.Tasks) >= a.Want {
		a.Open = nil // whatever the open call's reply will say, all of its tasks are known
	}
	r.giveUp(a, now)
	r.applyPlacement(a)
	r.orderStops(a, now)
	r.flagStuck(a, now)
	if r.attemptEnded(a) {
		r.conclude(a, now)
	}
	if !r.Status.Terminal() {
		r.moveTo(r.currentStatus())
	}
}

// begin appends the first attempt.
func (r *Run) begin(prefix string, now time.Time) {
	r.Attempts = append(r.Attempts, Attempt{
		Number: 1, StartedBy: StartedBy(prefix, r.ID, 1), Want: r.Count, BeganAt: now, NotBefore: now,
	})
}

// noteStart keeps the time of the run's first RUNNING.
func (r *Run) noteStart() {
	for i := range r.Attempts {
		for j := range r.Attempts[i].Tasks {
			at := r.Attempts[i].Tasks[j].State().StartedAt
			if at != nil && (r.StartedAt == nil || at.Before(*r.StartedAt)) {
				t := at.UTC().Truncate(time.Millisecond)
				r.StartedAt = &t
			}
		}
	}
}

// giveUp stops placing once the launch has been refused for launchTimeoutSeconds. An unclear call is first made clear.
func (r *Run) giveUp(a *Attempt, now time.Time) {
	if a.GivenUp != nil || a.Open != nil || len(a.Refusals) == 0 || !r.placing(a) || now.Before(r.launchDeadline(a)) {
		return
	}
	a.GivenUp = r.launchTimeoutRefusal(a)
}

// launchTimeoutRefusal is the refusal with which a launch ends that was refused for launchTimeoutSeconds.
func (r *Run) launchTimeoutRefusal(a *Attempt) *Refusal {
	last := a.lastRefusal()
	last.Reason = fmt.Sprintf("not placed within launchTimeoutSeconds (%d): %s", r.Policy.LaunchTimeoutSeconds, last.Reason)
	return &last
}

// lastRefusal is the latest of the attempt's refusals, of which there must be one.
func (a *Attempt) lastRefusal() Refusal {
	last := a.Refusals[0]
	for _, x := range a.Refusals {
		if x.LastAt.After(last.LastAt) {
			last = x
		}
	}
	return last
}

func (r *Run) launchDeadline(a *Attempt) time.Time { return a.BeganAt.Add(r.Policy.launchTimeout()) }

// placing reports whether the attempt still lacks tasks which are to be launched.
func (r *Run) placing(a *Attempt) bool {
	return r.Stop == nil && a.GivenUp == nil && !a.Withdrawn && len(a.Tasks) < a.Want
}

// attemptEnded reports whether nothing more will come of the attempt.
func (r *Run) attemptEnded(a *Attempt) bool {
	if a.Open != nil || r.placing(a) {
		return false
	}
	for i := range a.Tasks {
		if !a.Tasks[i].Ended() {
			return false
		}
	}
	return true
}

// currentStatus is the status of a run that is not over.
func (r *Run) currentStatus() Status {
	a := r.attempt()
	placing := r.placing(a) || a.Open != nil
	live, stopping, ran := 0, 0, false
	for i := range a.Tasks {
		t := &a.Tasks[i]
		ran = ran || t.State().ran()
		if t.Ended() {
			continue
		}
		live++
		if t.Stop != nil {
			stopping++
		}
	}
	switch {
	case r.Stop != nil, !placing && live > 0 && stopping == live, r.Status == Stopping && !placing && live > 0:
		return Stopping
	case ran:
		return Running
	case placing || len(a.Tasks) == 0:
		return Launching
	default:
		return Pending
	}
}

// moveTo follows the table of transitions; a move that it does not have leaves the status as it is.
func (r *Run) moveTo(next Status) {
	if r.Status.May(next) {
		r.Status = next
		r.Restarts = 0
	}
}

// markMissing notes that ECS did not show a task. It is believed only where ECS may not be late and cannot
// have seen an outcome that Davit missed within its hour.
func (t *Task) markMissing(now time.Time) bool {
	if t.Ended() || now.Sub(t.LaunchedAt) < missingEarly || now.Sub(t.SeenAt) < missingLate {
		return false
	}
	t.Lost = true
	return true
}
