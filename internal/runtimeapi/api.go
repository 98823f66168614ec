package runtimeapi

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// longestTimeout is the time that a function without a limit is told it has: Lambda's longest.
const longestTimeout = 15 * time.Minute

// Outcome is what came of an invocation: an answer or a failure.
type Outcome struct {
	Answer  []byte
	Failure *Failure
}

// Failure is an error as a function reports it.
type Failure struct {
	Type    string `json:"errorType"` // what a state machine's ErrorEquals sees
	Message string `json:"errorMessage"`
	Init    bool   `json:"-"` // the function could not start
}

// Error gives the name and the message.
func (f *Failure) Error() string { return f.Type + ": " + f.Message }

// ErrBusy says that an invocation is under way.
var ErrBusy = errors.New("runtimeapi: the function is busy with another invocation")

// API is the Runtime API of one function's process. Make it with New.
type API struct {
	events     chan invocation
	initFailed chan struct{} // the function could not start

	mu      sync.Mutex
	served  int
	current *invocation
	initErr *Failure // of the start
}

type invocation struct {
	id       string
	payload  []byte
	deadline time.Time
	outcome  chan Outcome // holds one
}

// New makes the API of a process that is yet to start.
func New() *API {
	return &API{events: make(chan invocation), initFailed: make(chan struct{})}
}

// Invoke hands an event to the function and waits for what comes of it. ctx's end is the invocation's deadline. A function that could
// not start is a Failure too.
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
