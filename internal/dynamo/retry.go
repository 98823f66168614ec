package dynamo

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// How a call is repeated: 5 tries, with pauses of up to 50, 100, 200 and 400 ms between them. DynamoDB's own throttles are over
// within that, or not for minutes.
const (
	tries     = 5
	firstWait = 50 * time.Millisecond
	maxWait   = time.Second
)

// backoff is the pause before another try, the first being 0: a random part of what doubles with each.
func backoff(try int) time.Duration {
	return 1 + rand.N(min(firstWait<<min(max(try, 0), 10), maxWait))
}

// newRetryer is the SDK's standard retryer with our pauses. One is shared by all calls of a struct: its budget of tries lets them
// stop repeating soon when DynamoDB is down.
func newRetryer() aws.RetryerV2 {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = tries
		o.MaxBackoff = maxWait
		o.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) { return backoff(attempt - 1), nil })
	})
}

func with(retryer aws.Retryer) tuning {
	return func(o *dynamodb.Options) { o.Retryer = retryer }
}

// tryObserver sees the outcome of every try of one write.
type tryObserver struct {
	aws.RetryerV2
	unclear bool // a try may have been carried out
}

// IsErrorRetryable is asked by the SDK after each try that failed. Only a throttle and a failed condition say for certain that
// nothing was written.
func (w *tryObserver) IsErrorRetryable(err error) bool {
	if _, refused := inTheWay(err); !refused && !throttled(err) {
		w.unclear = true
	}
	return w.RetryerV2.IsErrorRetryable(err)
}

// markUnclear marks err when a try may have been carried out.
func (w *tryObserver) markUnclear(err error) error {
	if err != nil && w.unclear {
		return unclear{err}
	}
	return err
}

// sleep waits, or answers the context's error.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
