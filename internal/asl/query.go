package asl

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"go.etcd.io/bbolt"
)

// Describe is the execution of that name as it is on disk. Errors: ErrExecutionDoesNotExist, ErrClosed.
func (e *Engine) Describe(name string) (Execution, error) {
	rec, err := e.read(name)
	if err != nil {
		return Execution{}, err
	}
	return e.describe(rec), nil
}

func (e *Engine) read(name string) (*record, error) {
	if err := e.begin(); err != nil {
		return nil, err
	}
	defer e.work.Done()
	rec, err := e.store.load(name)
	if err != nil {
		return nil, err
	}
	if rec == nil {
		return nil, fmt.Errorf("%w: %s", ErrExecutionDoesNotExist, name)
	}
	return rec, nil
}

// List are the executions with that status, or all of them for "", those started last first.
func (e *Engine) List(status Status) ([]Execution, error) {
	if err := e.begin(); err != nil {
		return nil, err
	}
	defer e.work.Done()
	var out []Execution
	err := e.store.view(func(tx *bbolt.Tx) error {
		return bucketExecutions.in(tx).ForEach(func(name, _ []byte) error {
			rec, err := loadRecord(tx, name)
			if err == nil && (status == "" || rec.Status == status) {
				out = append(out, e.describe(rec))
			}
			return err
		})
	})
	slices.SortFunc(out, func(a, b Execution) int {
		if c := b.Started.Compare(a.Started); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out, err
}

// History are the events of an execution, oldest first. Errors are those of Describe.
func (e *Engine) History(name string) ([]Event, error) {
	var out []Event
	err := e.eachEvents(name, func(text []byte) error {
		var events []Event
		err := json.Unmarshal(text, &events)
		out = append(out, events...)
		return err
	})
	return out, err
}

// Path are the names of the states that an execution entered, in order. Errors are those of Describe.
func (e *Engine) Path(name string) ([]string, error) {
	var out []string
	err := e.eachEvents(name, func(text []byte) error {
		var events []struct {
			Type    string
			Details struct{ Name string }
		}
		err := json.Unmarshal(text, &events)
		for _, event := range events {
			if strings.HasSuffix(event.Type, "StateEntered") {
				out = append(out, event.Details.Name)
			}
		}
		return err
	})
	return out, err
}

// eachEvents calls f with the events of each transition of an execution, as JSON.
func (e *Engine) eachEvents(name string, do func(text []byte) error) error {
	if _, err := e.read(name); err != nil {
		return err
	}
	if err := e.begin(); err != nil {
		return err
	}
	defer e.work.Done()
	prefix := eventPrefix(name)
	return e.store.view(func(tx *bbolt.Tx) error {
		cursor := bucketEvents.in(tx).Cursor()
		for key, text := cursor.Seek(prefix); bytes.HasPrefix(key, prefix); key, text = cursor.Next() {
			if err := do(text); err != nil {
				return fmt.Errorf("asl: history of %s: %w", name, err)
			}
		}
		return nil
	})
}
