package asl

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"davit/internal/clock"
)

// StepperOptions are what a Stepper is made of. Machine, ARN, Now and Invoke are required.
type StepperOptions struct {
	Machine *Machine
	// ARN is the state machine's, as in Options.
	ARN string
	Now func() time.Time
	// Invoke is called for each function that is to be invoked. Whoever invokes it hands the answer to Returned. It must not call the Stepper.
	Invoke func(Invocation)
	// Changed is called after each step of an execution: its NextDue may be another. Nil calls nothing. It may call NextDue only.
	Changed func(name string)
	// Ended is called when an execution has ended. It must not call the Stepper.
	Ended func(Execution)
	// Rand returns the jitter, uniform in [0, 1); math/rand/v2 by default.
	Rand func() float64
	// DataLimitEscapes is as in Options.
	DataLimitEscapes bool
	// History keeps the events of each execution for Stepper.History.
	History bool
}

// Invocation is one call of a function that an execution waits for.
type Invocation struct {
	Execution string // name
	Attempt   int64  // for Returned
	Function  string
	Payload   []byte
}

// Stepper runs executions of one machine in memory, without goroutines, files or timers: the caller says when time has passed and what
// functions answered. It takes the same steps as an Engine. Its methods must not be called at the same time.
type Stepper struct {
	engine  *Engine // the part of an Engine that steps use
	opts    StepperOptions
	known   map[string]*execution
	history map[string][]Event
}

// NewStepper makes a Stepper without executions. The options must be complete.
func NewStepper(opts StepperOptions) *Stepper {
	if opts.Rand == nil {
		opts.Rand = rand.Float64
	}
	e := &Engine{
		opts:      Options{Machine: opts.Machine, ARN: opts.ARN, Rand: opts.Rand, DataLimitEscapes: opts.DataLimitEscapes},
		clock:     stepperClock{now: opts.Now},
		maxEvents: maxHistory,
		tokens:    tokens{[]byte("a Stepper's tokens are no secrets")},
	}
	if _, name, ok := strings.Cut(opts.ARN, ":stateMachine:"); ok {
		e.machineName = name
	}
	return &Stepper{engine: e, opts: opts, known: map[string]*execution{}, history: map[string][]Event{}}
}

// stepperClock is the caller's time and has no timers.
type stepperClock struct {
	clock.Clock
	now func() time.Time
}

func (c stepperClock) Now() time.Time { return c.now() }

// Start starts an execution, as Engine.Start does.
func (t *Stepper) Start(name string, input []byte) error {
	if err := checkName(name); err != nil {
		return err
	}
	doc, err := executionInput(input)
	if err != nil {
		return err
	}
	if old := t.known[name]; old != nil {
		if old.rec.Status == Running && bytes.Equal(old.input.text, doc.text) {
			return nil
		}
		if old.rec.Status == Running || !old.rec.expired(t.opts.Now()) {
			return alreadyExists(name)
		}
		delete(t.history, name)
	}
	x := &execution{machine: t.opts.Machine, input: doc}
	s := t.engine.newStep(x)
	s.begin(name)
	t.known[name] = x
	t.settle(s)
	return nil
}

// NextDue is when Tick has something to do for an execution. ok is false for one that is unknown or closed.
func (t *Stepper) NextDue(name string) (due time.Time, ok bool) {
	x := t.known[name]
	if x == nil || x.rec.Status != Running {
		return time.Time{}, false
	}
	return x.rec.due(), true
}

// Tick does what has become due in an execution: a wait's end, a retry, a time-out.
func (t *Stepper) Tick(name string) {
	_ = t.update(name, func(s *step) error {
		s.tick()
		return nil
	})
}

// Returned hands over what came of an invocation. An answer to an attempt that is over is dropped. Errors are as an Invoker's.
func (t *Stepper) Returned(name string, attempt int64, answer []byte, err error) {
	_ = t.update(name, func(s *step) error {
		s.returned(attempt, answer, err)
		return nil
	})
}

// Expects reports whether an execution still waits for the answer of that attempt's function.
func (t *Stepper) Expects(name string, attempt int64) bool {
	x := t.known[name]
	return x != nil && x.expects(attempt)
}

// SendTaskSuccess is Engine.SendTaskSuccess.
func (t *Stepper) SendTaskSuccess(token string, output []byte) error {
	result, err := parseValue(output)
	if err != nil || len(output) > maxData {
		return errors.Join(ErrInvalidOutput, err)
	}
	return t.answer(token, func(s *step) { s.taskSucceeded(result) })
}

// SendTaskFailure is Engine.SendTaskFailure.
func (t *Stepper) SendTaskFailure(token, name, cause string) error {
	return t.answer(token, func(s *step) { s.taskFailed(sentFault(name, cause)) })
}

func (t *Stepper) answer(token string, give func(*step)) error {
	name, started, attempt, ok := t.engine.tokens.read(token)
	if !ok {
		return ErrTaskDoesNotExist
	}
	err := t.update(name, func(s *step) error {
		if !s.awaits(started, attempt) {
			return ErrTaskTimedOut
		}
		give(s)
		return nil
	})
	if errors.Is(err, ErrExecutionDoesNotExist) {
		return ErrTaskTimedOut
	}
	return err
}

// Stop is Engine.Stop.
func (t *Stepper) Stop(name, errorName, cause string) error {
	return t.update(name, func(s *step) error {
		s.finish(Aborted, document{}, &fault{name: errorName, cause: cause})
		return nil
	})
}

// Describe is the execution of that name. Error: ErrExecutionDoesNotExist.
func (t *Stepper) Describe(name string) (Execution, error) {
	x := t.known[name]
	if x == nil {
		return Execution{}, fmt.Errorf("%w: %s", ErrExecutionDoesNotExist, name)
	}
	return t.engine.describe(&x.rec), nil
}

// History are the events of an execution, oldest first, where the options ask for them.
func (t *Stepper) History(name string) []Event { return t.history[name] }

func (t *Stepper) update(name string, change func(*step) error) error {
	x := t.known[name]
	if x == nil {
		return fmt.Errorf("%w: %s", ErrExecutionDoesNotExist, name)
	}
	s := t.engine.newStep(x)
	if err := change(s); err != nil {
		return err
	}
	s.run()
	t.settle(s)
	return nil
}

// settle keeps the step's events and acts upon it.
func (t *Stepper) settle(s *step) {
	rec := &s.x.rec
	if t.opts.History {
		t.history[rec.Name] = append(t.history[rec.Name], s.events...)
	}
	if c := s.invoke; c != nil {
		t.opts.Invoke(Invocation{Execution: rec.Name, Attempt: rec.At.Attempt, Function: c.function, Payload: c.payload})
	}
	if t.opts.Changed != nil {
		t.opts.Changed(rec.Name)
	}
	if s.dirty && !s.open() && t.opts.Ended != nil {
		t.opts.Ended(t.engine.describe(rec))
	}
}
