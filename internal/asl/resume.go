package asl

import (
	"errors"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"
)

// load brings the file up to date and the open executions into memory.
func (e *Engine) load() error {
	key, err := e.store.key()
	if err != nil {
		return fmt.Errorf("asl: token key: %w", err)
	}
	e.tokens = tokens{key}
	if err := e.store.keepDefinition(e.opts.Machine); err != nil {
		return fmt.Errorf("asl: keep the definition: %w", err)
	}
	if err := e.store.sweep(e.clock.Now()); err != nil {
		return fmt.Errorf("asl: forget old executions: %w", err)
	}
	return e.loadOpen()
}

func (s *store) keepDefinition(m *Machine) error {
	return s.commit(func(tx *bbolt.Tx) error {
		return bucketDefinitions.in(tx).Put([]byte(m.digest), m.definition)
	})
}

func (e *Engine) loadOpen() error {
	machines := map[string]*Machine{e.opts.Machine.digest: e.opts.Machine}
	return e.store.view(func(tx *bbolt.Tx) error {
		return bucketOpen.in(tx).ForEach(func(name, _ []byte) error {
			rec, err := loadRecord(tx, name)
			if err != nil || rec == nil {
				return err
			}
			if _, known := machines[rec.Definition]; !known {
				machines[rec.Definition] = e.oldMachine(tx, rec.Definition)
			}
			x, err := revive(rec, machines[rec.Definition])
			if err != nil {
				return fmt.Errorf("asl: execution %s: %w", name, err)
			}
			e.open[rec.Name] = x
			return nil
		})
	})
}

// oldMachine is an earlier definition, or nil when it is gone or refused today.
func (e *Engine) oldMachine(tx *bbolt.Tx, digest string) *Machine {
	m, err := parse(slices.Clone(bucketDefinitions.in(tx).Get([]byte(digest))))
	if err != nil {
		e.log.Error("an earlier definition cannot be run any more", "digest", digest, "error", err)
		return nil
	}
	return m
}

func revive(rec *record, m *Machine) (*execution, error) {
	x := &execution{rec: *rec, machine: m}
	var err error
	if x.input, err = parseDocument(rec.Input); err != nil {
		return nil, err
	}
	x.in, err = parseDocument(rec.At.Input)
	return x, err
}

// Resume begins, or goes on, to act: functions are invoked, also those whose answer was not recorded;
// what became due meanwhile is done at once; Ended is called with the ends that were not notified. It returns without
// waiting for any of that. Calling it again does nothing.
func (e *Engine) Resume() error {
	if err := e.begin(); err != nil {
		return err
	}
	defer e.work.Done()
	e.mu.Lock()
	again := e.resumed
	e.resumed = true
	e.mu.Unlock()
	if again {
		return nil
	}
	unnotified, err := e.store.unnotified()
	if err != nil {
		return fmt.Errorf("asl: what has ended: %w", err)
	}
	for _, rec := range unnotified {
		ended := e.describe(rec)
		e.spawn(func() { e.notifyEnded(ended) })
	}
	for _, x := range e.live() {
		if err := e.update(x, goOn); errors.Is(err, ErrNotWritten) {
			e.spawn(func() { _ = e.insist(x, goOn) }) // ends once it is written
		} else if err != nil {
			return err
		}
	}
	return nil
}

// goOn finds out what an execution was doing; an overdue one is left to its timer.
func goOn(s *step) error {
	if !s.open() || s.x.acting {
		return nil
	}
	if s.x.machine == nil {
		s.lost()
		return nil
	}
	at := &s.x.rec.At
	if at.Phase != phaseInvoking || !s.x.rec.due().After(s.now) {
		return nil
	}
	c, f := s.at.does.(*task).call(s)
	if f != nil {
		s.failed(f)
		return nil
	}
	s.invoke = &c
	return nil
}

func (s *store) unnotified() ([]*record, error) {
	var out []*record
	err := s.view(func(tx *bbolt.Tx) error {
		return bucketUnnotified.in(tx).ForEach(func(name, _ []byte) error {
			rec, err := loadRecord(tx, name)
			if rec != nil {
				out = append(out, rec)
			}
			return err
		})
	})
	return out, err
}

// notifyEnded calls Ended with the end of an execution and notes that it took it.
func (e *Engine) notifyEnded(ended Execution) {
	if e.opts.Ended != nil {
		if err := e.opts.Ended(e.ctx, ended); err != nil {
			e.log.Warn("the end of an execution was not taken note of; it is told again after a restart", "execution", ended.Name, "error", err)
			return
		}
	}
	err := e.store.commit(func(tx *bbolt.Tx) error { return bucketUnnotified.in(tx).Delete([]byte(ended.Name)) })
	if err != nil {
		e.log.Warn("that the end of an execution was told could not be written", "execution", ended.Name, "error", err)
	}
}
