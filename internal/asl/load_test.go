package asl

import (
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestInvocationsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var running, most atomic.Int32
		slow := func(context.Context, string, []byte) ([]byte, error) {
			if n := running.Add(1); n > most.Load() {
				most.Store(n)
			}
			time.Sleep(time.Second)
			running.Add(-1)
			return nil, nil
		}
		r := newRig(t, filepath.Join(t.TempDir(), "db"), machine(t, taskState("A", `"End":true`)), slow, func(o *Options) { o.Invocations = 3 })
		r.must(r.Resume())
		began := time.Now()
		for i := range 10 {
			r.must(r.Start(t.Context(), fmt.Sprint("x", i), nil))
		}
		for range 10 {
			r.wait()
		}
		if took := time.Since(began); took != 4*time.Second || most.Load() != 3 {
			t.Errorf("10 functions of a second took %v, %d at once", took, most.Load())
		}
	})
}

func TestAnAttemptThatTimesOutInTheQueueIsNotInvoked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []any{func() string { time.Sleep(time.Minute); return "1" }}}
		m := machine(t, taskState("A", `"TimeoutSeconds":30,"End":true`))
		r := newRig(t, filepath.Join(t.TempDir(), "db"), m, s.invoke, func(o *Options) { o.Invocations = 1 })
		r.start(`{}`)
		r.must(r.Start(t.Context(), "y", nil))
		for range 2 {
			if ended := r.wait(); ended.Error != errTimeout {
				t.Errorf("ended.Error is %v, want %v", ended.Error, errTimeout)
			}
		}
		time.Sleep(time.Hour)
		if s.calls() != 1 {
			t.Errorf("%d calls", s.calls())
		}
	})
}

// TestManyAtOnce runs on a file that is synced.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	const n = 400
	ended := make(chan Execution, n)
	m := machine(t, taskState("A", `"OutputPath":"$.Payload","Next":"B"`)+`,"B":{"Type":"Wait","Seconds":0,"Next":"C"},`+taskState("C", `"OutputPath":"$.Payload","End":true`))
	e, err := Open(Options{Path: filepath.Join(t.TempDir(), "db"), Machine: m, ARN: testARN, Invoker: InvokerFunc(echo),
		Ended: func(_ context.Context, x Execution) error { ended <- x; return nil }})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Resume(); err != nil {
		t.Fatal(err)
	}
	failures := make(chan error, n)
	for i := range n {
		go func() { failures <- e.Start(t.Context(), fmt.Sprint("x", i), fmt.Append(nil, i)) }()
	}
	for range n {
		if err := <-failures; err != nil {
			t.Fatal(err)
		}
	}
	for range n {
		switch x := <-ended; {
		case "x"+string(x.Output) != x.Name:
			t.Fatalf("\"x\" + string(x.Output) is %v, want %v", "x"+string(x.Output), x.Name)
		case x.Status != Succeeded:
			t.Fatalf("x.Status is %v, want %v", x.Status, Succeeded)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
}
