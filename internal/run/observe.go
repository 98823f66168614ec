package run

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"
)

// Freshness of a record, by which Observe spares DescribeTasks calls.
const (
	freshFollow = 10 * time.Second // a Follow right after a launch, an event or a sweep
	freshPoll   = time.Second      // a poll is there to look
)

// lateFollow is how many seconds later than due a Follow may end. It keeps the time that an invocation takes from
// leading from one Follow into the next.
const lateFollow = 2

// maxObservations is how many observations one execution makes before the next generation takes over: an execution's
// history ends at 25,000 events, and a turn takes up to 15.
const maxObservations = 1000

// Observer is the state machine's Observe and Follow steps: it reads ECS where the record is not fresh, has tasks
// stopped that are to stop, writes what changed, and returns what comes next.
type Observer struct {
	Keeper
	Engine Engine
}

// Step observes once. With a token it leaves the token in the record and the execution waits for it; if there
// is nothing to wait for it answers the token at once. It errs when the store or ECS does not answer; the
// state machine repeats it.
func (o *Observer) Step(ctx context.Context, in StepInput) (StepOutput, error) {
	return repeat(func() (StepOutput, error) { return o.step(ctx, in) })
}

func (o *Observer) step(ctx context.Context, in StepInput) (StepOutput, error) {
	r, stop, err := o.stepRun(ctx, in)
	if err != nil {
		return done(in), err
	}
	if stop {
		return o.endReplaced(ctx, in, r)
	}
	now := o.now()
	unread := o.refresh(ctx, r, now, in.Token != "")
	Settle(r, now)
	d := Decide(r, now)
	if unread != nil && len(d.Stops) == 0 {
		return StepOutput{}, unread // what is to be stopped by now is stopped also while ECS shows nothing
	}
	asked := r.markAsked(d.Stops, now)
	d = Decide(r, now)
	r.StepAt = now
	r.Observations++
	out := o.Tuning.answer(r, d, now)
	if r.Observations >= maxObservations && out.Next != StepDone && len(asked) == 0 {
		return o.startNextGeneration(ctx, in, r, now)
	}
	r.keepToken(in, out, d)
	if err := o.save(ctx, r, now); err != nil {
		return StepOutput{}, err
	}
	if err := (stopper{o.Keeper, o.Engine}).stop(ctx, r, asked); err != nil {
		return StepOutput{}, err
	}
	return out, o.answerToken(ctx, in, out)
}

// endReplaced ends an execution that has nothing left to do. One that was replaced makes sure that its successor was started: the record is written before the
// start, and the start may have failed.
func (o *Observer) endReplaced(ctx context.Context, in StepInput, r *Run) (StepOutput, error) {
	out := done(in)
	if r != nil && r.Incarnation == in.Incarnation && r.Generation == in.Generation+1 && r.StepAt.IsZero() && !r.Status.Terminal() {
		if err := o.startNext(ctx, r, in.Machine); err != nil {
			return StepOutput{}, err
		}
	}
	return out, o.answerToken(ctx, in, out)
}

// startNextGeneration starts the next generation and ends this one, so that no execution's history overflows.
func (o *Observer) startNextGeneration(ctx context.Context, in StepInput, r *Run, now time.Time) (StepOutput, error) {
	r.Generation++
	r.Observations, r.Waiting, r.StepAt = 0, nil, time.Time{}
	if err := o.save(ctx, r, now); err != nil {
		return StepOutput{}, err
	}
	if err := o.startNext(ctx, r, in.Machine); err != nil {
		return StepOutput{}, err
	}
	out := done(in)
	return out, o.answerToken(ctx, in, out)
}

func (o *Observer) startNext(ctx context.Context, r *Run, machine string) error {
	err := o.Workflow.Start(ctx, r.execution(), machine)
	if errors.Is(err, ErrExecutionExists) {
		return nil // it ran already, and the sweep heals whatever it left
	}
	return err
}

// staysIn reports whether the Follow that observes goes on waiting. Its time-out was chosen by the step before; where the record has changed since, it may be
// much too long, and the answer leads into another Follow.
func (out StepOutput) staysIn(in StepInput) bool {
	return out.Next == StepFollow && in.WaitSeconds <= out.WaitSeconds+lateFollow
}

// answerToken calls SendTaskSuccess with the token of a Follow that has nothing to wait for, or would wait for too long.
func (o *Observer) answerToken(ctx context.Context, in StepInput, out StepOutput) error {
	if in.Token == "" || out.staysIn(in) {
		return nil
	}
	err := o.Workflow.Wake(ctx, in.Token, out)
	if errors.Is(err, ErrTokenGone) {
		return nil
	}
	return err
}

// keepToken records the token of a Follow that waits for d, and forgets that of one that does not. A Follow that was timed out, and whose invocation is still
// at work, must not take the place of the one that waits by now. An Observe leaves the token alone: it may be a second invocation of one that is over.
func (r *Run) keepToken(in StepInput, out StepOutput, d Decision) {
	switch {
	case r.Waiting == nil:
	case in.Token == "" && !r.Waiting.EnteredAt.IsZero(), in.before(r.Waiting):
		return
	}
	r.Waiting = nil
	if in.Token != "" && out.staysIn(in) {
		r.Waiting = &Waiting{Token: in.Token, Due: d.Due, EnteredAt: in.EnteredAt, RetryCount: in.RetryCount}
	}
}

// before reports whether the step's state was entered, or tried, before that of the token that the record has.
func (in StepInput) before(w *Waiting) bool {
	return in.EnteredAt.Before(w.EnteredAt) || in.EnteredAt.Equal(w.EnteredAt) && in.RetryCount < w.RetryCount
}

// refresh reads the live tasks from ECS unless the record is fresh. Tags that were not seen yet are read at once: ECS deletes them
// with the stop (SP-06).
func (o *Observer) refresh(ctx context.Context, r *Run, now time.Time, follow bool) error {
	fresh := freshPoll
	if follow {
		fresh = freshFollow
	}
	a := r.attempt()
	if a == nil || !a.live() || (now.Sub(r.LastHeardAt) < fresh && !r.tagsUnseen(a)) {
		return nil
	}
	found, err := describe(ctx, o.Engine, r.Cluster, a.liveTasks())
	if err != nil {
		return engineFault(err)
	}
	r.takeDescription(found, now)
	return nil
}

// describe reads tasks from ECS. Those of a cluster that is not there are missing.
func describe(ctx context.Context, engine Engine, cluster string, arns []string) (Description, error) {
	found, err := engine.Describe(ctx, cluster, arns)
	if IsUnknown(err) {
		return Description{Missing: arns}, nil
	}
	return found, err
}

func (a *Attempt) liveTasks() []string {
	var arns []string
	for i := range a.Tasks {
		if !a.Tasks[i].Ended() {
			arns = append(arns, a.Tasks[i].ARN)
		}
	}
	return arns
}

// takeDescription takes what ECS showed, and did not show, of the current attempt's tasks.
func (r *Run) takeDescription(found Description, now time.Time) {
	a := r.attempt()
	for _, raw := range found.Tasks {
		if a.unchanged(raw, now) {
			continue
		}
		if d := readDescription(raw); a.find(d.state.TaskARN) != nil {
			a.take(d, fromECS, now)
		}
	}
	for _, arn := range found.Missing {
		if t := a.find(arn); t != nil {
			t.markMissing(now)
		}
	}
	r.LastHeardAt = now
}

// unchanged reports whether a description is, to the byte, what is known of a task already. Most polls find nothing else, and
// this spares them reading it.
func (a *Attempt) unchanged(raw json.RawMessage, now time.Time) bool {
	for i := range a.Tasks {
		if !a.Tasks[i].Lost && bytes.Equal(a.Tasks[i].Raw, raw) {
			a.Tasks[i].SeenAt = now
			return true
		}
	}
	return false
}

func (a *Attempt) find(arn string) *Task {
	for i := range a.Tasks {
		if a.Tasks[i].ARN == arn {
			return &a.Tasks[i]
		}
	}
	return nil
}

// engineFault turns an ECS error into the domain's, for the edges: throttled and unavailable are repeated.
func engineFault(err error) error {
	switch ClassifyError(err) {
	case Throttled:
		return &Error{Code: CodeThrottled, Message: "ECS asks for fewer calls", Err: err}
	case Unavailable, Capacity:
		return &Error{Code: CodeUnavailable, Message: "ECS did not answer", Err: err}
	default:
		return &Error{Code: CodeInternal, Message: "ECS refused a call", Err: err}
	}
}
