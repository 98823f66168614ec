package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"

	"davit/internal/clock"
)

// retryPause is the time between two tries of a group that the disk does not take.
const retryPause = time.Second

// ErrNotWritten is the error of Settled when the disk did not take what was put. It is kept, and written as soon as the disk takes it.
var ErrNotWritten = errors.New("localecs: not on disk yet")

// Journal writes records in groups: while one group is on its way to the disk the next one collects, so that a thousand tasks
// that change at once cost a few writes and no more. A group that the disk does not take becomes part of the next one, which is tried
// after retryPause: memory is ahead of the disk until then.
type Journal struct {
	write   func(puts map[recordKey][]byte) error
	calls   sync.Locker // held while a call puts its records, so that they are in one group
	clock   clock.Clock
	log     *slog.Logger
	failing atomic.Bool // the last group was not written
	again   chan struct{}
	wake    chan struct{}
	quit    chan struct{}
	ended   chan struct{}

	mu    sync.Mutex
	open  *batch // collects
	last  *batch // is being written, or was
	fault error  // a record cannot be encoded, so nothing is written any more
}

var errClosed = errors.New("localecs: closed")

// Start starts a journal on db. calls is the lock under which a call puts its records, so that they are in one group.
func Start(db *bbolt.DB, calls sync.Locker, c clock.Clock, log *slog.Logger) *Journal {
	return start(func(puts map[recordKey][]byte) error { return writeAll(db, puts) }, calls, c, log)
}

func start(write func(map[recordKey][]byte) error, calls sync.Locker, c clock.Clock, log *slog.Logger) *Journal {
	written := newBatch()
	close(written.done)
	j := &Journal{
		write: write, calls: calls, clock: c, log: log, again: make(chan struct{}, 1),
		wake: make(chan struct{}, 1), quit: make(chan struct{}), ended: make(chan struct{}),
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
		j.fault = errors.Join(j.fault, fmt.Errorf("encode %s %s: %w", bucket, name, err))
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
	j.open.buckets[key.bucket] = true
	signal(j.wake)
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// After runs f once everything put so far is on disk; never if that does not happen before Close. Calls run in order, and must not block.
func (j *Journal) After(f func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.open.then = append(j.open.then, f)
}

// Settled waits until everything put so far is on disk; with buckets, what was put in them. It returns ErrNotWritten when the next try to
// write it fails.
func (j *Journal) Settled(ctx context.Context, buckets ...string) error {
	b, err := j.unsettled(buckets)
	if b == nil || err != nil {
		return err
	}
	return j.wait(ctx, b)
}

// unsettled returns the group to wait for; nil when all is on disk.
func (j *Journal) unsettled(buckets []string) (*batch, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case j.fault != nil:
		return nil, j.fault
	case j.open.touches(buckets):
		return j.open, nil
	case j.last.touches(buckets):
		return j.last, nil
	default:
		return nil, nil
	}
}

// Writable reports whether the disk took the last group.
func (j *Journal) Writable() bool { return !j.failing.Load() }

// Written waits until everything put so far is on disk, however often that is tried.
func (j *Journal) Written(ctx context.Context) error {
	for {
		if err := j.Settled(ctx); !errors.Is(err, ErrNotWritten) {
			return err
		}
	}
}

// Flushed waits until everything put so far is on disk and what was to run after it has run.
func (j *Journal) Flushed(ctx context.Context) error {
	ran := make(chan struct{})
	j.After(func() { close(ran) })
	signal(j.wake)
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
			if !j.failing.Load() {
				j.flush()
			}
		case <-j.again:
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
	return b, j.fault
}

func (j *Journal) flush() {
	b, err := j.swap()
	if b == nil {
		return
	}
	if err != nil {
		b.err = err
		close(b.done)
		return
	}
	if err := j.write(b.puts); err != nil {
		j.keep(b, err)
		return
	}
	if j.failing.Swap(false) {
		j.log.Info("the records of the local ECS are on disk again")
	}
	close(b.done)
	for _, f := range b.then {
		f()
	}
}

// keep makes a group that was not written part of the open one, which is tried after retryPause. A later value of the same record stands.
func (j *Journal) keep(b *batch, err error) {
	j.mu.Lock()
	for key, data := range b.puts {
		if _, replaced := j.open.puts[key]; !replaced {
			j.open.puts[key] = data
			j.open.buckets[key.bucket] = true
		}
	}
	j.open.then = append(b.then, j.open.then...)
	j.mu.Unlock()
	b.err = fmt.Errorf("%w: %w", ErrNotWritten, err)
	close(b.done)
	if !j.failing.Swap(true) {
		j.log.Error("the records of the local ECS cannot be written; they are kept in memory", "error", err, "tried again every", retryPause)
	}
	j.clock.AfterFunc(retryPause, func() { signal(j.again) })
}

// Close writes what was put and ends the goroutine; what comes later is not written.
func (j *Journal) Close() {
	close(j.quit)
	<-j.ended
}
