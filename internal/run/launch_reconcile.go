package run

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// emptyReconciliations is how many looks by startedBy, a minute apart, must find nothing before StartTask is called again.
const emptyReconciliations = 2

// reconcileCall asks ECS which tasks an unclear call launched, where repeating it could launch twice: a StartTask, which
// has no token, and a RunTask whose token is too old. So for a run that is to stop: a repetition could be the call that launches it.
func (l *Launcher) reconcileCall(ctx context.Context, r *Run, now time.Time) (StepOutput, error) {
	arns, err := l.tasksOf(ctx, r)
	if err != nil {
		return l.retryReconciliation(ctx, r, now, err)
	}
	a := r.attempt()
	found := unknown(a, arns)
	r.place(a, l.describeOrName(ctx, r, found), now)
	if len(found) > 0 && (r.Operation == RunTask || len(a.Tasks) >= a.Want) {
		a.Open, a.NotBefore, a.Refused = nil, now, 0
		a.Unclear = r.Stop != nil // more of them may turn up, and nobody will ask for the rest
	} else {
		a.recordReconciliation(now, r.Stop != nil)
	}
	Settle(r, now)
	return l.Tuning.answer(r, Decide(r, now), now), l.save(ctx, r, now)
}

// retryReconciliation notes that ECS did not answer the look. One that it refuses for good is not repeated for ever.
func (l *Launcher) retryReconciliation(ctx context.Context, r *Run, now time.Time, err error) (StepOutput, error) {
	a := r.attempt()
	class := ClassifyError(err)
	a.count(Refusal{Class: class, Reason: refusalText(err)}, now)
	if class.retriedInAttempt() || now.Sub(a.Open.IntentAt) <= unclearLife {
		a.Open.NotBefore = now.Add(time.Minute)
	} else {
		a.giveUpUnclear("and ECS refuses to list its tasks: "+refusalText(err), now)
	}
	Settle(r, now)
	return l.Tuning.answer(r, Decide(r, now), now), l.save(ctx, r, now)
}

// recordReconciliation takes a look that found nothing, or not all that a StartTask asked for: within unclearLife of the intent a StartTask may be made again
// after the second; later the call is lost, never made twice. A call of a run that is to stop is not made again at all: its tasks
// are watched for as orphans.
func (a *Attempt) recordReconciliation(now time.Time, stopped bool) {
	call := a.Open
	call.Reconciliations++
	switch {
	case now.Sub(call.IntentAt) > unclearLife:
		a.giveUpUnclear("and ECS shows no task of it", now)
	case call.Reconciliations < emptyReconciliations:
		call.NotBefore = now.Add(time.Minute)
	default:
		a.Unclear = stopped
		a.Open, a.NotBefore = nil, now
	}
}

// giveUpUnclear closes the open call without knowing what came of it.
func (a *Attempt) giveUpUnclear(why string, now time.Time) {
	reason := fmt.Sprintf("launch call %d had no clear answer for %s, %s", a.Open.Number, unclearLife, why)
	a.Open, a.Unclear = nil, true
	a.GivenUp = &Refusal{Class: ClassLost, Reason: reason, Count: 1, LastAt: now}
}

// tasksOf lists the tasks that carry the current attempt's startedBy, running and lately stopped: of one call's tasks some
// may be the one and some the other.
func (l *Launcher) tasksOf(ctx context.Context, r *Run) ([]string, error) {
	q := TaskQuery{Cluster: r.Cluster, StartedBy: r.attempt().StartedBy}
	running, err := l.Engine.List(ctx, q)
	if err != nil {
		return nil, err
	}
	stopped, err := stoppedTasks(ctx, l.Engine, r, q)
	return append(running, stopped...), err
}

// stoppedTasks finds stopped tasks by startedBy. ListTasks may not combine that filter with STOPPED, so they are
// listed by family and told apart by what DescribeTasks says.
func stoppedTasks(ctx context.Context, engine Engine, r *Run, q TaskQuery) ([]string, error) {
	arns, err := engine.List(ctx, TaskQuery{Cluster: q.Cluster, Family: r.Family, Stopped: true})
	if err != nil || len(arns) == 0 {
		return nil, err
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
	return ours, nil
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
