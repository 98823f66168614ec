package lambdaio

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
)

// Function is a Lambda function from payload to answer, both JSON; lambda.Start accepts it. Its errors are
// messages.InvokeResponse_Error values, not pointers and not wrapped; Name returns what an invoker sees of them. It does not panic.
type Function func(ctx context.Context, payload []byte) ([]byte, error)

// Invoke implements lambda.Handler.
func (f Function) Invoke(ctx context.Context, payload []byte) ([]byte, error) { return f(ctx, payload) }

// wrap returns inner as a Function: errors get their names, and a panic becomes an internal error. A nil log is slog.Default().
func wrap(log *slog.Logger, inner func(ctx context.Context, payload []byte) ([]byte, error)) Function {
	log = orDefault(log)
	return func(ctx context.Context, payload []byte) (answer []byte, err error) {
		defer func() {
			if p := recover(); p != nil {
				log.ErrorContext(ctx, "panic", slog.String("stack", string(debug.Stack())))
				answer, err = nil, logFailure(ctx, log, fmt.Errorf("panic: %v", p))
			}
		}()
		answer, err = inner(ctx, payload)
		if err != nil {
			return nil, logFailure(ctx, log, err)
		}
		return answer, nil
	}
}

func orDefault(log *slog.Logger) *slog.Logger {
	if log == nil {
		return slog.Default()
	}
	return log
}
