package asl

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestDeployedDefinition walks the definition that is deployed, with answers of its two functions, and
// asserts the states entered.
func TestDeployedDefinition(t *testing.T) {
	t.Parallel()
	next := func(what string, wait int) string {
		return fmt.Sprintf(`{"runId":"r","born":"b","generation":1,"next":%q,"waitSeconds":%d}`, what, wait)
	}
	for _, c := range []struct {
		name    string
		answers []any // of both functions, in order
		path    string
		after   time.Duration
		err     string
	}{
		{"a time-out of Follow, a poll, the end",
			[]any{next("FOLLOW", 600), next("IGNORED", 0), next("PAUSE", 30), next("DONE", 0)},
			"Launch Route Follow Observe Route Pause Observe Route Done", 630 * time.Second, ""},
		{"launched again", []any{next("LAUNCH", 0), next("DONE", 0)}, "Launch Route Launch Route Done", 0, ""},
		{"what a later version says is observed again", []any{next("DANCE", 0), next("DONE", 0)}, "Launch Route Observe Route Done", 0, ""},
		{"a conflict is retried with jitter", []any{named("Davit.Conflict"), named("Davit.Throttled"), next("DONE", 0)}, "Launch Route Done", 1500 * time.Millisecond, ""},
		{"a bug is given up after five retries", slices.Repeat([]any{named("errorString")}, 6), "Launch Failed", 31 * time.Second, "Davit.CouldNotContinue"},
		{"Follow whose function fails", append([]any{next("FOLLOW", 600)}, slices.Repeat([]any{named("errorString")}, 6)...), "Launch Route Follow Failed", 31 * time.Second, "Davit.CouldNotContinue"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: c.answers}
				r := newRig(t, filepath.Join(t.TempDir(), "db"), deployed(t), s.invoke)
				r.start(`{"runId":"r","born":"b","generation":1}`)
				ended := r.wait()
				if got := strings.Join(r.states("x"), " "); got != c.path || ended.Error != c.err || ended.Stopped.Sub(ended.Started) != c.after {
					t.Errorf("%s after %v, error %q", got, ended.Stopped.Sub(ended.Started), ended.Error)
				}
				want := `{"born":"b","generation":1,"machine":"` + testARN + `","runId":"r"}`
				if got := s.all()[0]; got != want {
					t.Errorf("payload %s, want %s", got, want)
				}
			})
		})
	}
}

func TestDeployedDefinitionIsWokenByItsToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []any{`{"runId":"r","born":"b","generation":1,"next":"FOLLOW","waitSeconds":86400}`, `{}`}}
		r := newRig(t, filepath.Join(t.TempDir(), "db"), deployed(t), s.invoke)
		r.start(`{"runId":"r","born":"b","generation":1}`)
		time.Sleep(time.Hour)
		r.must(r.SendTaskSuccess(t.Context(), s.token(t, 1), []byte(`{"runId":"r","born":"b","generation":1,"next":"DONE"}`)))
		switch ended := r.wait(); {
		case ended.Status != Succeeded:
			t.Errorf("ended.Status is %v, want %v", ended.Status, Succeeded)
		case ended.Stopped.Sub(ended.Started) != time.Hour:
			t.Errorf("ended.Stopped.Sub(ended.Started) is %v, want %v", ended.Stopped.Sub(ended.Started), time.Hour)
		}
		if got := strings.Join(r.states("x"), " "); got != "Launch Route Follow Route Done" {
			t.Error(got)
		}
	})
}

// poller replies as a run that is polled does: Launch and then Observe, which ends with DONE.
func poller(turns int) InvokerFunc {
	done := 0
	return func(context.Context, string, []byte) ([]byte, error) {
		done++
		what := "PAUSE"
		if done > turns {
			what = "DONE"
		}
		return fmt.Appendf(nil, `{"runId":"abcdefghijklmnopqrstuvwxyz","born":"abcdefgh","generation":1,"next":%q,"waitSeconds":300}`, what), nil
	}
}

// TestLongRun drives a run of days of polls; a turn is a Wait, a Task and a Choice.
func TestLongRun(t *testing.T) {
	t.Parallel()
	const turns = 600
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, filepath.Join(t.TempDir(), "db"), deployed(t), poller(turns))
		r.start(`{"runId":"abcdefghijklmnopqrstuvwxyz","born":"abcdefgh","generation":1}`)
		ended := r.wait()
		if took := ended.Stopped.Sub(ended.Started); ended.Status != Succeeded || took != turns*300*time.Second {
			t.Errorf("%s %s after %v", ended.Status, ended.Error, took)
		}
		if path := r.states("x"); len(path) != 2+3*turns+1 {
			t.Errorf("%d states entered", len(path))
		}
	})
}

// BenchmarkTurn measures a turn of the deployed definition in virtual time, with files that are not synced.
func BenchmarkTurn(b *testing.B) {
	const each = 2000
	m := deployed(b)
	ended := make(chan Execution, 1)
	for done := 0; done < b.N; done += each {
		turns := min(each, b.N-done)
		e, err := Open(Options{Path: filepath.Join(b.TempDir(), "db"), Machine: m, ARN: testARN, Invoker: poller(turns),
			NoSync: true, Clock: &leaping{now: time.Unix(0, 0)},
			Ended: func(_ context.Context, x Execution) error { ended <- x; return nil }})
		if err != nil {
			b.Fatal(err)
		}
		if err := e.Resume(); err != nil {
			b.Fatal(err)
		}
		if err := e.Start(b.Context(), "x", []byte(`{"runId":"abcdefghijklmnopqrstuvwxyz","born":"abcdefgh","generation":1}`)); err != nil {
			b.Fatal(err)
		}
		if x := <-ended; x.Status != Succeeded {
			b.Fatal(x.Status, x.Error)
		}
		if err := e.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
