package run

import (
	"context"
	"errors"
	"time"
)

// Stopper is POST /runs/{runId}/stop.
type Stopper struct {
	Keeper
	Stack  Stack
	Engine Engine
}

// Stop records the order and has it carried out: with task events it wakes the execution; without, or where no execution is known to be at work, it calls
// StopTask itself, unless the task's tags were not seen yet: then the execution calls it, which observes seconds after a launch. A run that has ended is returned as it is. Errors: CodeNotFound for a run, or a task of
// it, that the caller may not see; CodeUnavailable when the order is recorded but could not be passed on, which the sweep repeats.
func (s *Stopper) Stop(ctx context.Context, q StopRequest) (*Run, error) {
	if !ValidID(q.RunID) {
		return nil, notFound()
	}
	var asked []string
	r, err := s.edit(ctx, q.RunID, func(r *Run, now time.Time) (bool, error) {
		if !s.Stack.shows(r, q.Caller) {
			return false, notFound()
		}
		asked = nil
		if r.Status.Terminal() {
			return false, nil
		}
		if err := r.orderStop(q, now); err != nil {
			return false, err
		}
		Settle(r, now)
		if !s.Tuning.TaskEvents || r.StepAt.IsZero() {
			asked = r.markAsked(r.withTagsSeen(Decide(r, now).Stops), now)
		}
		return true, nil
	})
	if errors.Is(err, ErrNotFound) {
		return nil, notFound()
	}
	if err != nil {
		return nil, err
	}
	if err := (stopper{s.Keeper, s.Engine}).stop(ctx, r, asked); err != nil {
		return nil, err
	}
	return r, s.wake(ctx, r, s.now())
}

func notFound() *Error { return &Error{Code: CodeNotFound, Message: "no such run"} }

// orderStop records that the run, or one task of it, is to stop. The first order stays.
func (r *Run) orderStop(q StopRequest, now time.Time) error {
	order := StopOrder{Cause: ByCaller, Reason: q.Reason, At: now}
	if q.Task == "" {
		if r.Stop == nil {
			r.Stop = &order
		}
		return nil
	}
	for i := range r.Attempts {
		for j := range r.Attempts[i].Tasks {
			t := &r.Attempts[i].Tasks[j]
			if t.ARN != q.Task && t.ShortID() != q.Task {
				continue
			}
			if t.Stop == nil && !t.Ended() {
				t.Stop = &order
			}
			return nil
		}
	}
	return &Error{Code: CodeNotFound, Message: "the run has no such task", Violations: []Violation{
		{Field: "/task", Rule: "SP-01", Detail: "not a task of this run; give the id or ARN of one of attempts[].tasks[]"},
	}}
}
