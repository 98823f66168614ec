package process

import (
	"encoding/gob"
	"io"
	"sync"
	"syscall"
	"time"
)

// order goes from Davit to the supervisor: start Spec under a new ID, or, when Signal is not zero, send
// it to the group of ID. Gob frames both directions, because it carries strings of any bytes exactly.
type order struct {
	ID     uint64
	Signal syscall.Signal
	Spec   Spec
}

// reportKind is what a report says of its process.
type reportKind int

const (
	started reportKind = iota + 1 // PID is set; comes before exited
	refused                       // Reason is set, NoRoom as in StartError; nothing follows
	exited                        // Code and At are set; nothing follows
)

// report goes from the supervisor to Davit.
type report struct {
	ID     uint64
	Kind   reportKind
	PID    int
	Code   int
	Reason string
	NoRoom bool
	At     time.Time
}

// queue is a first-in first-out list without a bound: whoever puts never waits. It holds at most a few
// small messages for each process.
type queue[T any] struct {
	mu    sync.Mutex
	items []T
	wake  chan struct{} // holds a token while there may be items
}

func newQueue[T any]() *queue[T] {
	return &queue[T]{wake: make(chan struct{}, 1)}
}

func (q *queue[T]) put(item T) {
	q.mu.Lock()
	q.items = append(q.items, item)
	q.mu.Unlock()
	q.poke()
}

// take removes the first item, and leaves a token in wake when there are more.
func (q *queue[T]) take() (item T, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) == 0 {
		return item, false
	}
	item = q.items[0]
	q.items[0] = *new(T)
	q.items = q.items[1:]
	if len(q.items) == 0 {
		q.items = nil
		return item, true
	}
	q.poke()
	return item, true
}

func (q *queue[T]) poke() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// outbox writes messages in order from a goroutine of its own, so that a full pipe holds up nobody.
// After a failed write it drops what follows: the reader of the other direction learns of the end.
type outbox[T any] struct {
	*queue[T]
	last chan struct{} // closed to say that no more is put
	done chan struct{} // closed when nothing more will be written
}

func newOutbox[T any](w io.Writer) *outbox[T] {
	o := &outbox[T]{queue: newQueue[T](), last: make(chan struct{}), done: make(chan struct{})}
	go o.write(gob.NewEncoder(w))
	return o
}

func (o *outbox[T]) write(encoder *gob.Encoder) {
	defer close(o.done)
	for o.await() {
		for item, ok := o.take(); ok; item, ok = o.take() {
			if encoder.Encode(item) != nil {
				return
			}
		}
	}
}

// await reports false once the last message was put and written.
func (o *outbox[T]) await() bool {
	select {
	case <-o.wake:
		return true
	case <-o.last:
		o.mu.Lock()
		defer o.mu.Unlock()
		return len(o.items) > 0
	}
}

// finish waits until all is written, but no longer than patience. Call it once, after the last put.
func (o *outbox[T]) finish(patience time.Duration) {
	close(o.last)
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-o.done:
	case <-timer.C:
	}
}
