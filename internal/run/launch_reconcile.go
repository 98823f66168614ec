package run

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// What a look at ECS proves of an unclear launch call, for RunTask and StartTask alike: all of the call's tasks, when it shows all of them; that no
// other tasks exist, when it is the second complete look, begun at least lookInterval after the end of the first, because ECS is eventually consistent (RT-40). What is
// missing then may be launched again within tokenLife of the intent. Later ECS may have forgotten tasks that ran, and it is lost.
const (
	completeLooks = 2
	lookInterval  = time.Minute
)

// mustReconcile reports whether the open call is to be looked for and not repeated. A StartTask has no token, and a RunTask's may be too old. A refusal of a
// repeated call does not tell what its first try did. For a run that is to stop a repetition could be the call that launches it.
func (r *Run) mustReconcile(c *Call, now time.Time) bool {
	return r.Operation == StartTask || r.Stop != nil || c.Refusal != nil || now.Sub(c.IntentAt) > tokenLife
}

// reconcileCall asks ECS which tasks the open call launched. What is shown is recorded whatever else fails.
func (l *Launcher) reconcileCall(ctx context.Context, r *Run) (StepOutput, error) {
	a := r.attempt()
	shown, err := l.findLaunched(ctx, r)
	found := r.ownTasks(l.describeOrName(ctx, r, unknown(a, shown)))
	now := l.now() // a slow look proves nothing of its own time: the next one begins a lookInterval after its end
	r.place(a, found, now)
	switch {
	case len(a.Tasks) >= a.Want: // Settle closes the call
		a.NotBefore, a.Refused = now, 0
	case err != nil:
		r.failedLook(a, err, now)
	default:
		r.completeLook(a, now)
	}
	Settle(r, now)
	return l.Tuning.answer(r, Decide(r, now), now), l.save(ctx, r, now)
}

// completeLook takes a look that did not show all of the open call's tasks. The second one closes the call.
func (r *Run) completeLook(a *Attempt, now time.Time) {
	call := a.Open
	if call.Reconciliations++; call.Reconciliations < completeLooks {
		call.NotBefore = now.Add(lookInterval)
		return
	}
	switch {
	case now.Sub(call.IntentAt) > tokenLife:
		a.giveUpUnclear(fmt.Sprintf("and ECS shows %d of its %d tasks", call.Count-(a.Want-len(a.Tasks)), call.Count), now)
		return
	case call.Refusal != nil && r.Stop == nil:
		r.applyRefusal(a, *call.Refusal, now)
	default:
		a.NotBefore = now
	}
	a.Open, a.Unclear = nil, true // tasks that turn up later are watched for
}

// failedLook takes a look that ECS did not answer in full. It is repeated; where ECS refuses it for good, or it cannot be had in full, it is given up once
// the token is too old for the call to be repeated.
func (r *Run) failedLook(a *Attempt, err error, now time.Time) {
	call, class, age := a.Open, ClassifyError(err), now.Sub(a.Open.IntentAt)
	a.count(Refusal{Class: class, Reason: refusalText(err)}, now)
	var e *EngineError
	transient := class.retriedInAttempt() && (!errors.As(err, &e) || !e.Truncated)
	switch {
	case age <= tokenLife && r.Operation == RunTask && r.Stop == nil && call.Refusal != nil && call.Refusal.Class.retriedInAttempt():
		call.NotBefore = now.Add(RefusalPause(call.Refusal.Class, a.Refused, r.draw("launch", a.Number*1000+a.Calls+a.Refused)))
		call.Refusal = nil // its token answers what the look cannot
	case age <= tokenLife || transient && age <= orphanWatch:
		call.NotBefore = now.Add(min(max(age/10, lookInterval), maxPoll))
	default:
		a.giveUpUnclear("and ECS does not list its tasks: "+refusalText(err), now)
	}
}

// giveUpUnclear closes the open call without knowing what came of it. Its tasks are watched for as orphans.
func (a *Attempt) giveUpUnclear(why string, now time.Time) {
	reason := fmt.Sprintf("launch call %d had no clear answer for %s, %s", a.Open.Number, tokenLife, why)
	a.Open, a.Unclear = nil, true
	a.GivenUp = &Refusal{Class: ClassLost, Reason: reason, Count: 1, LastAt: now}
}

// findLaunched lists the tasks that carry the current attempt's startedBy, running and lately stopped: of one call's tasks some may be the one and some
// the other. Beside an error it returns those that were shown.
func (l *Launcher) findLaunched(ctx context.Context, r *Run) ([]string, error) {
	q := TaskQuery{Cluster: r.Cluster, StartedBy: r.attempt().StartedBy}
	running, err := l.Engine.List(ctx, q)
	if err != nil {
		return running, err
	}
	stopped, err := stoppedTasks(ctx, l.Engine, r, q)
	return append(running, stopped...), err
}

// stoppedTasks finds stopped tasks by startedBy. ListTasks may not combine that filter with STOPPED, so they are listed by family and told apart by their
// descriptions. Beside an error, such as of a list that has more than its bound, it returns those that were shown.
func stoppedTasks(ctx context.Context, engine Engine, r *Run, q TaskQuery) ([]string, error) {
	arns, listErr := engine.List(ctx, TaskQuery{Cluster: q.Cluster, Family: r.Family, Stopped: true})
	if len(arns) == 0 {
		return nil, listErr
	}
	described, err := engine.Describe(ctx, q.Cluster, arns)
	if err != nil {
		return nil, err
	}
	var ours []string
	for _, raw := range described.Tasks {
		if s := readState(raw); s.StartedBy == q.StartedBy {
			ours = append(ours, s.TaskARN)
		}
	}
	return ours, listErr
}

// unknown leaves out the tasks that the attempt has already.
func unknown(a *Attempt, arns []string) []string {
	var out []string
	for _, arn := range arns {
		if a.find(arn) == nil {
			out = append(out, arn)
		}
	}
	return out
}

// missingInstances lists the container instances that still lack their task: the caller's, without those whose task
// succeeded in an earlier attempt or is placed in this one.
func (r *Run) missingInstances(a *Attempt) []string {
	left := append([]string{}, r.Instances...)
	for i := range r.Attempts {
		for j := range r.Attempts[i].Tasks {
			t := &r.Attempts[i].Tasks[j]
			if &r.Attempts[i] != a && r.Attempts[i].Withdrawn {
				continue
			}
			if &r.Attempts[i] == a || r.judge(t).Class == "" || t.stoppedByCaller(r.judge(t)) {
				left = without(left, t.State().InstanceARN)
			}
		}
	}
	return left[:min(len(left), a.Want-len(a.Tasks))]
}

// without drops the first name, an id or ARN, that means the instance with that ARN.
func without(names []string, arn string) []string {
	for i, name := range names {
		if name == arn || (arn != "" && strings.HasSuffix(arn, "/"+name)) {
			return append(names[:i:i], names[i+1:]...)
		}
	}
	return names
}
