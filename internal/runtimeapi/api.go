package runtimeapi

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// longestTimeout is the deadline of an invocation whose context has none: Lambda's longest.
const longestTimeout = 15 * time.Minute

// Outcome is the result of an invocation: an answer or a failure.
type Outcome struct {
	Answer  []byte
	Failure *Failure // nil: Answer is set
}

// Failure is an error as a function reports it.
type Failure struct {
	Type    string `json:"errorType"` // the name that a state machine's ErrorEquals matches
	Message string `json:"errorMessage"`
	Init    bool   `json:"-"` // the function did not start
}

// Error returns the name and the message.
func (f *Failure) Error() string { return f.Type + ": " + f.Message }

// ErrBusy is returned while another invocation is under way.
var ErrBusy = errors.New("runtimeapi: the function is busy with another invocation")

// API is the Runtime API of one function's process. New returns one.
type API struct {
	events     chan invocation
	initFailed chan struct{} // closed when the function reports that it cannot start

	mu      sync.Mutex
	served  int
	current *invocation
	initErr *Failure // set before initFailed is closed
}

type invocation struct {
	id       string
	payload  []byte
	deadline time.Time
	outcome  chan Outcome // holds one
}

// New returns the API of a process that has not started yet.
func New() *API {
	return &API{events: make(chan invocation), initFailed: make(chan struct{})}
}

// Invoke sends an event to the function and waits for its outcome. The invocation's deadline is ctx's. The outcome of a function that
// did not start is a Failure with Init set.
func (a *API) Invoke(ctx context.Context, payload []byte) (Outcome, error) {
	i, err := a.begin(ctx, payload)
	if err != nil {
		return Outcome{}, err
	}
	defer a.end()
	select {
	case a.events <- *i:
	case <-a.initFailed:
		return Outcome{Failure: a.initErr}, nil
	case <-ctx.Done():
		return Outcome{}, fmt.Errorf("runtimeapi: the function did not ask for an event: %w", ctx.Err())
	}
	select {
	case o := <-i.outcome:
		return o, nil
	case <-ctx.Done():
		return Outcome{}, fmt.Errorf("runtimeapi: the function did not answer: %w", ctx.Err())
	}
}

func (a *API) begin(ctx context.Context, payload []byte) (*invocation, error) {
	deadline, has := ctx.Deadline()
	if !has {
		deadline = time.Now().Add(longestTimeout)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.current != nil {
		return nil, ErrBusy
	}
	a.served++
	a.current = &invocation{
		id:      fmt.Sprintf("00000000-0000-4000-8000-%012d", a.served),
		payload: payload, deadline: deadline, outcome: make(chan Outcome, 1),
	}
	return a.current, nil
}

func (a *API) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.current = nil
}
