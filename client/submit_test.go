package client_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"davit/client"
)

// recorder is a transport: a server that records a run for each key, with faults.
type recorder struct {
	fault func() submission
	runs  map[string]bool // the keys of recorded runs
}

// submission is what happens to one.
type submission struct {
	name    string
	records bool // it reaches the record
	ends    bool // it is not repeated
	answer  func(key string) (*http.Response, error)
}

func (s *recorder) RoundTrip(r *http.Request) (*http.Response, error) {
	key := r.Header.Get("Idempotency-Key")
	f := s.fault()
	if f.records {
		s.runs[key] = true
	}
	return f.answer(key)
}

func status(code int, body string) func(string) (*http.Response, error) {
	return func(string) (*http.Response, error) { return answered(httptest.NewRecorder(), code, body), nil }
}

func cutOff(string) (*http.Response, error) {
	resp := answered(httptest.NewRecorder(), 202, "")
	resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(accepted[:20]), brokenReader{}))
	return resp, nil
}

func connection(err error) func(string) (*http.Response, error) {
	return func(string) (*http.Response, error) { return nil, err }
}

var (
	refusedDial = &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	errReset    = errors.New("connection reset by peer")
)

// submissions is all that may happen to a good one.
var submissions = []submission{
	{"accepted", true, true, status(202, accepted)},
	{"nobody listens", false, false, connection(refusedDial)},
	{"lost on its way", false, false, connection(errReset)},
	{"the answer is lost", true, false, connection(errReset)},
	{"the answer is cut off", true, false, cutOff},
	{"recorded, then failed", true, false, status(500, `{"type":"internal","title":"T"}`)},
	{"recorded, then too slow for the gateway", true, false, status(503, `{"message":"Service Unavailable"}`)},
	{"a proxy's 504", true, false, status(504, "<html></html>")},
	{"a proxy's 408", true, false, status(408, "")},
	{"a page in place of the answer", true, true, status(200, "<html>hello</html>")},
	{"nothing recorded", false, false, status(503, `{"type":"not-recorded","title":"T"}`)},
	{"throttled by the gateway", false, false, status(429, `{"message":"Too Many Requests"}`)},
	{"the credentials have expired", false, true, status(403, `{"message":"The security token included in the request is expired"}`)},
	{"no token", false, true, status(401, `{"message":"Unauthorized"}`)},
	{"a redirect", false, true, status(301, "")},
	{"a proxy knows nothing", false, true, status(404, "<html></html>")},
}

// attempts are the calls that make a run.
var attempts = map[string]func(ctx context.Context, c *client.Client, key string) (*client.Run, error){
	"Submit": func(ctx context.Context, c *client.Client, key string) (*client.Run, error) {
		return c.Submit(ctx, []byte(`{"taskDefinition":"job"}`), key)
	},
	"Rerun": func(ctx context.Context, c *client.Client, key string) (*client.Run, error) {
		return c.Rerun(ctx, "x", client.Rerun{Revision: "same"}, key)
	},
}

func TestSubmit_DrawnFaults_WhatIsReturnedIsTrue(t *testing.T) {
	for name, attempt := range attempts {
		for seed := range uint64(300) {
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 2))
				var happened []string
				s := &recorder{runs: map[string]bool{}}
				s.fault = func() submission {
					f := submissions[random.IntN(len(submissions))]
					if s.runs["k"] && f.name == "nothing recorded" {
						f = submissions[0] // a run that is recorded is answered
					}
					happened = append(happened, f.name)
					return f
				}
				_, err := attempt(t.Context(), &client.Client{URL: "http://davit.example", HTTP: &http.Client{Transport: s}}, "k")
				var unknown *client.UnknownError
				switch {
				case err == nil && !s.runs["k"]:
					t.Errorf("%s, seed %d: got a run, and none is recorded after %q", name, seed, happened)
				case err != nil && !errors.As(err, &unknown) && s.runs["k"]:
					t.Errorf("%s, seed %d: got %v, and a run is recorded after %q", name, seed, err, happened)
				case len(s.runs) > 1:
					t.Errorf("%s, seed %d: got the keys %v, want one", name, seed, s.runs)
				}
			})
		}
	}
}

func TestSubmit_EachFault_ThenAccepted(t *testing.T) {
	for _, f := range submissions {
		t.Run(f.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := 0
				s := &recorder{runs: map[string]bool{}}
				s.fault = func() submission {
					if n++; n == 1 {
						return f
					}
					return submissions[0]
				}
				_, err := attempts["Submit"](t.Context(), &client.Client{URL: "http://davit.example", HTTP: &http.Client{Transport: s}}, "k")
				if repeated := n > 1; repeated == f.ends {
					t.Errorf("got %d requests, want that it is repeated: %v", n, !f.ends)
				}
				if !f.ends && err != nil {
					t.Errorf("got %v, want a run", err)
				}
			})
		})
	}
}

func TestSubmit_NobodyListens_NothingIsRecorded(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close() // so that its address refuses connections
	c := &client.Client{URL: "http://" + listener.Addr().String(), Patience: -1}
	_, err = c.Submit(t.Context(), []byte(`{}`), "k")
	var unknown *client.UnknownError
	if err == nil || errors.As(err, &unknown) {
		t.Errorf("got %v, want the error of the connection: nothing was sent", err)
	}
}

// The transport repeats what a connection that was kept took without an answer: the last error is that nobody listens, and the run may be recorded.
func TestSubmit_TheServerDiesBeforeItsAnswer_ItIsNotKnown(t *testing.T) {
	var s *httptest.Server
	var posted atomic.Bool
	s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			_, _ = io.WriteString(w, accepted)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		posted.Store(true)
		_ = s.Listener.Close()
		panic(http.ErrAbortHandler)
	}))
	defer s.Close()
	c := &client.Client{URL: s.URL, Patience: -1, HTTP: s.Client()}
	if _, err := c.Get(t.Context(), "x"); err != nil { // so that a connection is kept
		t.Fatal(err)
	}
	_, err := c.Submit(t.Context(), []byte(`{}`), "k")
	var unknown *client.UnknownError
	if !posted.Load() || !errors.As(err, &unknown) {
		t.Errorf("got %v (sent: %v), want an UnknownError", err, posted.Load())
	}
}

func TestSubmit_ContextEndedBefore_NothingIsSent(t *testing.T) {
	play(t, []response{{202, accepted, nil}}, func(t *testing.T, c *client.Client, s *server) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := c.Submit(ctx, []byte(`{}`), "k")
		var unknown *client.UnknownError
		if errors.As(err, &unknown) || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want that it was cancelled and nothing was recorded", err)
		}
		if len(s.asked) != 0 {
			t.Errorf("got %d requests, want none", len(s.asked))
		}
	})
}

func TestSubmit_ContextEndsMeanwhile_ItIsNotKnown(t *testing.T) {
	play(t, []response{{}}, func(t *testing.T, c *client.Client, _ *server) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		_, err := c.Submit(ctx, []byte(`{}`), "k")
		var unknown *client.UnknownError
		if !errors.As(err, &unknown) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want an UnknownError because of the deadline", err)
		}
	})
}

func TestRerun_IsSentAsItIsSaid(t *testing.T) {
	play(t, []response{{202, accepted, map[string]string{"Idempotent-Replayed": "true"}}}, func(t *testing.T, c *client.Client, s *server) {
		r, err := c.Rerun(t.Context(), "a/b", client.Rerun{Patch: []byte(`{"count": 2}`), FailedOnly: true}, "key")
		if err != nil {
			t.Fatal(err)
		}
		if !r.Replayed {
			t.Error("got a new run, want the one of the key")
		}
		if got, want := s.asked[0].URL.EscapedPath()+" "+s.bodies[0], `/runs/a%2Fb/rerun {"patch":{"count":2},"failedOnly":true}`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestRerun_ValuesNeeded_AreNamed(t *testing.T) {
	body := `{"type":"values-needed","title":"T","status":422,"errors":[{"field":"/overrides/containerOverrides/0/environment/1/value","rule":"DV-29","detail":"TOKEN of worker"}]}`
	play(t, []response{{422, body, nil}}, func(t *testing.T, c *client.Client, _ *server) {
		_, err := c.Rerun(t.Context(), "x", client.Rerun{}, "")
		var p *client.Problem
		if !errors.As(err, &p) || len(p.Errors) != 1 || p.Errors[0].Detail != "TOKEN of worker" {
			t.Errorf("got %v, want the value that is needed", err)
		}
	})
}

func TestDryRerun_RecordsNothing(t *testing.T) {
	play(t, []response{{200, `{"policy":{}}`, nil}}, func(t *testing.T, c *client.Client, s *server) {
		if _, err := c.DryRerun(t.Context(), "x", client.Rerun{}); err != nil {
			t.Fatal(err)
		}
		if got, want := s.asked[0].URL.RequestURI(), "/runs/x/rerun?dryRun=true"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}
