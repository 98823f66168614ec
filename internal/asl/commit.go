package asl

import (
	"sync"

	"go.etcd.io/bbolt"
)

// lazyGroup is how many writes a lazy committer lets wait.
const lazyGroup = 256

// committer writes in groups: while one transaction goes to disk, the writes that arrive wait for the
// next, so that a thousand executions at once cost a few syncs and one alone does not wait for others.
// A lazy one lets its callers go on and writes when enough has come together or flush is called.
type committer struct {
	db     *bbolt.DB
	update func(func(*bbolt.Tx) error) error // db.Update
	lazy   bool
	wake   chan struct{}
	done   chan struct{}

	mu    sync.Mutex
	queue []*write
}

type write struct {
	do     func(*bbolt.Tx) error
	result chan error
}

func startCommitter(db *bbolt.DB, lazy bool) *committer {
	c := &committer{db: db, update: db.Update, lazy: lazy, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go c.loop()
	return c
}

// commit returns once do has been carried out and is on disk; a lazy committer only queues it.
// An error means that nothing of the group was written.
func (c *committer) commit(do func(*bbolt.Tx) error) error {
	w := &write{do, make(chan error, 1)}
	if c.add(w) < lazyGroup && c.lazy {
		return nil
	}
	return c.await(w)
}

// flush waits for everything that was committed before.
func (c *committer) flush() error {
	w := &write{func(*bbolt.Tx) error { return nil }, make(chan error, 1)}
	c.add(w)
	return c.await(w)
}

func (c *committer) add(w *write) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queue = append(c.queue, w)
	return len(c.queue)
}

func (c *committer) await(w *write) error {
	select {
	case c.wake <- struct{}{}:
	default:
	}
	return <-w.result
}

func (c *committer) loop() {
	defer close(c.done)
	for range c.wake {
		c.writeQueue()
	}
}

func (c *committer) writeQueue() {
	c.mu.Lock()
	group := c.queue
	c.queue = nil
	c.mu.Unlock()
	if len(group) == 0 {
		return
	}
	err := c.update(func(tx *bbolt.Tx) error {
		for _, w := range group {
			if err := w.do(tx); err != nil {
				return err
			}
		}
		return nil
	})
	for _, w := range group {
		w.result <- err
	}
}

// view reads what has been committed.
func (c *committer) view(do func(*bbolt.Tx) error) error {
	if c.lazy {
		if err := c.flush(); err != nil {
			return err
		}
	}
	return c.db.View(do)
}

// close writes what waits and ends the loop. Nobody may be in another method, or call one later.
func (c *committer) close() error {
	var err error
	if c.lazy {
		err = c.flush()
	}
	close(c.wake)
	<-c.done
	return err
}
