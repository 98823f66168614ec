package run

import (
	"context"
	"errors"
	"slices"
	"strings"
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
	if v := q.violations(); len(v) > 0 {
		return List{}, InvalidRequest(v...)
	}
	if q.Key != "" {
		return d.byKey(ctx, q)
	}
	after, err := q.decodeCursor()
	if err != nil {
		return List{}, err
	}
	if q.Limit == 0 {
		q.Limit = 20
	}
	query := Query{
		Status: Status(q.Status), Family: q.Family, Group: q.Group, StartedBy: q.StartedBy, Limit: q.Limit, After: after,
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

func (q ListRequest) violations() []Violation {
	var out []Violation
	if q.Status != "" && !slices.Contains(Statuses(), Status(q.Status)) {
		names := make([]string, 0, len(Statuses()))
		for _, s := range Statuses() {
			names = append(names, string(s))
		}
		out = append(out, Violation{"query:status", RuleQuery, "no such status; allowed: " + strings.Join(names, ", ")})
	}
	set := 0
	for _, f := range []string{q.Family, q.Group, q.StartedBy} {
		if f != "" {
			set++
		}
	}
	if set > 1 {
		out = append(out, Violation{"query:family", RuleQuery, "family, group and startedBy exclude each other; status goes with at most one of them"})
	}
	if q.Key != "" && (set > 0 || q.Status != "" || q.Cursor != "") {
		out = append(out, Violation{"query:key", RuleQuery, "a key is one run: it goes with no other filter and no cursor"})
	}
	if q.Limit < 0 || q.Limit > 100 {
		out = append(out, Violation{"query:limit", RuleQuery, "allowed: 1 to 100, 20 when absent"})
	}
	return out
}
