package boltstore

import (
	"context"

	"davit/internal/run"
)

// Create implements run.Store. It sets r.Version to 1 when it wrote r, and leaves r alone otherwise. What it
// answers is a copy of its own. A run whose ID is empty or over 1,024 bytes is CodeInternal.
func (s *Store) Create(ctx context.Context, r *run.Run) (*run.Run, bool, error) {
	stored, created, err := s.create(ctx, r)
	if err != nil {
		return nil, false, translate("create", err)
	}
	if created {
		r.Version = stored.Version
	}
	return stored, created, nil
}

func (s *Store) create(ctx context.Context, r *run.Run) (stored *run.Run, created bool, err error) {
	rec, err := encode(r, 1)
	if err != nil {
		return nil, false, err
	}
	var there *run.Run
	err = s.write(ctx, func(t *txn) error {
		there = nil
		old, err := headOf(t.Tx, []byte(r.ID))
		if err != nil {
			return err
		}
		if old != nil && !old.expired(t.now) {
			there, err = bodyOf(t.Tx, []byte(r.ID))
			return err
		}
		return t.replace(old, rec, nil)
	})
	if err != nil || there != nil {
		return there, false, err
	}
	stored, err = decode(rec.body)
	return stored, true, err
}

// Update implements run.Store.
func (s *Store) Update(ctx context.Context, r *run.Run) error {
	rec, err := encode(r, r.Version+1)
	if err == nil {
		err = s.update(ctx, rec)
	}
	if err != nil {
		return translate("update", err)
	}
	r.Version++
	return nil
}

func (s *Store) update(ctx context.Context, rec *record) error {
	var refused error
	err := s.write(ctx, func(t *txn) error {
		refused = nil
		old, err := headOf(t.Tx, []byte(rec.head.ID))
		switch {
		case err != nil:
			return err
		case old == nil || old.expired(t.now):
			refused = run.ErrNotFound
			return nil
		case old.Version != rec.head.Version-1:
			refused = run.ErrConflict
			return nil
		}
		return t.replace(old, rec, old)
	})
	if err != nil {
		return err
	}
	return refused
}

// replace writes rec in the place of old, nil when there was none, and the change to the feed, since was: nil for a new record, which
// an expired one's place does not change.
func (t *txn) replace(old *head, rec *record, was *head) error {
	t.changed = true
	t.records++
	if err := put(t.Tx, old, rec); err != nil {
		return err
	}
	return appendChange(t, rec, was)
}
