package client_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"davit/client"
)

// collect reads events to their end.
func collect(t *testing.T, all iter.Seq2[client.LogEvent, error]) []client.LogEvent {
	t.Helper()
	var events []client.LogEvent
	for e, err := range all {
		if err != nil {
			t.Fatalf("after %d events: %v", len(events), err)
		}
		events = append(events, e)
	}
	return events
}

func TestFollow_WhatIsWrittenOverTime_IsReadToTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &output{lines: steady(100, 700*time.Millisecond), ends: 80 * time.Second, limit: 7}
		got := texts(collect(t, o.client().Follow(t.Context(), "x", client.LogQuery{})))
		if diff := cmp.Diff(o.written(), got); diff != "" {
			t.Errorf("output (-want +got):\n%s", diff)
		}
		if took := time.Since(o.begun); took < o.ends {
			t.Errorf("ended after %v, want %v at least: it is not complete before", took, o.ends)
		}
		if o.requests > 120 {
			t.Errorf("%d requests, want about one a second", o.requests)
		}
	})
}

func TestLogs_OfARunThatGoesOn_EndWithWhatIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &output{lines: append(steady(30, 0), line{after: time.Hour}), ends: 2 * time.Hour, limit: 7}
		got := collect(t, o.client().Logs(t.Context(), "x", client.LogQuery{}))
		if len(got) != 30 {
			t.Errorf("got %d events, want 30", len(got))
		}
		if took := time.Since(o.begun); took != 0 {
			t.Errorf("took %v, want that nothing is waited for", took)
		}
	})
}

// draw returns a server with several streams, whose clocks differ, and with faults.
func draw(random *rand.Rand) *output {
	o := &output{limit: 1 + random.IntN(9), ends: 5 * time.Minute}
	for s := range 1 + random.IntN(4) {
		skew := time.Duration(random.IntN(5000)) * time.Millisecond
		var at time.Duration
		for n := range 1 + random.IntN(60) {
			e := client.LogEvent{Attempt: 1, Task: fmt.Sprint(s), Container: "c", Text: fmt.Sprint(n % 3)}
			e.At = e.At.Add(skew)
			o.lines = append(o.lines, line{at, e})
			at += time.Duration(random.IntN(4)*random.IntN(1500)) * time.Millisecond // often at the same time
		}
	}
	slices.SortStableFunc(o.lines, func(a, b line) int { return int(a.after - b.after) })
	o.fault = func() fault {
		if o.requests == 1 {
			return none
		}
		if random.IntN(8) == 0 && o.epoch < 5 {
			o.epoch++ // another version of the server
		}
		return fault(max(0, random.IntN(int(faults)*3)-2*int(faults)))
	}
	return o
}

func TestFollow_DrawnFaults_NothingIsLostOrTwice(t *testing.T) {
	for seed := range uint64(60) {
		synctest.Test(t, func(t *testing.T) {
			o := draw(rand.New(rand.NewPCG(seed, 1)))
			got := texts(collect(t, o.client().Follow(t.Context(), "x", client.LogQuery{})))
			if diff := cmp.Diff(o.written(), got); diff != "" {
				t.Errorf("seed %d: output (-want +got):\n%s", seed, diff)
			}
			if !o.offered {
				t.Errorf("seed %d: ended before a page was complete", seed)
			}
		})
	}
}

func TestFollow_AnOutageOfAnHour_IsWaitedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &output{lines: steady(20, 4*time.Minute), ends: 80 * time.Minute}
		o.fault = func() fault {
			if since := time.Since(o.begun); since > 10*time.Minute && since < 70*time.Minute {
				return broken
			}
			return none
		}
		if got := collect(t, o.client().Follow(t.Context(), "x", client.LogQuery{})); len(got) != 20 {
			t.Errorf("got %d events, want 20", len(got))
		}
	})
}

func TestFollow_ContextEnds_IsItsError(t *testing.T) {
	for name, f := range map[string]fault{"while it waits for output": none, "while the server is away": broken} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				o := &output{ends: time.Hour, fault: func() fault { return f }}
				var last error
				for _, err := range o.client().Follow(ctx, "x", client.LogQuery{}) {
					last = err
				}
				if !errors.Is(last, context.DeadlineExceeded) {
					t.Errorf("got %v, want that the deadline is exceeded", last)
				}
			})
		})
	}
}

func TestFollow_EveryCursorRefused_EndsWithTheRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &output{lines: steady(3, 0), ends: time.Hour}
		o.fault = func() fault { o.epoch++; return none }
		var last error
		n := 0
		for _, err := range o.client().Follow(t.Context(), "x", client.LogQuery{}) {
			if last = err; err == nil {
				n++
			}
		}
		var p *client.Problem
		if !errors.As(last, &p) || p.Status != http.StatusBadRequest {
			t.Errorf("got %v, want the refusal", last)
		}
		if n != 3 {
			t.Errorf("got %d events, want 3", n)
		}
		if o.requests > 50 {
			t.Errorf("%d requests, want few", o.requests)
		}
	})
}

func TestFollow_ARefusedCursor_GoesOnFromTheLastEvent(t *testing.T) {
	play(t, []response{
		{200, `{"events":[{"at":"2026-11-29T12:00:00.100Z","task":"t","text":"a"}],"nextCursor":"1","complete":false}`, nil},
		{400, `{"type":"invalid-request","title":"T","errors":[{"field":"query:cursor"}]}`, nil},
		{200, `{"events":[{"at":"2026-11-29T12:00:00.100Z","task":"t","text":"a"},{"at":"2026-11-29T12:00:00.100Z","task":"t","text":"b"}],"complete":true}`, nil},
	}, func(t *testing.T, c *client.Client, s *server) {
		events := collect(t, c.Follow(t.Context(), "x", client.LogQuery{Tail: 10, Container: "c"}))
		if got := texts(events)["0/t/"]; got != "a b " {
			t.Errorf("got %q, want a b", got)
		}
		if got, want := s.asked[2].URL.RawQuery, "container=c&since=2026-11-29T12%3A00%3A00.1Z"; got != want {
			t.Errorf("got the query %q, want %q", got, want)
		}
	})
}

func TestFollow_ABadRequest_EndsAtOnce(t *testing.T) {
	play(t, []response{problem(400, "invalid-request")}, func(t *testing.T, c *client.Client, s *server) {
		for _, err := range c.Follow(t.Context(), "x", client.LogQuery{Since: "yesterday"}) {
			if err == nil {
				t.Error("got no error, want one")
			}
		}
		if len(s.asked) != 1 {
			t.Errorf("got %d requests, want 1", len(s.asked))
		}
	})
}

func TestFollow_APageThatBringsNothing_IsNotAskedForAtOnce(t *testing.T) {
	play(t, []response{{200, `{"events":[],"nextCursor":"1","complete":false}`, nil}}, func(t *testing.T, c *client.Client, s *server) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for _, err := range c.Follow(ctx, "x", client.LogQuery{}) {
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v, want that the deadline is exceeded", err)
			}
		}
		if len(s.asked) > 62 {
			t.Errorf("got %d requests in a minute, want one a second", len(s.asked))
		}
	})
}

func TestLogs_AnswersOfOthers_AreErrors(t *testing.T) {
	for name, body := range map[string]string{
		"a page":            `<html>hello</html>`,
		"another API":       `{"ok":true}`,
		"neither end is it": `{"events":[],"complete":false}`,
	} {
		t.Run(name, func(t *testing.T) {
			play(t, []response{{200, body, nil}}, func(t *testing.T, c *client.Client, _ *server) {
				for _, err := range c.Logs(t.Context(), "x", client.LogQuery{}) {
					if !errors.Is(err, client.ErrNotDavit) {
						t.Errorf("got %v, want %v", err, client.ErrNotDavit)
					}
				}
			})
		})
	}
}

func TestFollow_Unavailable_IsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &output{lines: steady(10, time.Second), ends: time.Minute, gone: []client.Unavailable{{Attempt: 1, Container: "a"}, {Attempt: 1, Container: "b"}}}
		var told []string
		collect(t, o.client().Follow(t.Context(), "x", client.LogQuery{Unavailable: func(u client.Unavailable) { told = append(told, u.Container) }}))
		if diff := cmp.Diff([]string{"a", "b"}, told); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

func TestLogs_BreakingOff_AsksNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &output{lines: steady(30, 0), ends: time.Hour, limit: 10}
		events := o.client().Logs(t.Context(), "x", client.LogQuery{})
		for range 2 { // and each reading begins anew
			n := 0
			for _, err := range events {
				if n++; n == 5 || err != nil {
					break
				}
			}
		}
		if o.requests != 2 {
			t.Errorf("got %d requests, want 2", o.requests)
		}
	})
}
