package asl

import (
	"bytes"
	"errors"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// keptFor is how long a closed execution is kept and its name stays taken.
const keptFor = 90 * 24 * time.Hour

// expired reports whether the record's name is free again.
func (r *record) expired(now time.Time) bool {
	return r.Status != Running && !r.Stopped.Add(keptFor).After(now)
}

// sweep deletes the executions whose names are free again.
func (s *store) sweep(now time.Time) error {
	return s.commit(func(tx *bbolt.Tx) error {
		var old []*record
		cursor := bucketClosed.in(tx).Cursor()
		for key, _ := cursor.First(); key != nil; key, _ = cursor.Next() {
			rec, err := loadRecord(tx, key[8:])
			if err != nil {
				return err
			}
			if rec == nil {
				continue
			}
			if !rec.expired(now) {
				break
			}
			old = append(old, rec)
		}
		for _, rec := range old {
			if err := purgeRecord(tx, rec); err != nil {
				return err
			}
		}
		return nil
	})
}

func purgeRecord(tx *bbolt.Tx, rec *record) error {
	name := []byte(rec.Name)
	err := errors.Join(
		bucketExecutions.in(tx).Delete(name),
		bucketUnnotified.in(tx).Delete(name),
		bucketClosed.in(tx).Delete(closedKey(rec)),
	)
	var keys [][]byte
	prefix := eventPrefix(rec.Name)
	cursor := bucketEvents.in(tx).Cursor()
	for key, _ := cursor.Seek(prefix); bytes.HasPrefix(key, prefix); key, _ = cursor.Next() {
		keys = append(keys, slices.Clone(key))
	}
	for _, key := range keys {
		err = errors.Join(err, bucketEvents.in(tx).Delete(key))
	}
	return err
}
