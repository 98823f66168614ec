package process

import (
	"context"
	"syscall"
	"time"
)

// handle is one process, seen from Davit. Its link's mutex guards pid until the start was answered, and
// abandoned.
type handle struct {
	link      *link
	id        uint64
	pid       int  // 0 until it is reported as started
	abandoned bool // nobody waits for the start any more
	answer    chan error
	done      chan Exit
}

func newHandle(l *link, id uint64) *handle {
	return &handle{link: l, id: id, answer: make(chan error, 1), done: make(chan Exit, 1)}
}

func (h *handle) PID() int          { return h.pid }
func (h *handle) Done() <-chan Exit { return h.done }
func (h *handle) Terminate() error  { return h.signal(syscall.SIGTERM) }
func (h *handle) Kill() error       { return h.signal(syscall.SIGKILL) }

// signal leaves the group to the supervisor, which alone knows that the process was not yet reaped and
// its id not yet given to another.
func (h *handle) signal(s syscall.Signal) error {
	h.link.mu.Lock()
	defer h.link.mu.Unlock()
	if _, ok := h.link.open[h.id]; ok {
		h.link.orders.put(order{ID: h.id, Signal: s})
	}
	return nil
}

func (h *handle) settle(exit Exit) {
	h.done <- exit
	close(h.done)
}

// lose ends what a dead supervisor process left of h.
func (h *handle) lose() {
	if h.pid == 0 {
		h.answer <- ErrLost
		return
	}
	killGroup(h.pid)
	h.settle(Exit{Lost: true, At: time.Now().UTC()})
}

// startGrace is for how long a start that is under way when it is given up may still come true. A process that was started is then ended as any other, by SIGTERM first;
// killed at once it could leave behind what it had begun.
const startGrace = time.Second

// finishStart waits for the answer to a start that was given up, at most startGrace.
func (h *handle) finishStart(ctx context.Context) (Process, error) {
	timer := time.NewTimer(startGrace)
	defer timer.Stop()
	select {
	case err := <-h.answer:
		if err != nil {
			return nil, err
		}
		return h, nil
	case <-timer.C:
		h.link.abandon(h)
		return nil, ctx.Err()
	}
}
