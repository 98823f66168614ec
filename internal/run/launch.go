package run

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"davit/internal/jsontree"
)

// Launcher is the state machine's Launch step: it makes, or repeats with the same token, the launch call
// that is due.
type Launcher struct {
	Keeper
	Engine  Engine
	Catalog Catalog
	Rules   RefusalRules // nil: refusals carry no rule
	// Claim is how long an invocation may take, at most: a StartTask call that it claimed is not repeated
	// before. 0 is 60 s.
	Claim time.Duration
}

// Step launches what is due and returns what comes next. It errs when the store does not answer; whatever ECS answers is
// recorded and is no error.
func (l *Launcher) Step(ctx context.Context, in StepInput) (StepOutput, error) {
	return repeat(func() (StepOutput, error) { return l.step(ctx, in) })
}

func (l *Launcher) step(ctx context.Context, in StepInput) (StepOutput, error) {
	r, stop, err := l.stepRun(ctx, in)
	if err != nil || stop {
		return done(in), err
	}
	now := l.now()
	r.StepAt = now
	if len(r.Attempts) == 0 && r.Stop == nil && r.mayLaunch() {
		l.lookUpDefinition(ctx, r)
		r.begin(l.Tuning.Prefix, now)
	}
	Settle(r, now)
	d := Decide(r, now)
	if d.Next != StepLaunch {
		return l.Tuning.answer(r, d, now), l.save(ctx, r, now)
	}
	return l.launch(ctx, r, now)
}

// lookUpDefinition pins the revision and learns the essential containers where the submission could not. Without them
// every container counts as essential.
func (l *Launcher) lookUpDefinition(ctx context.Context, r *Run) {
	if r.Definition != nil {
		return
	}
	def, err := l.Catalog.Definition(ctx, jsontree.StringMember(r.Resolved, "taskDefinition"))
	if err != nil {
		return // RunTask will say what is wrong with it
	}
	r.Definition, r.Family = &def, def.Family
	r.Resolved = jsontree.SetMembers(r.Resolved, map[string]any{"taskDefinition": def.ARN})
}

// launch writes the call down, makes it, and records what came of it.
func (l *Launcher) launch(ctx context.Context, r *Run, now time.Time) (StepOutput, error) {
	a := r.attempt()
	if a.Open != nil && r.mustReconcile(a.Open, now) {
		return l.reconcileCall(ctx, r)
	}
	wasUnclear := a.Open != nil && a.Open.Unclear
	r.openCall(a, now, l.claim())
	r.moveTo(r.currentStatus())
	if err := l.save(ctx, r, now); err != nil {
		return StepOutput{}, err
	}
	input := r.callInput(a)
	placed, err := l.Engine.Launch(ctx, r.Operation, input)
	placed.Tasks = l.describeBare(ctx, r, placed.Tasks)
	reply := launchReply{attempt: a.Number, call: a.Open.Number, try: a.Open.Tries, placed: placed, err: err, wasUnclear: wasUnclear, rules: l.Rules}
	l.resolveUnclear(ctx, r, &reply)
	return l.record(context.WithoutCancel(ctx), r.ID, reply)
}

func (l *Launcher) claim() time.Duration {
	if l.Claim > 0 {
		return l.Claim
	}
	return time.Minute
}

// openCall writes a launch call, or its repetition, down. Until its reply is known it is unclear.
func (r *Run) openCall(a *Attempt, now time.Time, claim time.Duration) {
	if a.Open == nil {
		a.Calls++
		a.Open = &Call{Number: a.Calls, Count: a.Want - len(a.Tasks), IntentAt: now}
		if r.Operation == RunTask {
			a.Open.Token = r.token(a.Number, a.Calls)
		} else {
			a.Open.Instances = r.missingInstances(a)
		}
	}
	a.Open.Tries++
	a.Open.Unclear = true
	a.Open.Until = now.Add(claim)
	a.Open.NotBefore = now
	if r.Operation == StartTask {
		a.Open.NotBefore = a.Open.Until
	}
}

// callInput is what ECS is asked: the resolved input with what is Davit's own. Equal calls give equal bytes.
func (r *Run) callInput(a *Attempt) json.RawMessage {
	own := map[string]any{"startedBy": a.StartedBy}
	if r.Operation == RunTask {
		own["clientToken"], own["count"] = a.Open.Token, a.Open.Count
	} else {
		own["containerInstances"] = a.Open.Instances
	}
	return jsontree.SetMembers(r.Resolved, own)
}

// describeBare describes the tasks of which the answer to a repeated call says hardly more than that they have stopped: what came of
// them is not in it.
func (l *Launcher) describeBare(ctx context.Context, r *Run, tasks []json.RawMessage) []json.RawMessage {
	var full []json.RawMessage
	var bare []string
	for _, raw := range tasks {
		if s := readState(raw); s.stopped() && s.Version == 0 {
			bare = append(bare, s.TaskARN)
		} else {
			full = append(full, raw)
		}
	}
	return append(full, l.describeOrName(ctx, r, bare)...)
}

// resolveUnclear looks at ECS where the reply alone does not say which tasks there are: after a ConflictException, and
// after a definite refusal of a call whose earlier try may have been carried out.
func (l *Launcher) resolveUnclear(ctx context.Context, r *Run, reply *launchReply) {
	var e *EngineError
	if reply.err == nil || !errors.As(reply.err, &e) || e.Unclear {
		return
	}
	reply.adopted = l.describeOrName(ctx, r, e.ResourceIDs)
}

// describeOrName describes tasks that are known to exist; one that ECS does not show yet is known by its ARN only.
func (l *Launcher) describeOrName(ctx context.Context, r *Run, arns []string) []json.RawMessage {
	if len(arns) == 0 {
		return nil
	}
	found, err := l.Engine.Describe(ctx, r.Cluster, arns)
	if err != nil {
		found = Description{Missing: arns}
	}
	for _, arn := range found.Missing {
		found.Tasks = append(found.Tasks, jsontree.SetMembers(nil, map[string]any{
			"taskArn": arn, "lastStatus": "PROVISIONING", "startedBy": r.attempt().StartedBy,
		}))
	}
	return found.Tasks
}

// record takes a reply into the record and returns what comes next. The reply must not be lost: it is written also
// when the invocation was cancelled meanwhile.
func (l *Launcher) record(ctx context.Context, id string, reply launchReply) (StepOutput, error) {
	var out StepOutput
	_, err := l.edit(ctx, id, func(r *Run, now time.Time) (bool, error) {
		r.takeReply(reply, now)
		Settle(r, now)
		out = l.Tuning.answer(r, Decide(r, now), now)
		return true, nil
	})
	return out, err
}
