package asl

import (
	"context"
	"fmt"
)

// SendTaskSuccess completes the task that gave out the token, also while its function still runs. output is
// JSON of at most 256 KiB and becomes the task's result. It returns once the answer is on disk. Errors:
// ErrTaskDoesNotExist, ErrTaskTimedOut, ErrInvalidOutput, ErrNotWritten, ErrClosed, and ctx's own when it had already ended.
func (e *Engine) SendTaskSuccess(ctx context.Context, token string, output []byte) error {
	result, err := parseValue(output)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInvalidOutput, err)
	}
	if len(output) > maxData {
		return fmt.Errorf("%w: %d bytes are more than the limit of %d", ErrInvalidOutput, len(output), maxData)
	}
	return e.answer(ctx, token, func(s *step) { s.taskSucceeded(result) })
}

// SendTaskFailure fails the task that gave out the token with that error name and cause, of which the
// first 256 and 32,768 characters are kept. An empty one is left out of the events and null in a Catch's
// output. Errors are those of SendTaskSuccess.
func (e *Engine) SendTaskFailure(ctx context.Context, token, name, cause string) error {
	return e.answer(ctx, token, func(s *step) { s.taskFailed(sentFault(name, cause)) })
}

// sentFault is the fault of a SendTaskFailure. An error or cause that it leaves out is null for a Catch.
func sentFault(name, cause string) *fault { return &fault{name: name, cause: cause, nulls: true} }

// SendTaskHeartbeat begins the HeartbeatSeconds of the task anew. While the function still runs, and for a
// task without HeartbeatSeconds, it does nothing. Errors are those of SendTaskSuccess.
func (e *Engine) SendTaskHeartbeat(ctx context.Context, token string) error {
	return e.answer(ctx, token, func(s *step) { s.beat() })
}

func (e *Engine) answer(ctx context.Context, token string, give func(*step)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	name, started, attempt, ok := e.tokens.read(token)
	if !ok {
		return ErrTaskDoesNotExist
	}
	if err := e.begin(); err != nil {
		return err
	}
	defer e.work.Done()
	x := e.find(name)
	if x == nil {
		return ErrTaskTimedOut
	}
	return e.update(x, func(s *step) error {
		if !s.awaits(started, attempt) {
			return ErrTaskTimedOut
		}
		give(s)
		return nil
	})
}

// awaits reports whether the execution still waits for the answer of that attempt. What is overdue does
// not, even if its timer has not come to it yet.
func (s *step) awaits(started, attempt int64) bool {
	rec := &s.x.rec
	return s.open() && s.x.machine != nil && rec.Started.UnixNano() == started && rec.At.Attempt == attempt &&
		(rec.At.Phase == phaseInvoking || rec.At.Phase == phaseToken) && rec.due().After(s.now)
}

// Stop ends an open execution as ABORTED; of a closed one it leaves everything as it is and answers nil.
// Its function, if one runs, runs on. Errors: ErrExecutionDoesNotExist, ErrNotWritten, ErrClosed.
func (e *Engine) Stop(ctx context.Context, name, errorName, cause string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := e.begin(); err != nil {
		return err
	}
	defer e.work.Done()
	x := e.find(name)
	if x == nil {
		_, err := e.read(name)
		return err
	}
	return e.update(x, func(s *step) error {
		s.finish(Aborted, document{}, &fault{name: errorName, cause: cause})
		return nil
	})
}
