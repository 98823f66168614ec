package journal

import (
	"fmt"
	"slices"

	"go.etcd.io/bbolt"
)

// batch is one group. done is closed when it is on disk or failed.
type batch struct {
	puts    map[recordKey][]byte // nil deletes
	buckets map[string]bool      // of puts
	then    []func()
	done    chan struct{}
	err     error
}

// touches reports whether the group is not on disk yet and changes one of the buckets; without any, whether it changes anything.
func (b *batch) touches(buckets []string) bool {
	select {
	case <-b.done:
		return false
	default:
	}
	if len(buckets) == 0 {
		return len(b.puts) > 0
	}
	return slices.ContainsFunc(buckets, func(name string) bool { return b.buckets[name] })
}

type recordKey struct{ bucket, name string }

func newBatch() *batch {
	return &batch{puts: map[recordKey][]byte{}, buckets: map[string]bool{}, done: make(chan struct{})}
}

func writeAll(db *bbolt.DB, puts map[recordKey][]byte) error {
	return db.Update(func(tx *bbolt.Tx) error {
		for key, data := range puts {
			bucket := tx.Bucket([]byte(key.bucket))
			var err error
			if data == nil {
				err = bucket.Delete([]byte(key.name))
			} else {
				err = bucket.Put([]byte(key.name), data)
			}
			if err != nil {
				return fmt.Errorf("write %s %s: %w", key.bucket, key.name, err)
			}
		}
		return nil
	})
}
