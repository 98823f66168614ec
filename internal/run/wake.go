package run

import (
	"context"
	"errors"
	"time"
)

// waker wakes executions whose next decision is no longer the one that they wait for.
type waker struct {
	Keeper
	Workflow Workflow
}

// wake ends the wait of r's execution if r now needs something sooner than the wait's end. It may be called
// again for an unchanged record: a token that is gone means that somebody did it before.
func (w waker) wake(ctx context.Context, r *Run, now time.Time) error {
	if r.Waiting == nil {
		return nil
	}
	d := Decide(r, now)
	if d.Next == StepObserve && len(d.Stops) == 0 && !d.Due.Before(r.Waiting.Due) {
		return nil
	}
	return w.rouse(ctx, r, w.Tuning.answer(r, d, now))
}

func (w waker) rouse(ctx context.Context, r *Run, answer StepOutput) error {
	err := w.Workflow.Wake(ctx, r.Waiting.Token, answer)
	if err == nil || errors.Is(err, ErrTokenGone) {
		return nil
	}
	return &Error{Code: CodeUnavailable, Message: "the run was recorded, its execution could not be woken; repeat the call", Err: err}
}
