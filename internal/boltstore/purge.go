package boltstore

import (
	"bytes"
	"context"
)

const (
	inPassing = 2 // expired records, and changes, that each write takes out
	maxPurge  = 1000
)

// Purge takes out up to limit (1..1,000; outside it, the nearer end) expired records and as many changes
// past their 24 hours, and returns how many records went. Writes do it in passing, so nobody has to call it.
func (s *Store) Purge(ctx context.Context, limit int) (int, error) {
	gone := 0
	err := s.write(ctx, func(t *txn) (err error) {
		before := t.purged
		err = t.purge(min(max(limit, 1), maxPurge))
		gone = t.purged - before
		return err
	})
	if err != nil {
		return 0, translate("purge", err)
	}
	return gone, nil
}

func (t *txn) purge(limit int) error {
	if err := t.purgeRecords(limit); err != nil {
		return err
	}
	return t.purgeChanges(limit)
}

func (t *txn) purgeRecords(limit int) error {
	for _, id := range t.expired(limit) {
		h, err := headOf(t.Tx, id)
		if err != nil {
			return err
		}
		if h == nil {
			continue
		}
		if err := remove(t.Tx, h); err != nil {
			return err
		}
		t.changed = true
		t.purged++
	}
	return nil
}

// expired are the IDs of the records that expired first. Keys are collected, not deleted on the way: a bbolt
// cursor may skip the entry behind one that it deletes.
func (t *txn) expired(limit int) [][]byte {
	cursor := t.Bucket([]byte(expiresBucket)).Cursor()
	now := timeKey(t.now)
	var ids [][]byte
	key, _ := cursor.First()
	for key != nil && len(ids) < limit && bytes.Compare(key[:timeSize], now) < 0 {
		ids = append(ids, bytes.Clone(key[timeSize:]))
		key, _ = cursor.Next()
	}
	return ids
}

func (t *txn) purgeChanges(limit int) error {
	feed := t.Bucket([]byte(feedBucket))
	cursor := feed.Cursor()
	var old [][]byte
	for key, value := cursor.First(); key != nil && len(old) < limit; key, value = cursor.Next() {
		c, err := readChange(value)
		if err != nil {
			return err
		}
		if t.now.Sub(c.At) <= feedKept {
			break
		}
		old = append(old, bytes.Clone(key))
	}
	for _, key := range old {
		if err := feed.Delete(key); err != nil {
			return err
		}
		t.changed = true
	}
	return nil
}
