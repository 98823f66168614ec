package asl

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

const tokenFlow = `"Catch":[{"ErrorEquals":["States.HeartbeatTimeout"],"Next":"Late"},{"ErrorEquals":["States.Timeout"],"Next":"Out"},{"ErrorEquals":["States.TaskFailed"],"ResultPath":"$.err","Next":"Bad"}],"Next":"Good"`
const tokenEnds = `,"Good":{"Type":"Succeed"},"Late":{"Type":"Succeed"},"Out":{"Type":"Succeed"},"Bad":{"Type":"Succeed"}`

// tokenRig runs a token task with those fields up to where it waits.
func tokenRig(t *testing.T, fields, input string, s *script) *fixture {
	t.Helper()
	r := newRig(t, filepath.Join(t.TempDir(), "db"), machine(t, tokenState("A", fields+tokenFlow)+tokenEnds), s.invoke)
	r.start(input)
	return r
}

func (r *fixture) expect(last string, after time.Duration) Execution {
	r.t.Helper()
	ended := r.wait()
	path := r.states("x")
	if got := path[len(path)-1]; got != last || ended.Stopped.Sub(ended.Started) != after {
		r.t.Errorf("ended in %s (%s) after %v, want %s after %v", got, ended.Error, ended.Stopped.Sub(ended.Started), last, after)
	}
	return ended
}

func TestTokenSuccess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []any{`"ignored"`}}
		r := tokenRig(t, "", `{}`, s)
		time.Sleep(time.Hour)
		r.must(r.SendTaskSuccess(t.Context(), s.token(t, 0), []byte(`{"done": 1}`)))
		if ended := r.expect("Good", time.Hour); string(ended.Output) != `{"done":1}` {
			t.Errorf("output %s", ended.Output)
		}
		want := []string{"ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded",
			"TaskStateExited", "SucceedStateEntered", "SucceedStateExited", "ExecutionSucceeded"}
		if got := r.kinds("x"); !slices.Equal(got, want) {
			t.Errorf("history %v", got)
		}
	})
}

func TestTokenFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{}
		r := tokenRig(t, "", `{}`, s)
		r.must(r.SendTaskFailure(t.Context(), s.token(t, 0), "Mine", "so"))
		if ended := r.expect("Bad", 0); string(ended.Output) != `{"err":{"Cause":"so","Error":"Mine"}}` {
			t.Errorf("output %s", ended.Output)
		}
	})
}

func TestTokenTaskWhoseFunctionFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []any{named("E"), `null`}}
		r := tokenRig(t, `"Retry":[{"ErrorEquals":["E"]}],`, `{}`, s)
		time.Sleep(2 * time.Second)
		if s.calls() != 2 || s.token(t, 0) == s.token(t, 1) {
			t.Fatalf("the second attempt must have another token; calls: %d", s.calls())
		}
		if err := r.SendTaskSuccess(t.Context(), s.token(t, 0), []byte(`1`)); !errors.Is(err, ErrTaskTimedOut) {
			t.Errorf("the first token: %v", err)
		}
		r.must(r.SendTaskSuccess(t.Context(), s.token(t, 1), []byte(`{}`)))
		r.expect("Good", 2*time.Second)
	})
}

func TestTokenAnsweredWhileTheFunctionRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r *fixture
		seen := make(chan string, 1)
		r = newRig(t, filepath.Join(t.TempDir(), "db"), machine(t, tokenState("A", tokenFlow)+tokenEnds),
			func(ctx context.Context, _ string, payload []byte) ([]byte, error) {
				s := &script{payloads: []string{string(payload)}}
				token := s.token(t, 0)
				if err := r.SendTaskSuccess(ctx, token, []byte(`{"early":true}`)); err != nil {
					t.Error(err)
				}
				time.Sleep(time.Minute)
				seen <- token
				return nil, named("TooLate")
			})
		r.start(`{}`)
		if ended := r.expect("Good", 0); string(ended.Output) != `{"early":true}` {
			t.Errorf("output %s", ended.Output)
		}
		if err := r.SendTaskSuccess(t.Context(), <-seen, []byte(`1`)); !errors.Is(err, ErrTaskTimedOut) {
			t.Errorf("a second answer: %v", err)
		}
		synctest.Wait()
		if slices.Contains(r.kinds("x"), TaskFailed) {
			t.Error("the function's late failure was recorded")
		}
	})
}

func TestTokenErrors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{}
		r := tokenRig(t, `"TimeoutSeconds":10,`, `{}`, s)
		token := s.token(t, 0)
		for _, text := range []string{"", "x", "????", token[:len(token)-2], "A" + token[1:], token + "AAAA"} {
			if text == token {
				continue
			}
			if err := r.SendTaskSuccess(t.Context(), text, []byte(`1`)); !errors.Is(err, ErrTaskDoesNotExist) {
				t.Errorf("token %q: %v", text, err)
			}
		}
		for _, output := range []string{"", "{", "1 2", `"` + string(slices.Repeat([]byte("x"), maxData)) + `"`} {
			if err := r.SendTaskSuccess(t.Context(), token, []byte(output)); !errors.Is(err, ErrInvalidOutput) {
				t.Errorf("output of %d bytes: %v", len(output), err)
			}
		}
		canceled, cancel := context.WithCancel(t.Context())
		cancel()
		if err := r.SendTaskSuccess(canceled, token, []byte(`1`)); !errors.Is(err, context.Canceled) {
			t.Errorf("with an ended context: %v", err)
		}
		r.expect("Out", 10*time.Second)
		for name, err := range map[string]error{
			"success":   r.SendTaskSuccess(t.Context(), token, []byte(`1`)),
			"failure":   r.SendTaskFailure(t.Context(), token, "E", ""),
			"heartbeat": r.SendTaskHeartbeat(t.Context(), token),
		} {
			if !errors.Is(err, ErrTaskTimedOut) {
				t.Errorf("%s after the time-out: %v", name, err)
			}
		}
	})
}

func TestHeartbeat(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, fields, input string
		runs                time.Duration // of the function
		beats               []time.Duration
		last                string
		after               time.Duration
	}{
		{"missed from the start", `"HeartbeatSeconds":10,`, `{}`, 0, nil, "Late", 10 * time.Second},
		{"not while the function runs", `"HeartbeatSeconds":10,`, `{}`, time.Minute, nil, "Late", 70 * time.Second},
		{"sent, then missed", `"HeartbeatSeconds":10,`, `{}`, 0, []time.Duration{9 * time.Second, 18 * time.Second}, "Late", 28 * time.Second},
		{"does not put the time-out off", `"HeartbeatSeconds":10,"TimeoutSeconds":15,`, `{}`, 0, []time.Duration{9 * time.Second}, "Out", 15 * time.Second},
		{"by path", `"HeartbeatSecondsPath":"$.h","TimeoutSecondsPath":"$.t",`, `{"h":3,"t":4}`, 0, nil, "Late", 3 * time.Second},
		{"without HeartbeatSeconds", `"TimeoutSeconds":15,`, `{}`, 0, []time.Duration{9 * time.Second}, "Out", 15 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: []any{func() string { time.Sleep(c.runs); return "1" }}}
				r := tokenRig(t, c.fields, c.input, s)
				began := time.Now()
				for _, beat := range c.beats {
					time.Sleep(time.Until(began.Add(beat)))
					r.must(r.SendTaskHeartbeat(t.Context(), s.token(t, 0)))
				}
				r.expect(c.last, c.after)
			})
		})
	}
}

func TestTaskTimeout(t *testing.T) {
	t.Parallel()
	out := `,"Out":{"Type":"Succeed"}`
	caught := `,"Catch":[{"ErrorEquals":["States.Timeout"],"Next":"Out"}],"End":true`
	for _, c := range []struct {
		name, states, input string
		status              Status
		err                 string
		after               time.Duration
		calls               int
	}{
		{"uncaught", taskState("A", `"TimeoutSeconds":5,"End":true`), `{}`, Failed, errTimeout, 5 * time.Second, 1},
		{"caught", taskState("A", `"TimeoutSeconds":5`+caught) + out, `{}`, Succeeded, "", 5 * time.Second, 1},
		{"by path", taskState("A", `"TimeoutSecondsPath":"$.t"`+caught) + out, `{"t":7}`, Succeeded, "", 7 * time.Second, 1},
		{"by path after InputPath", taskState("A", `"InputPath":"$.i","TimeoutSecondsPath":"$.t"`+caught) + out, `{"i":{"t":7}}`, Succeeded, "", 7 * time.Second, 1},
		{"path to zero", taskState("A", `"TimeoutSecondsPath":"$.t","End":true`), `{"t":0}`, Failed, errRuntime, 0, 0},
		{"path to a fraction", taskState("A", `"TimeoutSecondsPath":"$.t","End":true`), `{"t":1.5}`, Failed, errRuntime, 0, 0},
		{"path to a string", taskState("A", `"TimeoutSecondsPath":"$.t","End":true`), `{"t":"1"}`, Failed, errRuntime, 0, 0},
		{"path to nothing", taskState("A", `"TimeoutSecondsPath":"$.t","End":true`), `{}`, Failed, errRuntime, 0, 0},
		{"heartbeat not below it", taskState("A", `"TimeoutSecondsPath":"$.t","HeartbeatSeconds":5,"End":true`), `{"t":5}`, Failed, errRuntime, 0, 0},
		{"each attempt has its own", taskState("A", `"TimeoutSeconds":5,"Retry":[{"ErrorEquals":["States.Timeout"],"IntervalSeconds":2,"MaxAttempts":2,"BackoffRate":1}],"End":true`), `{}`, Failed, errTimeout, 19 * time.Second, 3},
		{"States.TaskFailed does not retry it", taskState("A", `"TimeoutSeconds":5,"Retry":[{"ErrorEquals":["States.TaskFailed"]}],"End":true`), `{}`, Failed, errTimeout, 5 * time.Second, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &script{}
				r := newRig(t, filepath.Join(t.TempDir(), "db"), machine(t, c.states),
					func(ctx context.Context, name string, payload []byte) ([]byte, error) {
						_, _ = s.invoke(ctx, name, payload)
						return stuck(ctx, name, payload)
					})
				r.start(c.input)
				ended := r.wait()
				switch took := ended.Stopped.Sub(ended.Started); {
				case ended.Status != c.status:
					t.Errorf("ended.Status is %v, want %v", ended.Status, c.status)
				case ended.Error != c.err:
					t.Errorf("ended.Error is %v, want %v", ended.Error, c.err)
				case took != c.after:
					t.Errorf("took is %v, want %v", took, c.after)
				case s.calls() != c.calls:
					t.Error("s.calls() is not c.calls")
				}
			})
		})
	}
}

func TestLateAnswerOfATimedOutAttemptIsDropped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		late := func() string { time.Sleep(7 * time.Second); return `"late"` }
		prompt := func() string { time.Sleep(4 * time.Second); return `"prompt"` }
		s := &script{answers: []any{late, prompt}}
		m := machine(t, taskState("A", `"TimeoutSeconds":5,"OutputPath":"$.Payload","Retry":[{"ErrorEquals":["States.Timeout"]}],"End":true`))
		r := newRig(t, filepath.Join(t.TempDir(), "db"), m, s.invoke)
		r.start(`{}`)
		if ended := r.wait(); string(ended.Output) != `"prompt"` {
			t.Errorf("%s %s", ended.Status, ended.Output)
		}
	})
}

func TestRetryCountInTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []any{named("E"), named("E"), `1`}}
		r := tokenRig(t, `"Retry":[{"ErrorEquals":["E"]}],`, `{}`, s)
		time.Sleep(time.Minute)
		for n, payload := range s.all() {
			if want := fmt.Sprintf(`{"n":%d,"token":%q}`, n, s.token(t, n)); payload != want {
				t.Errorf("payload %d: %s", n, payload)
			}
		}
		r.must(r.SendTaskSuccess(t.Context(), s.token(t, 2), []byte(`1`)))
		r.expect("Good", time.Minute)
	})
}
