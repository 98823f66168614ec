package boltstore

import (
	"context"
	"time"

	bolt "go.etcd.io/bbolt"

	"davit/internal/run"
)

// maxRead bounds how many index entries one page reads.
const maxRead = 1000

// view runs read in a transaction of its own, with the time that says what has expired.
func (s *Store) view(ctx context.Context, op string, read func(tx *bolt.Tx, now time.Time) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	now := s.clock.Now()
	return translate(op, s.db.View(func(tx *bolt.Tx) error { return read(tx, now) }))
}

// Get implements run.Store.
func (s *Store) Get(ctx context.Context, id string) (*run.Run, error) {
	var found *run.Run
	err := s.view(ctx, "get", func(tx *bolt.Tx, now time.Time) error {
		h, err := headOf(tx, []byte(id))
		if err != nil {
			return err
		}
		if h == nil || h.expired(now) {
			return run.ErrNotFound
		}
		found, err = bodyOf(tx, []byte(id))
		return err
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}
