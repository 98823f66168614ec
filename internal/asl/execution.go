package asl

import (
	"fmt"
	"maps"
	"slices"
	"sync"
)

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
}

// update makes a step: change alters the execution, what came of it is written, and only then acted upon.
func (e *Engine) update(x *execution, change func(*step) error) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	s := e.newStep(x)
	if err := change(s); err != nil {
		return err
	}
	s.run()
	return e.settle(s, nil)
}

// settle writes the step and acts upon it.
func (e *Engine) settle(s *step, purge *record) error {
	if s.dirty {
		if err := e.store.save(&s.x.rec, s.events, purge); err != nil {
			return e.broken(err)
		}
	}
	e.act(s.x, s.invoke)
	if s.dirty && !s.open() {
		e.retire(s.x)
	}
	return nil
}

// broken stops the engine: what is in memory is not what is on disk, which the next Open goes on from.
func (e *Engine) broken(err error) error {
	e.log.Error("the state of an execution could not be written; the engine stops", "error", err)
	e.end()
	return fmt.Errorf("%w: %w", ErrClosed, err)
}

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
	err := e.update(x, func(s *step) error {
		s.tick()
		return nil
	})
	if err != nil {
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
