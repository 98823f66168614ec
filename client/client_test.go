package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"davit/client"
	"davit/internal/run"
)

// server is a transport with scripted answers, the last one for ever. It keeps what it was asked.
type server struct {
	mu      sync.Mutex
	answers []response
	asked   []*http.Request
	bodies  []string
}

type response struct {
	status int // 0: the connection breaks
	body   string
	header map[string]string
}

// RoundTrip makes the server a transport, so that tests run in virtual time.
func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	s.asked, s.bodies = append(s.asked, r), append(s.bodies, string(body))
	a := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	if a.status == 0 {
		return nil, errors.New("connection reset by peer")
	}
	w := httptest.NewRecorder()
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.status)
	_, _ = w.WriteString(a.body)
	return w.Result(), nil
}

// play runs test with a client of a server in virtual time.
func play(t *testing.T, answers []response, test func(t *testing.T, c *client.Client, s *server)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &server{answers: answers}
		test(t, &client.Client{URL: "http://davit.example/", HTTP: &http.Client{Transport: s}}, s)
	})
}

const accepted = `{"runId":"k7dq2mrxw3h5nfa6yzj4tbcevu","status":"SUBMITTED","createdAt":"2026-11-30T02:00:00.123Z"}`

func problem(status int, kind string) response {
	return response{status, `{"type":"` + kind + `","title":"T","detail":"d"}`, nil}
}

func TestSubmit_NoAnswer_IsRepeatedWithTheSameKey(t *testing.T) {
	play(t, []response{{}, problem(503, "unavailable"), problem(429, "throttled"), {202, accepted, map[string]string{"Idempotent-Replayed": "true"}}},
		func(t *testing.T, c *client.Client, s *server) {
			r, err := c.Submit(t.Context(), []byte(`{"taskDefinition":"job"}`), "")
			if err != nil {
				t.Fatal(err)
			}
			if r.ID != "k7dq2mrxw3h5nfa6yzj4tbcevu" || !r.Replayed {
				t.Errorf("run %q, replayed %v", r.ID, r.Replayed)
			}
			keys := map[string]bool{}
			for _, q := range s.asked {
				keys[q.Header.Get("Idempotency-Key")] = true
			}
			if len(s.asked) != 4 || len(keys) != 1 || keys[""] {
				t.Errorf("%d requests with the keys %v, want 4 with one", len(s.asked), keys)
			}
		})
}

func TestSubmit_Refused_IsNotRepeated(t *testing.T) {
	body := `{"type":"invalid-request","title":"The request breaks one or more rules","errors":[{"field":"/count","rule":"RT-03","detail":"11 given; allowed: 1 to 10"}]}`
	play(t, []response{{400, body, nil}}, func(t *testing.T, c *client.Client, s *server) {
		_, err := c.Submit(t.Context(), []byte(`{}`), "key")
		var p *client.Problem
		if !errors.As(err, &p) || p.Status != 400 || p.Type != "invalid-request" {
			t.Fatalf("error %v, want a problem of status 400", err)
		}
		if want := "/count  RT-03  11 given; allowed: 1 to 10"; !strings.Contains(err.Error(), want) {
			t.Errorf("got %q, want %q in it", err, want)
		}
		if len(s.asked) != 1 {
			t.Errorf("%d requests, want 1", len(s.asked))
		}
	})
}

func TestSubmit_NobodyAnswers_ItIsNotKnown(t *testing.T) {
	play(t, []response{{}}, func(t *testing.T, c *client.Client, s *server) {
		begun := time.Now()
		_, err := c.Submit(t.Context(), []byte(`{}`), "key-1")
		var unknown *client.UnknownError
		if !errors.As(err, &unknown) || unknown.Key != "key-1" {
			t.Fatalf("error %v, want an UnknownError with the key", err)
		}
		if took := time.Since(begun); took > client.DefaultPatience || len(s.asked) < 8 {
			t.Errorf("%d requests in %v, want some in a minute", len(s.asked), took)
		}
	})
}

func TestSubmit_NothingWasRecorded_IsKnown(t *testing.T) {
	play(t, []response{problem(503, "not-recorded")}, func(t *testing.T, c *client.Client, _ *server) {
		_, err := c.Submit(t.Context(), []byte(`{}`), "")
		var unknown *client.UnknownError
		if errors.As(err, &unknown) || err == nil {
			t.Errorf("error %v, want a problem: it is known that nothing was recorded", err)
		}
	})
}

func TestDo_RetryAfter_IsWaitedFor(t *testing.T) {
	play(t, []response{{503, "", map[string]string{"Retry-After": "20"}}, {200, accepted, nil}}, func(t *testing.T, c *client.Client, _ *server) {
		begun := time.Now()
		if _, err := c.Get(t.Context(), "x"); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took < 20*time.Second {
			t.Errorf("repeated after %v, want 20 s at least", took)
		}
	})
}

func TestGet_ContextEnds_IsItsError(t *testing.T) {
	play(t, []response{{}}, func(t *testing.T, c *client.Client, _ *server) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if _, err := c.Get(ctx, "x"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want that the deadline is exceeded", err)
		}
	})
}

func TestGet_AnswerOfAnotherServer_IsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		answer response
		want   string
	}{
		"a proxy's page":       {response{403, "<html>no</html>", nil}, "403 Forbidden"},
		"API Gateway's own":    {response{403, `{"message":"Missing Authentication Token"}`, nil}, "Missing Authentication Token"},
		"a page with a 200":    {response{200, "<html>hello</html>", nil}, "no answer of Davit's API"},
		"a problem of Davit's": {response{404, `{"type":"not-found","title":"There is no such thing here"}`, nil}, "There is no such thing here"},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, []response{c.answer}, func(t *testing.T, cl *client.Client, _ *server) {
				if _, err := cl.Get(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %v, want %q in it", err, c.want)
				}
			})
		})
	}
}

func TestWait_AnOutageOfAnHour_IsWaitedOut(t *testing.T) {
	play(t, []response{{}}, func(t *testing.T, c *client.Client, s *server) {
		time.AfterFunc(time.Hour, func() {
			s.mu.Lock()
			s.answers = []response{{200, `{"runId":"x","status":"RUNNING"}`, nil}, {200, `{"runId":"x","status":"FAILED","exitCode":3}`, nil}}
			s.mu.Unlock()
		})
		var seen []client.Status
		r, err := c.Wait(t.Context(), "x", func(r *client.Run) { seen = append(seen, r.Status) })
		if err != nil {
			t.Fatal(err)
		}
		if r.ExitCode == nil || *r.ExitCode != 3 || len(seen) != 2 {
			t.Errorf("ended %v after %v, want exit code 3 after two states", r.ExitCode, seen)
		}
	})
}

func TestRuns_Pages_AreFollowed(t *testing.T) {
	play(t, []response{
		{200, `{"runs":[{"runId":"a"},{"runId":"b"}],"nextCursor":"c1"}`, nil}, {200, `{"runs":[],"nextCursor":"c2"}`, nil}, {200, `{"runs":[{"runId":"c"}]}`, nil},
	}, func(t *testing.T, c *client.Client, s *server) {
		var ids []string
		for r, err := range c.Runs(t.Context(), client.Filter{Family: "job", Status: client.Failed}) {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, r.ID)
		}
		if got := strings.Join(ids, " "); got != "a b c" {
			t.Errorf("runs %q, want a b c", got)
		}
		if got, want := s.asked[2].URL.RawQuery, "cursor=c2&family=job&limit=100&status=FAILED"; got != want {
			t.Errorf("query %q, want %q", got, want)
		}
	})
}

func TestRuns_Error_IsYielded(t *testing.T) {
	play(t, []response{problem(401, "unauthenticated")}, func(t *testing.T, c *client.Client, _ *server) {
		n := 0
		for _, err := range c.Runs(t.Context(), client.Filter{}) {
			n++
			if err == nil {
				t.Error("no error, want one")
			}
		}
		if n != 1 {
			t.Errorf("%d items, want 1", n)
		}
	})
}

func TestStop_TaskAndReason_AreSent(t *testing.T) {
	play(t, []response{{202, accepted, nil}}, func(t *testing.T, c *client.Client, s *server) {
		if _, err := c.Stop(t.Context(), "abc", "t1", `not "needed"`); err != nil {
			t.Fatal(err)
		}
		if got, want := s.asked[0].URL.Path+" "+s.bodies[0], `/runs/abc/stop {"task":"t1","reason":"not \"needed\""}`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestWait_NothingChanged_AsksWithTheTag(t *testing.T) {
	tag := map[string]string{"ETag": `"v1"`}
	play(t, []response{{200, `{"runId":"x","status":"RUNNING"}`, tag}, {304, "", tag}, {304, "", tag}, {200, `{"runId":"x","status":"LOST"}`, nil}},
		func(t *testing.T, c *client.Client, s *server) {
			calls := 0
			r, err := c.Wait(t.Context(), "x", func(*client.Run) { calls++ })
			if err != nil || r.Status != client.Lost {
				t.Fatalf("%v, error %v, want LOST", r, err)
			}
			if calls != 2 {
				t.Errorf("each was called %d times, want 2", calls)
			}
			if got := s.asked[3].Header.Get("If-None-Match"); got != `"v1"` {
				t.Errorf("If-None-Match %q, want the last tag", got)
			}
		})
}

func TestSubmit_RefusedAfterAnAnswerWasLost_ItIsNotKnown(t *testing.T) {
	for name, last := range map[string]response{
		"credentials that expired meanwhile": {403, `{"message":"The security token included in the request is expired"}`, nil},
		"nobody knows who asks":              problem(401, "unauthenticated"),
		"this try recorded nothing":          problem(503, "not-recorded"),
	} {
		t.Run(name, func(t *testing.T) {
			play(t, []response{{}, last}, func(t *testing.T, c *client.Client, _ *server) {
				_, err := c.Submit(t.Context(), []byte(`{}`), "key")
				var unknown *client.UnknownError
				if !errors.As(err, &unknown) {
					t.Errorf("error %v, want an UnknownError: the first try may have been carried out", err)
				}
			})
		})
	}
	play(t, []response{{}, problem(400, "invalid-request")}, func(t *testing.T, c *client.Client, _ *server) {
		_, err := c.Submit(t.Context(), []byte(`{}`), "key")
		var unknown *client.UnknownError
		if errors.As(err, &unknown) {
			t.Errorf("error %v, want the problem: the API would have answered a run that is recorded", err)
		}
	})
}

func TestStatus_Final_IsTheDomains(t *testing.T) {
	for _, s := range run.Statuses() {
		if got := client.Status(s).Final(); got != s.Terminal() {
			t.Errorf("%s: final is %v, want %v", s, got, s.Terminal())
		}
	}
}
