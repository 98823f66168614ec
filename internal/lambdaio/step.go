package lambdaio

import (
	"context"
	"encoding/json"
	"log/slog"

	"davit/internal/run"
)

// Stepper takes one step of an execution; run.Launcher and run.Observer implement it.
type Stepper interface {
	Step(ctx context.Context, in run.StepInput) (run.StepOutput, error)
}

// Step returns the function of a Task state of the state machine. A nil log is slog.Default().
func Step(s Stepper, log *slog.Logger) Function {
	return wrap(log, func(ctx context.Context, payload []byte) ([]byte, error) {
		var in run.StepInput
		if err := json.Unmarshal(payload, &in); err != nil {
			return nil, badEvent("the payload is not a step's input", err)
		}
		if x, ok := run.ParseExecution(in.Name()); !ok || x != in.Execution {
			return nil, badEvent("runId, born or generation is missing or malformed", nil)
		}
		out, err := s.Step(ctx, in)
		if err != nil {
			return nil, err
		}
		return json.Marshal(out)
	})
}
