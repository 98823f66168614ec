package boltstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
)

// maxShare bounds how many writes share one transaction, and with it how long each of them waits.
const maxShare = 256

// errNothingToDo ends a transaction that changed nothing without writing it.
var errNothingToDo = errors.New("nothing to write")

// txn is the transaction that a write runs in.
type txn struct {
	*bolt.Tx
	now     time.Time
	changed bool // set by a write that changed something
	records int  // created and updated by writes
	purged  int  // expired records taken out
}

// write is one caller's part of a transaction. It may run more than once, each time from the start; what it
// refuses it keeps in variables of its own, as an error is for what must undo the transaction.
type write struct {
	ctx  context.Context
	do   func(*txn) error
	err  error
	turn chan bool // true: lead the next transaction; false: done, see err
}

// queue groups the writes that wait while a transaction is being made durable into the next one. The first
// of them leads it, so a lone write waits for nobody and no timer is needed.
type queue struct {
	mu      sync.Mutex
	waiting []*write
	led     bool
}

// write runs do in a transaction shared with other callers, and returns when that is durable. A ctx that
// ends before its turn is answered with its error, and do has not run.
func (s *Store) write(ctx context.Context, do func(*txn) error) error {
	w := &write{ctx: ctx, do: do, turn: make(chan bool, 1)}
	if s.queue.join(w) || <-w.turn {
		batch := s.queue.take()
		s.commit(batch)
		s.queue.handOver()
		for _, other := range batch[1:] {
			other.turn <- false
		}
	}
	return w.err
}

// join adds w and reports whether it leads.
func (q *queue) join(w *write) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, w)
	lead := !q.led
	q.led = true
	return lead
}

// take returns the leader's batch; the leader itself comes first.
func (q *queue) take() []*write {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.waiting), maxShare)
	batch := q.waiting[:n:n]
	q.waiting = append([]*write(nil), q.waiting[n:]...)
	return batch
}

// handOver makes the first that waits the next leader.
func (q *queue) handOver() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		q.led = false
		return
	}
	q.waiting[0].turn <- true
}

// commit runs a batch in one transaction. When one of its writes fails, each runs in a transaction of its own.
func (s *Store) commit(batch []*write) {
	failed, err := s.transact(batch)
	if failed && len(batch) > 1 {
		for _, w := range batch {
			s.commit([]*write{w})
		}
		return
	}
	for _, w := range batch {
		if w.err == nil {
			w.err = err
		}
	}
}

// transact runs writes in one transaction. failed says that it was a write that failed, not the commit.
func (s *Store) transact(batch []*write) (failed bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("bbolt: %v", p)
		}
	}()
	var t *txn
	err = s.commitTx(func(tx *bolt.Tx) error {
		t = &txn{Tx: tx, now: s.clock.Now()}
		failed = true
		if err := t.each(batch); err != nil {
			return err
		}
		failed = false
		if !t.changed {
			return errNothingToDo
		}
		return t.purge(inPassing * t.records)
	})
	switch {
	case errors.Is(err, errNothingToDo):
		err = nil
	case !failed:
		s.failing.Store(err != nil)
	}
	if err == nil && t.records > 0 {
		s.signals.send()
	}
	return failed, err
}

// each runs the writes whose callers still wait.
func (t *txn) each(batch []*write) error {
	for _, w := range batch {
		if w.err = w.ctx.Err(); w.err != nil {
			continue
		}
		if err := w.do(t); err != nil {
			return err
		}
	}
	return nil
}
