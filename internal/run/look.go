package run

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// emptyLooks is how many looks by startedBy, a minute apart, must find nothing before StartTask is called again.
const emptyLooks = 2

// look asks ECS which tasks an unclear call launched, where repeating it could launch twice: a StartTask, which
// has no token, and a RunTask whose token is too old.
func (l *Launcher) look(ctx context.Context, r *Run, now time.Time) (StepOutput, error) {
	arns, err := l.tasksOf(ctx, r)
	if err != nil {
		return l.lookAgain(ctx, r, now, err)
	}
	a := r.attempt()
	if found := l.unknown(a, arns); len(found) > 0 {
		for _, raw := range l.describeOrName(ctx, r, found) {
			a.take(raw, fromECS, now)
		}
		if a.LaunchedAt == nil {
			a.LaunchedAt = &now
		}
		r.FreshAt, a.Open, a.NotBefore = now, nil, now
	} else {
		a.emptyLook(now)
	}
	Settle(r, now)
	return l.Tuning.answer(r, Decide(r, now), now), l.save(ctx, r, now)
}

// lookAgain notes that ECS did not answer the look.
func (l *Launcher) lookAgain(ctx context.Context, r *Run, now time.Time, err error) (StepOutput, error) {
	a := r.attempt()
	a.count(ClassifyError(err), refusalText(err), now)
	a.Open.NotBefore = now.Add(time.Minute)
	return l.Tuning.answer(r, Decide(r, now), now), l.save(ctx, r, now)
}

// emptyLook takes a look that found nothing: within unclearLife of the intent a StartTask may be made again
// after the second; later the call is lost, never made twice.
func (a *Attempt) emptyLook(now time.Time) {
	call := a.Open
	call.Looks++
	switch {
	case now.Sub(call.IntentAt) > unclearLife:
		reason := fmt.Sprintf("launch call %d had no clear answer for %s, and ECS shows no task of it", call.Number, unclearLife)
		a.Open, a.Unclear = nil, true
		a.GivenUp = &Refusal{Class: ClassLost, Reason: reason, Count: 1, LastAt: now}
	case call.Looks < emptyLooks:
		call.NotBefore = now.Add(time.Minute)
	default:
		a.Open, a.NotBefore = nil, now
	}
}

// tasksOf lists the tasks that carry the current attempt's startedBy, running or lately stopped.
func (l *Launcher) tasksOf(ctx context.Context, r *Run) ([]string, error) {
	q := TaskQuery{Cluster: r.Cluster, StartedBy: r.attempt().StartedBy}
	arns, err := l.Engine.List(ctx, q)
	if err != nil || len(arns) > 0 {
		return arns, err
	}
	return stoppedTasks(ctx, l.Engine, r, q)
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
func (l *Launcher) unknown(a *Attempt, arns []string) []string {
	var out []string
	for _, arn := range arns {
		known := false
		for i := range a.Tasks {
			known = known || a.Tasks[i].ARN == arn
		}
		if !known {
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
			if &r.Attempts[i] == a || r.judge(t).Class == "" || (t.Stop != nil && t.Stop.Cause == ByCaller) {
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
