package boltstore

import (
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
	s := scanOf(q)
	cursor := tx.Bucket([]byte(s.bucket)).Cursor()
	limit := min(max(q.Limit, 1), maxPage)
	var page run.Page
	var last []byte
	read := 0
	key := s.first(cursor)
	for ; s.has(key) && read < maxRead && len(page.Runs) < limit; key = s.next(cursor) {
		if err := ctx.Err(); err != nil {
			return run.Page{}, err
		}
		last = key[len(s.prefix):]
		read++
		r, err := match(tx, q, last, now)
		if err != nil {
			return run.Page{}, err
		}
		if r != nil {
			page.Runs = append(page.Runs, r)
		}
	}
	if s.has(key) {
		page.Next = s.position(last)
	}
	return page, nil
}

// match reads the record at a place; nil when q does not ask for it or it has expired.
func match(tx *bolt.Tx, q run.Query, place []byte, now time.Time) (*run.Run, error) {
	id := place[timeSize:]
	h, err := headOf(tx, id)
	if err != nil || h == nil || h.expired(now) || !q.Selects(h.facts()) {
		return nil, err
	}
	return bodyOf(tx, id)
}

// facts are what a list's filters look at.
func (h *head) facts() run.Facts {
	return run.Facts{
		Owner: h.Owner, Status: h.Status, Class: h.Class, Family: h.Family, Group: h.Group, StartedBy: h.StartedBy, Origin: h.Origin, CreatedAt: h.CreatedAt,
	}
}
