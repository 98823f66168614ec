package awslogs

import (
	"context"
	"sync/atomic"

	"davit/internal/logs"
)

// Requests serves requests for logs, each with at most maxCalls calls: GetLogEvents has a quota that the whole account shares.
type Requests struct {
	Reader interface {
		Logs(ctx context.Context, q logs.Request) (logs.Page, error)
	}
}

// Logs returns a page of a run's output. Its errors are the Reader's.
func (r Requests) Logs(ctx context.Context, q logs.Request) (logs.Page, error) {
	left := new(atomic.Int32)
	left.Store(maxCalls)
	return r.Reader.Logs(context.WithValue(ctx, budgetKey{}, left), q)
}

type budgetKey struct{}

// spend reports whether the request may make another call, and counts it. Outside of a request there is no limit.
func spend(ctx context.Context) bool {
	left, limited := ctx.Value(budgetKey{}).(*atomic.Int32)
	return !limited || left.Add(-1) >= 0
}
