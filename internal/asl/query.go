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
	if _, err := e.read(name); err != nil {
		return nil, err
	}
	if err := e.begin(); err != nil {
		return nil, err
	}
	defer e.work.Done()
	var out []Event
	prefix := append([]byte(name), 0)
	err := e.store.view(func(tx *bbolt.Tx) error {
		cursor := bucketEvents.in(tx).Cursor()
		for key, text := cursor.Seek(prefix); bytes.HasPrefix(key, prefix); key, text = cursor.Next() {
			var events []Event
			if err := json.Unmarshal(text, &events); err != nil {
				return fmt.Errorf("asl: history of %s: %w", name, err)
			}
			out = append(out, events...)
		}
		return nil
	})
	return out, err
}

// Path are the names of the states that an execution entered, in order. Errors are those of Describe.
func (e *Engine) Path(name string) ([]string, error) {
	events, err := e.History(name)
	var out []string
	for _, event := range events {
		if strings.HasSuffix(event.Type, "StateEntered") {
			out = append(out, event.Details.Name)
		}
	}
	return out, err
}
