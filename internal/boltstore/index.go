package boltstore

import (
	"bytes"

	bolt "go.etcd.io/bbolt"
)

// entry is one index entry.
type entry struct {
	bucket     string
	key, value []byte
}

func (e entry) same(o entry) bool {
	return e.bucket == o.bucket && bytes.Equal(e.key, o.key) && bytes.Equal(e.value, o.value)
}

// entries are all index entries that h stands in; none for nil.
func (h *head) entries() []entry {
	if h == nil {
		return nil
	}
	created := placeKey(h.CreatedAt, h.ID)
	list := []entry{{bucket: createdBucket, key: created}}
	for _, by := range []struct{ bucket, value string }{
		{familyBucket, h.Family}, {groupBucket, h.Group}, {startedByBucket, h.StartedBy}, {originBucket, h.Origin},
	} {
		if by.value != "" {
			list = append(list, entry{bucket: by.bucket, key: append(valuePrefix(by.value), created...)})
		}
	}
	var expires []byte
	if !h.Expires.IsZero() {
		expires = timeKey(h.Expires)
		list = append(list, entry{bucket: expiresBucket, key: placeKey(h.Expires, h.ID)})
	}
	if !h.SweepAt.IsZero() {
		list = append(list, entry{bucket: openBucket, key: placeKey(h.SweepAt, h.ID), value: expires})
	}
	return list
}

// reindex takes old's entries out and puts next's in, and leaves alone what both have. Either may be nil.
func reindex(tx *bolt.Tx, old, next *head) error {
	gone, come := difference(old.entries(), next.entries()), difference(next.entries(), old.entries())
	for _, e := range gone {
		if err := tx.Bucket([]byte(e.bucket)).Delete(e.key); err != nil {
			return err
		}
	}
	for _, e := range come {
		if err := tx.Bucket([]byte(e.bucket)).Put(e.key, e.value); err != nil {
			return err
		}
	}
	return nil
}

// difference is what a has and b has not.
func difference(a, b []entry) []entry {
	var only []entry
next:
	for _, e := range a {
		for _, o := range b {
			if e.same(o) {
				continue next
			}
		}
		only = append(only, e)
	}
	return only
}

// put writes rec in the place of old, nil when there was none.
func put(tx *bolt.Tx, old *head, rec *record) error {
	id := []byte(rec.head.ID)
	if err := tx.Bucket([]byte(headBucket)).Put(id, rec.headJSON); err != nil {
		return err
	}
	if err := tx.Bucket([]byte(bodyBucket)).Put(id, rec.body); err != nil {
		return err
	}
	return reindex(tx, old, &rec.head)
}

// remove takes a record out, with its index entries.
func remove(tx *bolt.Tx, old *head) error {
	id := []byte(old.ID)
	if err := tx.Bucket([]byte(headBucket)).Delete(id); err != nil {
		return err
	}
	if err := tx.Bucket([]byte(bodyBucket)).Delete(id); err != nil {
		return err
	}
	return reindex(tx, old, nil)
}
