package run

import (
	"context"
	"errors"
	"time"
)

// wake ends the wait of r's execution if r now needs something sooner than the wait's end. It may be called
// again for an unchanged record: a token that is gone means that somebody did it before.
func (k Keeper) wake(ctx context.Context, r *Run, now time.Time) error {
	if _, err := k.wakeIfDue(ctx, r, now); !errors.Is(err, ErrTokenGone) {
		return err
	}
	return nil
}

// wakeIfDue is wake for the sweep. It reports whether an execution was waiting and was woken; ErrTokenGone means that none waits with the record's token.
func (k Keeper) wakeIfDue(ctx context.Context, r *Run, now time.Time) (woken bool, err error) {
	if r.Waiting == nil {
		return false, nil
	}
	d := Decide(r, now)
	if d.Next == StepObserve && !d.Due.Before(r.Waiting.Due) {
		return false, nil
	}
	err = k.Workflow.Wake(ctx, r.Waiting.Token, k.Tuning.answer(r, d, now))
	if err == nil || errors.Is(err, ErrTokenGone) {
		return err == nil, err
	}
	return false, &Error{Code: CodeUnavailable, Message: "the run was recorded, its execution could not be woken; repeat the call", Err: err}
}
