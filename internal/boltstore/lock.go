package boltstore

import (
	"context"
	"encoding/json"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"davit/internal/run"
)

// Lock implements run.Store.
func (s *Store) Lock(ctx context.Context, key string) (*run.Lock, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l := &run.Lock{}
	err := s.db.View(func(tx *bolt.Tx) (err error) {
		l, err = lockOf(tx, key)
		return err
	})
	if err != nil {
		return nil, translate("lock", err)
	}
	return l, nil
}

// PutLock implements run.Store. An empty lock is taken out: its version will not come again, because no two locks have the same.
func (s *Store) PutLock(ctx context.Context, l *run.Lock) error {
	next := *l
	var refused error
	err := s.write(ctx, func(t *txn) error {
		refused = nil
		there, err := lockOf(t.Tx, l.Key)
		if err != nil {
			return err
		}
		if there.Version != l.Version {
			refused = run.ErrConflict
			return nil
		}
		return t.putLock(&next)
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return translate("put lock", err)
	}
	l.Version = next.Version
	return nil
}

func (t *txn) putLock(l *run.Lock) error {
	locks := t.Bucket([]byte(lockBucket))
	t.changed = true
	if l.Empty() {
		l.Version = 0
		return locks.Delete(valuePrefix(l.Key))
	}
	version, err := locks.NextSequence()
	if err != nil {
		return err
	}
	l.Version = int64(version)
	value, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnfit, err)
	}
	if err := run.CheckRecord(value); err != nil {
		return err
	}
	return locks.Put(valuePrefix(l.Key), value)
}

// lockOf reads a lock; an empty one when there is none.
func lockOf(tx *bolt.Tx, key string) (*run.Lock, error) {
	l := &run.Lock{Key: key}
	data := tx.Bucket([]byte(lockBucket)).Get(valuePrefix(key))
	if data == nil {
		return l, nil
	}
	if err := json.Unmarshal(data, l); err != nil {
		return nil, fmt.Errorf("%w: lock: %w", errDamaged, err)
	}
	return l, nil
}
