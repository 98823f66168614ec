package dynamo

import (
	"context"
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
	entries := &merge{client: l.client, table: l.table.Name, tune: l.tune, scan: scanOf(q)}
	var page run.Page
	for read, size := 0, batchOf(q); ; size = min(2*size, maxBatch) {
		if err := ctx.Err(); err != nil {
			return run.Page{}, err
		}
		batch, err := entries.take(ctx, min(size, maxRead-read))
		if err != nil {
			return run.Page{}, err
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
			page.Next, err = position(batch[used-1])
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
		if !matches(q, it, at, now) {
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

// matches reports whether it is a record that q asks for, and that it still stands where the index says.
func matches(q run.Query, it item, at indexEntry, now time.Time) bool {
	if it == nil || it.expired(now) || it.text(attr.Place) != at.key {
		return false
	}
	for name, want := range map[string]string{
		attr.Owner: q.Owner, attr.Status: string(q.Status), attr.Family: q.Family, attr.Group: q.Group, attr.StartedBy: q.StartedBy,
	} {
		if want != "" && it.text(name) != want {
			return false
		}
	}
	return true
}

// scanOf chooses the index that q walks, and from where.
func scanOf(q run.Query) indexScan {
	w := indexScan{index: indexNamed(createdIndex)}
	switch {
	case q.Family != "":
		w.index, w.value = indexNamed(familyIndex), q.Family
	case q.Group != "":
		w.index, w.value = indexNamed(groupIndex), q.Group
	case q.StartedBy != "":
		w.index, w.value = indexNamed(startedByIndex), q.StartedBy
	}
	if q.After != nil {
		w.bound, w.values = "#place < :after", item{":after": text(place(q.After.CreatedAt, q.After.ID))}
	}
	w.chunk = chunkOf(batchOf(q))
	return w
}

// batchOf is how many records are read first for a page: as many as it holds, or more where not all will be asked for. When they
// do not fill the page, twice as many are read next.
func batchOf(q run.Query) int {
	if q.Owner != "" || q.Status != "" {
		return maxBatch
	}
	return q.Limit
}

// chunkOf is how many entries are asked of each shard when n are wanted of all: rather more than its share, so that a second
// round is rare. Up to 30 entries cost no more than one.
func chunkOf(n int) int { return n/4 + 8 }

func position(at indexEntry) (*run.Position, error) {
	created, err := readStamp(at.key)
	return &run.Position{CreatedAt: created, ID: at.id}, err
}
