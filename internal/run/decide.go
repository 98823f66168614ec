package run

import "time"

// Bounds of the waits between steps.
const (
	maxWait    = 24 * time.Hour  // of one Follow
	maxPoll    = 5 * time.Minute // of one Pause: without task events a stop is seen at the latest then
	repeatStop = 2 * time.Minute // Fargate's longest stopTimeout: a task not STOPPED by then is asked again
)

// Tuning is what the stack decides for all runs.
type Tuning struct {
	Prefix     string // of ECS's startedBy: [a-z0-9]{1,6}
	TaskEvents bool   // task state change events reach Davit: follow by token instead of polling
}

// Decision is what comes next for a record, by its own facts.
type Decision struct {
	Next  Step      // StepLaunch, StepDone, or StepObserve: nothing to launch until Due
	Due   time.Time // since or until when: not after now when something is due at once
	Stops []int     // tasks of the current attempt to ask ECS to stop now
}

// Decide returns what a settled record needs next. It is pure: equal records and times give equal decisions.
func Decide(r *Run, now time.Time) Decision {
	a := r.attempt()
	switch {
	case r.Status.Terminal():
		return Decision{Next: StepDone}
	case r.Status == Queued:
		return r.awaitLock(now)
	case a == nil:
		return Decision{Next: StepLaunch, Due: r.readyAt()}
	}
	d := Decision{Next: StepObserve, Due: now.Add(maxWait), Stops: a.stopsDue(now)}
	if at, ok := r.launchDue(a); ok {
		if !now.Before(at) && len(d.Stops) == 0 {
			return Decision{Next: StepLaunch, Due: at}
		}
		d.noLaterThan(at)
	}
	r.applyTaskDeadlines(a, &d)
	return d
}

func (d *Decision) noLaterThan(at time.Time) {
	if at.Before(d.Due) {
		d.Due = at
	}
}

// launchDue is when the open call is to be repeated, or the next one made.
func (r *Run) launchDue(a *Attempt) (time.Time, bool) {
	switch {
	case a.Open != nil:
		return a.Open.NotBefore, true
	case r.placing(a):
		return a.NotBefore, true
	default:
		return time.Time{}, false
	}
}

// applyTaskDeadlines brings the decision's Due forward to the next deadline of the attempt's live tasks.
func (r *Run) applyTaskDeadlines(a *Attempt, d *Decision) {
	if a.Open == nil && r.placing(a) && len(a.Refusals) > 0 {
		d.noLaterThan(r.launchDeadline(a))
	}
	if at, has := r.deadlineAt(); has && r.Stop == nil {
		d.noLaterThan(at)
	}
	ran := a.firstRunning()
	for i := range a.Tasks {
		t := &a.Tasks[i]
		switch {
		case t.Ended():
			continue
		case t.Stop != nil:
			d.noLaterThan(t.Stop.due())
			continue
		case !t.State().ran():
			d.noLaterThan(r.startCheck(t))
		}
		if r.Policy.TimeoutSeconds > 0 && ran != nil {
			d.noLaterThan(ran.Add(r.Policy.timeout()))
		}
	}
}

// stopsDue lists the live tasks that are to be stopped and were not asked within repeatStop.
func (a *Attempt) stopsDue(now time.Time) []int {
	var due []int
	for i := range a.Tasks {
		t := &a.Tasks[i]
		if t.Stop != nil && !t.Ended() && !now.Before(t.Stop.due()) {
			due = append(due, i)
		}
	}
	return due
}

// due is when ECS is to be asked, or asked again.
func (o *StopOrder) due() time.Time {
	if o.AskedAt.IsZero() {
		return o.At
	}
	return o.AskedAt.Add(repeatStop)
}

// answer turns a decision into what the state machine is told. Without task events the wait is a poll, paced by the
// time since the attempt's launch.
func (t Tuning) answer(r *Run, d Decision, now time.Time) StepOutput {
	out := StepOutput{Execution: r.execution(), Next: d.Next, WaitSeconds: 1}
	if d.Next != StepObserve {
		return out
	}
	wait := d.Due.Sub(now)
	if wait <= 0 {
		return out
	}
	out.Next = StepFollow
	if !t.TaskEvents {
		out.Next = StepPause
		if a := r.attempt(); a != nil && a.live() && a.LaunchedAt != nil {
			wait = min(wait, PollPause(now.Sub(*a.LaunchedAt), r.draw("poll", r.Observations)))
		} else {
			wait = min(wait, maxPoll)
		}
	}
	out.WaitSeconds = wholeSeconds(wait)
	return out
}

// wholeSeconds rounds up to what a Wait state takes, 1 s to a day.
func wholeSeconds(d time.Duration) int {
	return int(min(max((d+time.Second-1)/time.Second, 1), maxWait/time.Second))
}

func (a *Attempt) live() bool {
	for i := range a.Tasks {
		if !a.Tasks[i].Ended() {
			return true
		}
	}
	return false
}

func (r *Run) execution() Execution {
	return Execution{RunID: r.ID, Incarnation: r.Incarnation, Generation: r.Generation}
}
