package run

import (
	"context"
	"errors"
)

// Reader is GET /runs and GET /runs/{runId}.
type Reader struct {
	Store Store
	Stack Stack
}

// Get returns one run. CodeNotFound: there is none, it expired, or the caller may not see it.
func (d *Reader) Get(ctx context.Context, caller, id string) (*Run, error) {
	if !ValidID(id) {
		return nil, notFound()
	}
	r, err := d.Store.Get(ctx, id)
	if errors.Is(err, ErrNotFound) || (err == nil && !d.Stack.shows(r, caller)) {
		return nil, notFound()
	}
	return r, err
}

// List returns a page of runs, newest first. CodeInvalid names a filter that breaks a rule.
func (d *Reader) List(ctx context.Context, q ListRequest) (List, error) {
	if v := q.Violations(); len(v) > 0 {
		return List{}, InvalidRequest(v...)
	}
	if q.Key != "" {
		return d.byKey(ctx, q)
	}
	after, err := q.decodeCursor()
	if err != nil {
		return List{}, err
	}
	query, _ := q.query()
	query.After, query.Limit = after, q.Limit
	if q.Limit == 0 {
		query.Limit = 20
	}
	if d.Stack.OwnerOnly {
		query.Owner = q.Caller
	}
	page, err := d.Store.List(ctx, query)
	if err != nil {
		return List{}, err
	}
	return List{Runs: page.Runs, NextCursor: q.encodeCursor(page.Next)}, nil
}

// byKey returns the caller's run of an idempotency key: one read.
func (d *Reader) byKey(ctx context.Context, q ListRequest) (List, error) {
	r, err := d.Store.Get(ctx, keyID(q.Caller, q.Key))
	switch {
	case errors.Is(err, ErrNotFound):
		return List{}, nil
	case err != nil:
		return List{}, err
	}
	return List{Runs: []*Run{r}}, nil
}
