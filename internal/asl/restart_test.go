package asl

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestRestart kills the engine while an execution is pending, opens a copy of its file some time later,
// and asserts when and how the execution ends.
func TestRestart(t *testing.T) {
	t.Parallel()
	const hour, minute = time.Hour, time.Minute
	good := `,"Good":{"Type":"Succeed"}`
	hang := func() string { time.Sleep(100 * hour); return `"old"` }
	for _, c := range []struct {
		name, states  string
		before        []any // answers of the first life
		lives, down   time.Duration
		after         []any // answers of the second life
		calls         int   // in the second life
		status        Status
		result        string // output, or error
		end           time.Duration
		beforeRestart func(*fixture, *script)
		afterRestart  func(*fixture, *script)
	}{
		{name: "waiting", states: waitHour, lives: 20 * minute, down: 10 * minute, status: Succeeded, result: `{}`, end: hour},
		{name: "waiting, overdue", states: waitHour, lives: 20 * minute, down: 2 * hour, status: Succeeded, result: `{}`, end: 140 * minute},
		{name: "waiting, past the machine's deadline", states: `"A":{"Type":"Wait","Seconds":99999999,"End":true}`, lives: minute, down: oneYear,
			status: TimedOut, end: oneYear},
		{name: "invoking", states: taskState("A", `"OutputPath":"$.Payload","End":true`), before: []any{hang}, lives: minute, down: minute,
			after: []any{`"again"`}, calls: 1, status: Succeeded, result: `"again"`, end: 2 * minute},
		{name: "invoking, timed out meanwhile", states: taskState("A", `"TimeoutSeconds":90,"End":true`), before: []any{hang}, lives: minute, down: minute,
			status: Failed, result: errTimeout, end: 2 * minute},
		{name: "invoking, times out later", states: taskState("A", `"TimeoutSeconds":300,"End":true`), before: []any{hang}, lives: minute, down: minute,
			after: []any{hang}, calls: 1, status: Failed, result: errTimeout, end: 5 * minute},
		{name: "retrying", states: taskState("A", `"OutputPath":"$.Payload","Retry":[{"ErrorEquals":["E"],"IntervalSeconds":3600}],"End":true`),
			before: []any{named("E")}, lives: 20 * minute, down: minute, after: []any{`7`}, calls: 1, status: Succeeded, result: `7`, end: hour},
		{name: "retrying, counters are kept", states: taskState("A", `"Retry":[{"ErrorEquals":["E"],"IntervalSeconds":60,"BackoffRate":1,"MaxAttempts":2}],"End":true`),
			before: []any{named("E"), named("E")}, lives: 90 * time.Second, down: time.Second, after: []any{named("E")}, calls: 1,
			status: Failed, result: "E", end: 2 * minute},
		{name: "token, the function has returned", states: tokenState("A", `"Next":"Good"`) + good, lives: minute, down: minute,
			status: Succeeded, result: `"answered"`, end: 2 * minute,
			afterRestart: func(r *fixture, old *script) {
				r.must(r.SendTaskSuccess(r.t.Context(), old.token(r.t, 0), []byte(`"answered"`)))
			}},
		{name: "token, answered before Resume", states: tokenState("A", `"Next":"Good"`) + good, lives: minute, down: minute,
			status: Succeeded, result: `"answered"`, end: 2 * minute,
			beforeRestart: func(r *fixture, old *script) {
				r.must(r.SendTaskSuccess(r.t.Context(), old.token(r.t, 0), []byte(`"answered"`)))
			}},
		{name: "token, the heartbeat is due when it was", states: tokenState("A", `"HeartbeatSeconds":180,"End":true`), lives: minute, down: minute,
			status: Failed, result: errTimeout, end: 3 * minute},
		{name: "token, the function has not returned", states: tokenState("A", `"Next":"Good"`) + good, before: []any{hang}, lives: minute, down: minute,
			after: []any{`1`}, calls: 1, status: Succeeded, result: `"answered"`, end: 2 * minute,
			afterRestart: func(r *fixture, old *script) {
				r.must(r.SendTaskSuccess(r.t.Context(), old.token(r.t, 0), []byte(`"answered"`)))
			}},
		{name: "stopped before Resume", states: waitHour, lives: minute, down: minute, status: Aborted, result: "Mine", end: 2 * minute,
			beforeRestart: func(r *fixture, _ *script) { r.must(r.Stop(r.t.Context(), "x", "Mine", "")) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				old, fresh := &script{answers: c.before}, &script{answers: c.after}
				m := machine(t, c.states)
				first := newRig(t, filepath.Join(t.TempDir(), "db"), m, old.invoke)
				first.start(`{}`)
				time.Sleep(c.lives)
				copied := first.crash()
				go func() { _ = first.Close() }()
				time.Sleep(c.down)
				r := newRig(t, copied, m, fresh.invoke)
				if c.beforeRestart != nil {
					c.beforeRestart(r, old)
				}
				r.must(r.Resume())
				synctest.Wait()
				if c.afterRestart != nil {
					c.afterRestart(r, old)
				}
				ended := r.wait()
				got := string(ended.Output)
				if ended.Status != Succeeded {
					got = ended.Error
				}
				if end := ended.Stopped.Sub(ended.Started); ended.Status != c.status || got != c.result || end != c.end {
					t.Errorf("%s %s after %v; want %s %s after %v", ended.Status, got, end, c.status, c.result, c.end)
				}
				if fresh.calls() != c.calls {
					t.Errorf("the second life made %d calls, want %d", fresh.calls(), c.calls)
				}
				if c.calls > 0 && c.before != nil && c.afterRestart != nil && fresh.all()[0] != old.all()[0] {
					t.Errorf("the repeated invocation differs: %s, %s", old.all()[0], fresh.all()[0])
				}
			})
		})
	}
}

func TestCloseLeavesExecutionsOpen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "db")
		m := machine(t, taskState("A", `"OutputPath":"$.Payload","Retry":[{"ErrorEquals":["States.ALL"]}],"End":true`))
		first := newRig(t, path, m, stuck)
		first.start(`{"n":1}`)
		first.must(first.Close())
		first.must(first.Close())
		for name, err := range map[string]error{
			"Start":           first.Start(t.Context(), "y", nil),
			"SendTaskSuccess": first.SendTaskSuccess(t.Context(), "", []byte(`1`)),
			"Stop":            first.Stop(t.Context(), "x", "", ""),
			"Resume":          first.Resume(),
		} {
			if !errors.Is(err, ErrClosed) && (name != "SendTaskSuccess" || !errors.Is(err, ErrTaskDoesNotExist)) {
				t.Errorf("%s on a closed engine: %v", name, err)
			}
		}
		if _, err := first.Describe("x"); !errors.Is(err, ErrClosed) {
			t.Errorf("Describe on a closed engine: %v", err)
		}
		if _, err := first.List(""); !errors.Is(err, ErrClosed) {
			t.Errorf("List on a closed engine: %v", err)
		}
		r := newRig(t, path, m, echo)
		switch now := r.now(); {
		case now.Status != Running:
			t.Errorf("the cancelled function counts as failed: now.Status is %v, want %v", now.Status, Running)
		case now.At.RetryCount != 0:
			t.Errorf("the cancelled function counts as failed: now.At.RetryCount is %v, want 0", now.At.RetryCount)
		}
		r.must(r.Resume())
		if ended := r.wait(); string(ended.Output) != `{"n":1}` {
			t.Errorf("string(ended.Output) is %v, want `{\"n\":1}`", string(ended.Output))
		}
	})
}

func TestNothingHappensBeforeResume(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{}
		r := newRig(t, filepath.Join(t.TempDir(), "db"), machine(t, `"A":{"Type":"Wait","Seconds":1,"Next":"B"},`+taskState("B", `"End":true`)), s.invoke)
		r.must(r.Start(t.Context(), "x", nil))
		time.Sleep(time.Hour)
		if now := r.now(); now.At.State != "A" || s.calls() != 0 {
			t.Errorf("in state %s after %d calls", now.At.State, s.calls())
		}
		r.must(r.Resume())
		r.must(r.Resume())
		if ended := r.wait(); ended.Status != Succeeded || s.calls() != 1 {
			t.Errorf("%s after %d calls", ended.Status, s.calls())
		}
	})
}

func TestEndedIsToldUntilItIsTakenNoteOf(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "db")
		m := machine(t, `"A":{"Type":"Fail","Error":"E"}`)
		refuse := func(o *Options) {
			notified := o.Ended
			o.Ended = func(ctx context.Context, ended Execution) error {
				return errors.Join(notified(ctx, ended), errors.New("not now"))
			}
		}
		for restart, change := range []func(*Options){refuse, refuse, func(*Options) {}, refuse} {
			r := newRig(t, path, m, echo, change)
			if restart == 0 {
				r.must(r.Start(t.Context(), "x", nil))
			}
			r.must(r.Resume())
			synctest.Wait()
			if notified, want := len(r.ended), min(1, 3-restart); notified != want {
				t.Errorf("life %d: told %d times, want %d", restart, notified, want)
			}
			r.must(r.Close())
		}
	})
}

func TestEndedMayStartTheNextExecution(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r *fixture
		r = newRig(t, filepath.Join(t.TempDir(), "db"), machine(t, `"A":{"Type":"Fail","Error":"E"}`), echo, func(o *Options) {
			notified := o.Ended
			o.Ended = func(ctx context.Context, ended Execution) error {
				if len(ended.Name) < 5 {
					if err := r.Start(ctx, ended.Name+"x", nil); err != nil {
						return err
					}
				}
				return notified(ctx, ended)
			}
		})
		r.start(`{}`)
		if list, err := r.List(Failed); err != nil || len(list) != 5 {
			t.Errorf("%d executions (%v)", len(list), err)
		}
	})
}

func TestOpenExecutionsKeepTheirDefinition(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "db")
		first := newRig(t, path, machine(t, `"A":{"Type":"Wait","Seconds":60,"Next":"Old"},"Old":{"Type":"Succeed"}`), echo)
		first.start(`{}`)
		first.must(first.Close())
		r := newRig(t, path, machine(t, `"A":{"Type":"Pass","Next":"New"},"New":{"Type":"Succeed"}`), echo)
		r.must(r.Resume())
		r.must(r.Start(t.Context(), "y", nil))
		for range 2 {
			r.wait()
		}
		if x, y := strings.Join(r.states("x"), " "), strings.Join(r.states("y"), " "); x != "A Old" || y != "A New" {
			t.Errorf("x went %s, y went %s", x, y)
		}
	})
}

func TestADefinitionThatIsRefusedTodayFailsItsExecutions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "db")
		old := machine(t, tokenState("A", `"End":true`))
		old.definition = []byte(`{"StartAt":"A","States":{"A":{"Type":"Map"}}}`)
		s := &script{}
		first := newRig(t, path, old, s.invoke)
		first.start(`{}`)
		first.must(first.Close())
		r := newRig(t, path, machine(t, waitHour), echo)
		if err := r.SendTaskSuccess(t.Context(), s.token(t, 0), []byte(`1`)); !errors.Is(err, ErrTaskTimedOut) {
			t.Errorf("its token: %v", err)
		}
		r.must(r.Resume())
		if ended := r.wait(); ended.Error != errRuntime {
			t.Errorf("ended.Error is %v, want %v", ended.Error, errRuntime)
		}
	})
}

func TestOpenForgetsAfter90Days(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "db")
		m := machine(t, `"A":{"Type":"Wait","SecondsPath":"$.s","End":true}`)
		first := newRig(t, path, m, echo)
		first.must(first.Resume())
		for name, input := range map[string]string{"old": `{"s":0}`, "young": `{"s":86400}`, "open": `{"s":90000000}`} {
			first.must(first.Start(t.Context(), name, []byte(input)))
		}
		time.Sleep(25 * time.Hour)
		first.must(first.Close())
		time.Sleep(keptFor - 24*time.Hour - time.Minute)
		r := newRig(t, path, m, echo)
		if _, err := r.Describe("old"); !errors.Is(err, ErrExecutionDoesNotExist) {
			t.Errorf("old: %v", err)
		}
		for _, name := range []string{"young", "open"} {
			if got := r.kinds(name); len(got) == 0 {
				t.Errorf("%s has no history", name)
			}
		}
	})
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, filepath.Join(t.TempDir(), "db"), machine(t, waitHour), echo)
		full := r.opts
		if _, err := Open(full); err == nil || !strings.Contains(err.Error(), full.Path) {
			t.Errorf("a file that is in use: %v", err)
		}
		for name, change := range map[string]func(*Options){
			"no path":             func(o *Options) { o.Path = "" },
			"no machine":          func(o *Options) { o.Machine = nil },
			"no invoker":          func(o *Options) { o.Invoker = nil },
			"ARN of something":    func(o *Options) { o.ARN = "arn:aws:states:local:0:execution:a:b" },
			"ARN without a name":  func(o *Options) { o.ARN = "arn:aws:states:local:0:stateMachine:" },
			"folder not there":    func(o *Options) { o.Path += "/no/such/folder" },
			"folder, not a file":  func(o *Options) { o.Path = t.TempDir() },
			"ARN without a start": func(o *Options) { o.ARN = ":stateMachine:x" },
		} {
			opts := full
			change(&opts)
			if _, err := Open(opts); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
	})
}
