package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"go.etcd.io/bbolt"
)

// Journal writes records in groups: while one group is on its way to the disk the next one collects, so that a thousand tasks
// that change at once cost a few writes and no more. What it cannot write is an error for good, because memory is ahead of the disk then.
type Journal struct {
	db    *bbolt.DB
	calls sync.Locker // held while a call puts its records, so that they are in one group
	wake  chan struct{}
	quit  chan struct{}
	ended chan struct{}

	mu   sync.Mutex
	open *batch // collects
	last *batch // is being written, or was
	err  error
}

// batch is one group. done is closed when it is on disk or failed.
type batch struct {
	puts map[recordKey][]byte // nil deletes
	then []func()
	done chan struct{}
	err  error
}

type recordKey struct{ bucket, name string }

var errClosed = errors.New("localecs: closed")

func newBatch() *batch { return &batch{puts: map[recordKey][]byte{}, done: make(chan struct{})} }

// Start starts a journal on db. calls is the lock under which a call puts its records, so that they are in one group.
func Start(db *bbolt.DB, calls sync.Locker) *Journal {
	written := newBatch()
	close(written.done)
	j := &Journal{
		db: db, calls: calls, wake: make(chan struct{}, 1), quit: make(chan struct{}), ended: make(chan struct{}),
		open: newBatch(), last: written,
	}
	go j.run()
	return j
}

// Put replaces a record.
func (j *Journal) Put(bucket, name string, v any) {
	data, err := json.Marshal(v)
	j.mu.Lock()
	defer j.mu.Unlock()
	if err != nil {
		j.err = errors.Join(j.err, fmt.Errorf("encode %s %s: %w", bucket, name, err))
		return
	}
	j.add(recordKey{bucket, name}, data)
}

// Remove deletes a record.
func (j *Journal) Remove(bucket, name string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.add(recordKey{bucket, name}, nil)
}

func (j *Journal) add(key recordKey, data []byte) {
	j.open.puts[key] = data
	j.signal()
}

func (j *Journal) signal() {
	select {
	case j.wake <- struct{}{}:
	default:
	}
}

// After runs f once everything put so far is on disk; never if it cannot be written. Calls run in order, and must not block.
func (j *Journal) After(f func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.open.then = append(j.open.then, f)
}

// Settled waits until everything put so far is on disk.
func (j *Journal) Settled(ctx context.Context) error {
	j.mu.Lock()
	b := j.open
	if len(b.puts) == 0 {
		b = j.last
	}
	err := j.err
	j.mu.Unlock()
	if err != nil {
		return err
	}
	return j.wait(ctx, b)
}

// Flushed waits until everything put so far is on disk and what was to run after it has run.
func (j *Journal) Flushed(ctx context.Context) error {
	ran := make(chan struct{})
	j.After(func() { close(ran) })
	j.signal()
	select {
	case <-ran:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (j *Journal) wait(ctx context.Context, b *batch) error {
	select {
	case <-b.done:
		return b.err
	case <-ctx.Done():
		return ctx.Err()
	case <-j.ended:
	}
	select {
	case <-b.done:
		return b.err
	default:
		return errClosed
	}
}

func (j *Journal) run() {
	defer close(j.ended)
	for {
		select {
		case <-j.wake:
			j.flush()
		case <-j.quit:
			j.flush()
			return
		}
	}
}

// swap takes the open group and opens another; nil when there is nothing to write.
func (j *Journal) swap() (*batch, error) {
	j.calls.Lock()
	defer j.calls.Unlock()
	j.mu.Lock()
	defer j.mu.Unlock()
	b := j.open
	if len(b.puts) == 0 && len(b.then) == 0 {
		return nil, nil
	}
	j.last, j.open = b, newBatch()
	return b, j.err
}

func (j *Journal) flush() {
	b, err := j.swap()
	if b == nil {
		return
	}
	if err == nil {
		err = writeAll(j.db, b.puts)
	}
	b.err = err
	close(b.done)
	if err == nil {
		for _, f := range b.then {
			f()
		}
		return
	}
	j.mu.Lock()
	j.err = err
	j.mu.Unlock()
}

// Close writes what was put and ends the goroutine; what comes later is not written.
func (j *Journal) Close() {
	close(j.quit)
	<-j.ended
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
