package asl

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.etcd.io/bbolt"
)

const testARN = "arn:aws:states:local:000000000000:stateMachine:test"

// fixture is an engine under test together with what it told. It lives in a synctest bubble.
type fixture struct {
	*Engine
	t     *testing.T
	path  string
	ended chan Execution
}

func newRig(t *testing.T, path string, m *Machine, invoke InvokerFunc, change ...func(*Options)) *fixture {
	t.Helper()
	r := &fixture{t: t, path: path, ended: make(chan Execution, 2000)}
	opts := Options{Path: path, Machine: m, ARN: testARN, Invoker: invoke, NoSync: true,
		Rand: func() float64 { return 0.5 },
		Ended: func(_ context.Context, ended Execution) error {
			r.ended <- ended
			return nil
		}}
	for _, c := range change {
		c(&opts)
	}
	var err error
	if r.Engine, err = Open(opts); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.must(r.Close()) })
	return r
}

func (r *fixture) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// start starts x and waits until nothing happens any more without time passing.
func (r *fixture) start(input string) {
	r.t.Helper()
	r.must(r.Resume())
	r.must(r.Start(r.t.Context(), "x", []byte(input)))
	synctest.Wait()
}

func (r *fixture) wait() Execution {
	r.t.Helper()
	select {
	case ended := <-r.ended:
		return ended
	case <-time.After(2 * oneYear):
		r.t.Fatal("the execution did not end in two years")
		return Execution{}
	}
}

// now is the execution x as it is on disk.
func (r *fixture) now() *record {
	r.t.Helper()
	rec, err := r.store.load("x")
	r.must(err)
	return rec
}

// crash is a copy of the file as a kill would leave it at this moment.
func (r *fixture) crash() string {
	r.t.Helper()
	to := filepath.Join(r.t.TempDir(), "crashed")
	r.must(r.store.view(func(tx *bbolt.Tx) error { return tx.CopyFile(to, 0o600) }))
	return to
}

func (r *fixture) kinds(name string) []string {
	r.t.Helper()
	events, err := r.History(name)
	r.must(err)
	var out []string
	for _, event := range events {
		out = append(out, event.Type)
	}
	return out
}

func (r *fixture) states(name string) []string {
	r.t.Helper()
	path, err := r.Path(name)
	r.must(err)
	return path
}

// play runs one execution of the states to its end.
func play(t *testing.T, states, input string, invoke InvokerFunc) (ended Execution, path []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, filepath.Join(t.TempDir(), "db"), machine(t, states), invoke)
		r.start(input)
		ended = r.wait()
		path = r.states("x")
	})
	return ended, path
}

// machine parses a machine whose first state is A.
func machine(t *testing.T, states string) *Machine {
	t.Helper()
	m, err := Parse([]byte(`{"StartAt":"A","States":{`+states+`}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// taskState is a Task state with further fields.
func taskState(name, more string) string {
	return fmt.Sprintf(`%q:{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke",
		"Parameters":{"FunctionName":"f","Payload.$":"$"},%s}`, name, more)
}

func tokenState(name, more string) string {
	return fmt.Sprintf(`%q:{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken",
		"Parameters":{"FunctionName":"f","Payload":{"token.$":"$$.Task.Token","n.$":"$$.State.RetryCount"}},%s}`, name, more)
}

// script replies to invocations one after the other and notes their payloads.
type script struct {
	mu       sync.Mutex
	payloads []string
	answers  []any // a string is an answer, an error a failure, a func() is called first
}

func (s *script) invoke(_ context.Context, _ string, payload []byte) ([]byte, error) {
	s.mu.Lock()
	s.payloads = append(s.payloads, string(payload))
	if len(s.answers) == 0 {
		s.mu.Unlock()
		return []byte(`"no answer is scripted"`), nil
	}
	answer := s.answers[0]
	s.answers = s.answers[1:]
	s.mu.Unlock()
	switch a := answer.(type) {
	case error:
		return nil, a
	case func() string:
		return []byte(a()), nil
	}
	return []byte(answer.(string)), nil
}

// all are the payloads so far.
func (s *script) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.payloads)
}

func (s *script) calls() int { return len(s.all()) }

// token is the task token in the n-th payload.
func (s *script) token(t *testing.T, n int) string {
	t.Helper()
	all := s.all()
	if n >= len(all) {
		t.Fatalf("there were %d invocations, not more than %d", len(all), n)
	}
	var payload struct{ Token string }
	if err := json.Unmarshal([]byte(all[n]), &payload); err != nil || payload.Token == "" {
		t.Fatalf("payload %s has no token (%v)", all[n], err)
	}
	return payload.Token
}

// echo replies with its payload.
func echo(_ context.Context, _ string, payload []byte) ([]byte, error) { return payload, nil }

// stuck replies only when the engine closes.
func stuck(ctx context.Context, _ string, _ []byte) ([]byte, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func named(name string) error { return &FunctionError{Name: name, Cause: "because"} }
