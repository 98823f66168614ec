package boltstore

import (
	"bytes"
	"context"
	"time"

	bolt "go.etcd.io/bbolt"

	"davit/internal/run"
)

// Limits of one page.
const (
	maxPage     = 100
	maxOpenPage = 1000
)

// List implements run.Store. A Limit outside 1..100 is taken as the nearer end.
func (s *Store) List(ctx context.Context, q run.Query) (run.Page, error) {
	var page run.Page
	err := s.view(ctx, "list", func(tx *bolt.Tx, now time.Time) (err error) {
		page, err = list(ctx, tx, q, now)
		return err
	})
	if err != nil {
		return run.Page{}, err
	}
	return page, nil
}

func list(ctx context.Context, tx *bolt.Tx, q run.Query, now time.Time) (run.Page, error) {
	bucket, prefix := indexOf(q)
	cursor := tx.Bucket([]byte(bucket)).Cursor()
	limit := min(max(q.Limit, 1), maxPage)
	var page run.Page
	var last []byte
	read := 0
	key := before(cursor, endOf(q, prefix))
	for ; bytes.HasPrefix(key, prefix) && key != nil && read < maxRead && len(page.Runs) < limit; key, _ = cursor.Prev() {
		if err := ctx.Err(); err != nil {
			return run.Page{}, err
		}
		last = key[len(prefix):]
		read++
		r, err := match(tx, q, last, now)
		if err != nil {
			return run.Page{}, err
		}
		if r != nil {
			page.Runs = append(page.Runs, r)
		}
	}
	if key != nil && bytes.HasPrefix(key, prefix) {
		at, id := readPlace(last)
		page.Next = &run.Position{CreatedAt: at, ID: id}
	}
	return page, nil
}

// indexOf chooses the index that q walks, and the keys' prefix in it.
func indexOf(q run.Query) (bucket string, prefix []byte) {
	switch {
	case q.Family != "":
		return familyBucket, valuePrefix(q.Family)
	case q.Group != "":
		return groupBucket, valuePrefix(q.Group)
	case q.StartedBy != "":
		return startedByBucket, valuePrefix(q.StartedBy)
	default:
		return createdBucket, nil
	}
}

// endOf is the key that a page of q stays below.
func endOf(q run.Query, prefix []byte) []byte {
	if q.After != nil {
		return append(prefix[:len(prefix):len(prefix)], placeKey(q.After.CreatedAt, q.After.ID)...)
	}
	return append(prefix[:len(prefix):len(prefix)], 0xff) // above every time before the year 292 billion
}

// before moves to the last key below end, nil when there is none.
func before(c *bolt.Cursor, end []byte) []byte {
	key, _ := c.Seek(end)
	if key == nil {
		key, _ = c.Last()
		return key
	}
	key, _ = c.Prev()
	return key
}

// match reads the record at a place; nil when q does not ask for it or it has expired.
func match(tx *bolt.Tx, q run.Query, place []byte, now time.Time) (*run.Run, error) {
	id := place[timeSize:]
	h, err := headOf(tx, id)
	if err != nil || h == nil || h.expired(now) || !asked(q, h) {
		return nil, err
	}
	return bodyOf(tx, id)
}

func asked(q run.Query, h *head) bool {
	is := func(want, have string) bool { return want == "" || want == have }
	return is(q.Owner, h.Owner) && is(string(q.Status), string(h.Status)) &&
		is(q.Family, h.Family) && is(q.Group, h.Group) && is(q.StartedBy, h.StartedBy)
}
