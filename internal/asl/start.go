package asl

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Start starts an execution and returns once it is on disk. input is JSON of at most 256 KiB; none is {}.
// With the name and input of an open execution it answers nil and starts nothing. Errors:
// ErrExecutionAlreadyExists, ErrInvalidName, ErrInvalidExecutionInput, ErrNotWritten, ErrClosed, and
// ctx's own when it had already ended.
func (e *Engine) Start(ctx context.Context, name string, input []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := checkName(name); err != nil {
		return err
	}
	doc, err := executionInput(input)
	if err != nil {
		return err
	}
	if err := e.begin(); err != nil {
		return err
	}
	defer e.work.Done()
	x := &execution{machine: e.opts.Machine, input: doc}
	x.mu.Lock()
	defer x.mu.Unlock()
	if other := e.claim(name, x); other != nil {
		return other.sameAs(name, doc)
	}
	if err := e.launch(name, x); err != nil {
		x.startErr = err
		e.mu.Lock()
		delete(e.open, name)
		e.mu.Unlock()
		return err
	}
	return nil
}

// claim takes the name for x, unless an open execution has it.
func (e *Engine) claim(name string, x *execution) *execution {
	e.mu.Lock()
	defer e.mu.Unlock()
	if other := e.open[name]; other != nil {
		return other
	}
	e.open[name] = x
	return nil
}

// sameAs waits until the execution is on disk and compares it with a repeated start.
func (x *execution) sameAs(name string, input document) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.startErr != nil {
		return x.startErr
	}
	if x.rec.Status != Running || !bytes.Equal(x.input.text, input.text) {
		return alreadyExists(name)
	}
	return nil
}

func alreadyExists(name string) error { return fmt.Errorf("%w: %s", ErrExecutionAlreadyExists, name) }

// launch makes the first step of an execution. A RUNNING one that is not open was left by a Start whose write failed
// and yet reached the file; nothing of it was acted upon.
func (e *Engine) launch(name string, x *execution) error {
	old, err := e.store.load(name)
	if err != nil {
		return err
	}
	s := e.newStep(x)
	if old != nil && old.Status != Running && !old.expired(s.now) {
		return alreadyExists(name)
	}
	s.begin(name)
	return e.settle(s, old)
}

// begin makes the first step of the execution.
func (s *step) begin(name string) {
	x := s.x
	x.rec = record{
		Name: name, Definition: x.machine.digest, Status: Running,
		Started: s.now, Deadline: s.now.Add(x.machine.timeout), Input: x.input.text,
	}
	s.record(ExecutionStarted, Details{Input: x.input.text})
	s.to, s.with = x.machine.startAt, x.input
	s.run()
}

func executionInput(input []byte) (document, error) {
	if len(input) == 0 {
		return emptyObject(), nil
	}
	if len(input) > maxData {
		return document{}, fmt.Errorf("%w: %d bytes are more than the limit of %d", ErrInvalidExecutionInput, len(input), maxData)
	}
	doc, err := parseDocument(input)
	if err != nil {
		return document{}, fmt.Errorf("%w: %w", ErrInvalidExecutionInput, err)
	}
	return doc, nil
}

func checkName(name string) error {
	const forbidden = "<>{}[]?*\"#%\\^|~`$&,;:/"
	length := utf8.RuneCountInString(name)
	if !utf8.ValidString(name) || length < 1 || length > 80 {
		return fmt.Errorf("%w: it must have 1 to 80 characters", ErrInvalidName)
	}
	bad := func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == 0xfffe || r == 0xffff || strings.ContainsRune(forbidden, r)
	}
	if at := strings.IndexFunc(name, bad); at >= 0 {
		return fmt.Errorf("%w: %q has a character that is not allowed, at byte %d", ErrInvalidName, name, at)
	}
	return nil
}
