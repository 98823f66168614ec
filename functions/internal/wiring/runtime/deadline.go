package runtime

import (
	"context"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
)

// deadlineReserve is how much of an invocation's time is kept for its answer.
const deadlineReserve = 500 * time.Millisecond

// deadlineMargin ends an invocation's context a little before Lambda would end its process: a call that hangs then leaves as an error with a
// name, or a problem, and not as a time-out of the sandbox that also costs the next invocation a cold start.
type deadlineMargin struct{ lambda.Handler }

// Invoke implements lambda.Handler.
func (e deadlineMargin) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	if deadline, has := ctx.Deadline(); has && time.Until(deadline) > 2*deadlineReserve {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-deadlineReserve))
		defer cancel()
	}
	return e.Handler.Invoke(ctx, payload)
}
