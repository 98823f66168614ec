package dynamo

import (
	"context"
	"slices"
	"time"

	"davit/internal/dynamo/attr"
	"davit/internal/run"
)

// Limits of one page.
const (
	maxPage = 100
	maxRead = 1000 // records
)

// Lister reads lists.
type Lister struct {
	client ListAPI
	table  Table
	tune   tuning
}

// NewLister makes a Lister of a client.
func NewLister(client ListAPI, table Table) *Lister {
	return &Lister{client: client, table: table, tune: with(newRetryer())}
}

// List implements run.Store. A Limit outside 1..100 is taken as the nearer end. A record can be missing for a moment after it was
// created, as indexes lag; one that is listed is as the last write left it.
func (l *Lister) List(ctx context.Context, q run.Query) (run.Page, error) {
	page, err := l.list(ctx, q)
	if err != nil {
		return run.Page{}, translate(ctx, "list", err)
	}
	return page, nil
}

func (l *Lister) list(ctx context.Context, q run.Query) (run.Page, error) {
	q.Limit = min(max(q.Limit, 1), maxPage)
	q.Origin = keyValue(q.Origin)
	scan, some := scanOf(q)
	if !some {
		return run.Page{}, nil
	}
	entries := newMerge(l.client, l.table, l.tune, scan)
	var page run.Page
	for read, size := 0, batchOf(q); ; size = min(2*size, maxBatch) {
		if err := ctx.Err(); err != nil {
			return run.Page{}, err
		}
		batch, err := entries.take(ctx, min(size, maxRead-read))
		if err != nil {
			return run.Page{}, scan.explain(err)
		}
		read += len(batch)
		used, err := l.fill(ctx, &page, q, batch)
		if err != nil {
			return run.Page{}, err
		}
		if used == len(batch) && !entries.left() {
			return page, nil
		}
		if len(page.Runs) == q.Limit || read == maxRead {
			page.Next, err = position(q, batch[used-1])
			return page, err
		}
	}
}

// fill reads the records at the batch's places and adds those that q asks for, until the page is full. It answers how many of
// the batch it used.
func (l *Lister) fill(ctx context.Context, page *run.Page, q run.Query, batch []indexEntry) (used int, err error) {
	items, err := l.fetch(ctx, batch)
	if err != nil {
		return 0, err
	}
	now := l.table.now()
	for i, at := range batch {
		it := items[at.id]
		if !matches(q, it, at, now) || q.Open && has(page, at.id) {
			continue
		}
		r, err := it.run()
		if err != nil {
			return 0, err
		}
		if page.Runs = append(page.Runs, r); len(page.Runs) == q.Limit {
			return i + 1, nil
		}
	}
	return len(batch), nil
}

func has(page *run.Page, id string) bool {
	return slices.ContainsFunc(page.Runs, func(r *run.Run) bool { return r.ID == id })
}

// matches reports whether it is a record that q asks for, and that it still stands where the index says. One of the open index moves with each
// write: it is listed wherever it was met.
func matches(q run.Query, it item, at indexEntry, now time.Time) bool {
	if it == nil || it.expired(now) || !q.Open && it.text(attr.Place) != at.key || q.Open && it.text(attr.OpenPlace) == "" {
		return false
	}
	created, err := readStamp(it.text(attr.Place))
	return err == nil && q.Selects(run.Facts{
		Owner: it.text(attr.Owner), Status: run.Status(it.text(attr.Status)), Class: run.Class(it.text(attr.Class)),
		Family: it.text(attr.Family), Group: it.text(attr.Group), StartedBy: it.text(attr.StartedBy), Origin: it.text(attr.Origin), CreatedAt: created,
	})
}

// batchOf is how many records are read first for a page: as many as it holds, or more where not all will be asked for. When they
// do not fill the page, twice as many are read next.
func batchOf(q run.Query) int {
	if q.Filters() {
		return maxBatch
	}
	return q.Limit
}

func position(q run.Query, at indexEntry) (*run.Position, error) {
	when, err := readStamp(at.key)
	if q.Open {
		return &run.Position{SweepAt: when, ID: at.id}, err
	}
	return &run.Position{CreatedAt: when, ID: at.id}, err
}
