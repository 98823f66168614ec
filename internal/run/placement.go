package run

import (
	"fmt"
	"time"
)

// maxAttempts is how many attempts a run may have, those included that ALL_OR_NOTHING took back: ECS's startedBy has two digits for
// their number.
const maxAttempts = 99

// applyPlacement carries out the placement policy where ECS placed only a part of what an attempt wants and refused the rest. FILL goes on. The exponent of the
// pause alone is no refusal: an attempt inherits it from the one before that was withdrawn.
func (r *Run) applyPlacement(a *Attempt) {
	if r.Stop != nil || a.Withdrawn || a.Open != nil || a.Refused == 0 || len(a.Refusals) == 0 || len(a.Tasks) == 0 || len(a.Tasks) >= a.Want {
		return
	}
	switch r.Policy.Placement {
	case BestEffort:
		r.acceptPartialPlacement(a)
	case AllOrNone:
		a.Withdrawn = true
		r.StatusReason = a.withdrawalReason()
	}
}

// acceptPartialPlacement reduces what a BEST_EFFORT run wants to the tasks that were placed. A later attempt is for tasks that failed: its rest is placed as by
// FILL, or a failure would be forgotten.
func (r *Run) acceptPartialPlacement(a *Attempt) {
	if a.Number > 1 {
		return
	}
	r.UnplacedByPolicy = a.Want - len(a.Tasks)
	r.StatusReason = fmt.Sprintf("%d of %d tasks were placed (BEST_EFFORT): %s", len(a.Tasks), a.Want, a.lastRefusal().Reason)
	a.Want, a.GivenUp = len(a.Tasks), nil
}

// goal is how many tasks must succeed.
func (r *Run) goal() int { return r.Count - r.UnplacedByPolicy }

// withdrawalReason is why the tasks of an attempt are stopped again.
func (a *Attempt) withdrawalReason() string {
	return fmt.Sprintf("only %d of %d tasks were placed (ALL_OR_NOTHING): %s", len(a.Tasks), a.Want, a.lastRefusal().Reason)
}

// endWithdrawn ends an attempt that ALL_OR_NOTHING withdrew, once all of its tasks have stopped: the set is placed anew after the
// refusal's pause, until launchTimeoutSeconds since the first try.
func (r *Run) endWithdrawn(a *Attempt, now time.Time) {
	if a.GivenUp == nil && (!now.Before(r.launchDeadline(a)) || a.Number >= maxAttempts) {
		a.GivenUp = r.launchTimeoutRefusal(a)
	}
	switch {
	case r.Stop != nil:
		r.endOrdered(now, nil)
	case a.GivenUp != nil:
		r.end(now, Failed, a.GivenUp.Class, a.GivenUp.Reason)
	default:
		next := r.appendAttempt(a, a.Want, a.NotBefore)
		next.BeganAt, next.Refused = a.BeganAt, a.Refused
		if next.NotBefore.Before(now) {
			next.NotBefore = now
		}
	}
}
