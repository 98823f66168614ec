package dynamo

import (
	"context"
	"time"

	"davit/internal/run"
)

// maxOpenPage is the most IDs in a page.
const maxOpenPage = 1000

// Opener reads the open index.
type Opener struct {
	client QueryAPI
	table  Table
	tune   tuning
}

// NewOpener makes an Opener of a client.
func NewOpener(client QueryAPI, table Table) *Opener {
	return &Opener{client: client, table: table, tune: with(newRetryer())}
}

// Open implements run.Store. A limit outside 1..1,000 is taken as the nearer end. It reads the index alone, which lags: a record
// may have moved on.
func (o *Opener) Open(ctx context.Context, due time.Time, limit int, after *run.OpenPosition) (run.OpenPage, error) {
	page, err := o.open(ctx, due, min(max(limit, 1), maxOpenPage), after)
	if err != nil {
		return run.OpenPage{}, translate(ctx, "open", err)
	}
	return page, nil
}

func (o *Opener) open(ctx context.Context, due time.Time, limit int, after *run.OpenPosition) (run.OpenPage, error) {
	if err := ctx.Err(); err != nil {
		return run.OpenPage{}, err
	}
	low, high := openBounds(due, after)
	if low >= high {
		return run.OpenPage{}, nil
	}
	entries := newMerge(o.client, o.table, o.tune, indexScan{
		index: indexNamed(openIndex), forward: true, chunk: chunkOf(limit),
		bound: "#place BETWEEN :low AND :high", values: item{":low": text(low), ":high": text(high)},
	})
	batch, err := entries.take(ctx, limit)
	if err != nil || len(batch) == 0 {
		return run.OpenPage{}, err
	}
	var page run.OpenPage
	now := o.table.now()
	for _, at := range batch {
		gone, err := openExpired(at.key, now)
		if err != nil {
			return run.OpenPage{}, err
		}
		if !gone {
			page.IDs = append(page.IDs, at.id)
		}
	}
	if entries.left() {
		page.Next, err = openPosition(batch[len(batch)-1])
	}
	return page, err
}

// openBounds are what the open places of a page lie between; neither is itself such a place. '~' comes after every digit, and '$'
// right after '#'.
func openBounds(due time.Time, after *run.OpenPosition) (low, high string) {
	low, high = "0", stamp(due)+"$"
	if after != nil {
		low = place(after.SweepAt, after.ID) + "#~"
	}
	return low, high
}

func openPosition(at indexEntry) (*run.OpenPosition, error) {
	sweep, err := readStamp(at.key)
	return &run.OpenPosition{SweepAt: sweep, ID: at.id}, err
}
