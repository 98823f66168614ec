package local

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"davit/internal/asl"
	"davit/internal/run"
)

// workflow implements run.Workflow with the state machine interpreter.
type workflow struct{ s *System }

// Start implements run.Workflow. It ignores the state machine's ARN, because there is only one.
func (f workflow) Start(ctx context.Context, x run.Execution, _ string) error {
	input, err := json.Marshal(x)
	if err != nil {
		return err
	}
	start := func(ctx context.Context) error { return f.s.Machine.Start(ctx, x.Name(), input) }
	err = start(ctx)
	switch {
	case errors.Is(err, asl.ErrExecutionAlreadyExists):
		return run.ErrExecutionExists
	case errors.Is(err, asl.ErrNotWritten):
		f.s.startLater(x.Name(), start)
	}
	return unavailable(err)
}

// startPause is the time between two tries to start an execution that could not be written.
const startPause = time.Second

// startLater starts an execution as soon as the disk takes it. Otherwise the run, which is recorded, would wait for the sweep.
func (s *System) startLater(name string, start func(context.Context) error) {
	if _, waits := s.starts.LoadOrStore(name, true); waits {
		return
	}
	go func() { // ends with the System
		defer s.starts.Delete(name)
		for s.sleep(s.ctx, startPause) {
			if err := start(s.ctx); !errors.Is(err, asl.ErrNotWritten) {
				return
			}
		}
	}()
}

// Wake implements run.Workflow.
func (f workflow) Wake(ctx context.Context, token string, answer run.StepOutput) error {
	output, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	err = f.s.Machine.SendTaskSuccess(ctx, token, output)
	if errors.Is(err, asl.ErrTaskDoesNotExist) || errors.Is(err, asl.ErrTaskTimedOut) {
		return run.ErrTokenGone
	}
	return unavailable(err)
}

// unavailable returns err as CodeUnavailable, so that the caller tries again; nil for nil.
func unavailable(err error) error {
	if err == nil {
		return nil
	}
	return &run.Error{Code: run.CodeUnavailable, Message: "the state machine did not answer", Err: err}
}
