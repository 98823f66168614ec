package asl

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// retryPause is the time between two tries of a step that could not be written.
const retryPause = time.Second

// execution is an open execution in memory. It has no goroutine: whatever moves it, a timer, a
// function's answer or a caller, makes a step with it.
type execution struct {
	mu       sync.Mutex // held while a step is made and written
	rec      record
	machine  *Machine // nil when its definition cannot be read any more
	input    document // of the execution
	in       document // of the state
	stop     func() bool
	startErr error // why it was not started
	acting   bool  // its timer and its invocation have been seen to
	doubtful bool  // the file may hold a step that was taken back, because its write failed
}

// update makes a step: change alters the execution, what came of it is written, and only then acted upon. A step that cannot be written
// is taken back; the error is ErrNotWritten.
func (e *Engine) update(x *execution, change func(*step) error) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	rec, in := x.rec, x.in
	rec.At.Retries = slices.Clone(rec.At.Retries)
	s := e.newStep(x)
	if err := change(s); err != nil {
		return err
	}
	s.run()
	err := e.settle(s, nil)
	if err != nil {
		x.rec, x.in, x.doubtful = rec, in, true
	}
	return err
}

// insist makes a step that no caller repeats. It tries again after each pause until the step is written or the engine closes.
func (e *Engine) insist(x *execution, change func(*step) error) error {
	for {
		err := e.update(x, change)
		if !errors.Is(err, ErrNotWritten) || !e.pause() {
			return err
		}
	}
}

// pause waits for retryPause; false when the engine closed before.
func (e *Engine) pause() bool {
	over := make(chan struct{})
	stop := e.clock.AfterFunc(retryPause, func() { close(over) })
	defer stop()
	select {
	case <-over:
		return true
	case <-e.ctx.Done():
		return false
	}
}

// settle writes the step and acts upon it.
func (e *Engine) settle(s *step, purge *record) error {
	if s.dirty {
		err := e.store.save(s.x, s.events, purge)
		e.noteWrite(err)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrNotWritten, err)
		}
		s.x.doubtful = false
	}
	e.act(s.x, s.invoke)
	if s.dirty && !s.open() {
		e.retire(s.x)
	}
	return nil
}

// noteWrite logs the first write that fails, and the first one that does not after it.
func (e *Engine) noteWrite(err error) {
	switch failing := err != nil; {
	case e.failing.Swap(failing) == failing:
	case failing:
		e.log.Error("the state of an execution could not be written; it is tried again", "error", err, "every", retryPause)
	default:
		e.log.Info("the state of executions is written again")
	}
}

// Writable reports whether the last write succeeded, as is assumed before the first.
func (e *Engine) Writable() bool { return !e.failing.Load() }

// act arms the timer of the execution and makes its invocation, if there is one to make.
func (e *Engine) act(x *execution, c *call) {
	e.mu.Lock()
	resumed := e.resumed
	e.mu.Unlock()
	if !resumed {
		return
	}
	x.acting = true
	e.arm(x)
	if c != nil {
		attempt := x.rec.At.Attempt
		e.spawn(func() { e.invoke(x, attempt, c) })
	}
}

// arm sets the one timer of the execution to the next time that it needs attention.
func (e *Engine) arm(x *execution) {
	if x.stop != nil {
		x.stop()
		x.stop = nil
	}
	if x.rec.Status != Running {
		return
	}
	wait := max(x.rec.due().Sub(e.clock.Now()), 0)
	x.stop = e.clock.AfterFunc(wait, func() { e.tick(x) })
}

func (x *execution) disarm() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.stop != nil {
		x.stop()
	}
}

func (e *Engine) tick(x *execution) {
	if e.begin() != nil {
		return
	}
	defer e.work.Done()
	err := e.insist(x, func(s *step) error {
		s.tick()
		return nil
	})
	if err != nil && e.ctx.Err() == nil {
		e.log.Error("a time that was due could not be handled", "execution", x.rec.Name, "error", err)
	}
}

// retire forgets a closed execution and has its end notified.
func (e *Engine) retire(x *execution) {
	e.mu.Lock()
	delete(e.open, x.rec.Name)
	resumed := e.resumed
	e.mu.Unlock()
	if resumed {
		ended := e.describe(&x.rec)
		e.spawn(func() { e.notifyEnded(ended) })
	}
}

// live are the open executions, by name.
func (e *Engine) live() []*execution {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := make([]*execution, 0, len(e.open))
	for _, name := range slices.Sorted(maps.Keys(e.open)) {
		out = append(out, e.open[name])
	}
	return out
}

func (e *Engine) find(name string) *execution {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.open[name]
}
