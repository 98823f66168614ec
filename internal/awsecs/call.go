package awsecs

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// How what does no harm twice is retried: reads, StopTask, DeregisterTaskDefinition. With the throttle's first pause of a second, a call that fails throughout takes three seconds
// of pauses at most: short of any time limit that a caller has.
const (
	tries    = 3
	maxPause = 2 * time.Second
)

// tuning changes the client's options for one call.
type tuning = func(*ecs.Options)

// once makes the SDK send one request, whatever AWS_MAX_ATTEMPTS or the client say.
func once(o *ecs.Options) { o.Retryer = aws.NopRetryer{} }

// patient makes the SDK's standard retries, which share one budget of tries a struct: when ECS is down, calls soon stop retrying.
func patient() tuning {
	retryer := retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = tries
		o.MaxBackoff = maxPause
	})
	return func(o *ecs.Options) { o.Retryer = retryer }
}

// call makes one SDK call; its error is a *run.EngineError.
func call[I, O any](ctx context.Context, op string, method func(context.Context, *I, ...tuning) (*O, error), in *I, tune tuning) (*O, error) {
	var w wire
	out, err := method(ctx, in, tune, w.watch)
	if err != nil {
		return nil, translate(op, err, w.sent)
	}
	return out, nil
}
