package client_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"davit/client"
)

const (
	atWork  = `{"runId":"x","status":"RUNNING"}`
	done    = `{"runId":"x","status":"SUCCEEDED"}`
	expired = `{"message":"The security token included in the request is expired"}`
)

func TestWait_CredentialsExpireMeanwhile_AreRenewed(t *testing.T) {
	for name, refusal := range map[string]response{
		"IAM": {403, expired, nil}, "a plain 403": {403, `{"message":"Forbidden"}`, nil}, "JWT": {401, `{"message":"Unauthorized"}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, []response{{200, atWork, nil}, refusal, refusal, {200, done, nil}}, func(t *testing.T, c *client.Client, s *server) {
				signed := 0
				c.Sign = func(context.Context, *http.Request, []byte) error { signed++; return nil }
				r, err := c.Wait(t.Context(), "x", nil)
				if err != nil || r.Status != client.Succeeded {
					t.Fatalf("got %v and %v, want that it succeeded", r, err)
				}
				if signed != len(s.asked) {
					t.Errorf("signed %d of %d tries, want each", signed, len(s.asked))
				}
			})
		})
	}
}

func TestWait_NotAllowedFromTheBeginning_EndsAtOnce(t *testing.T) {
	play(t, []response{{403, `{"message":"Forbidden"}`, nil}}, func(t *testing.T, c *client.Client, s *server) {
		_, err := c.Wait(t.Context(), "x", nil)
		var p *client.Problem
		if !errors.As(err, &p) || p.Status != http.StatusForbidden {
			t.Errorf("got %v, want the 403", err)
		}
		if len(s.asked) != 1 {
			t.Errorf("got %d requests, want 1", len(s.asked))
		}
	})
}

func TestWait_NoLongerAllowed_EndsWithinPatience(t *testing.T) {
	play(t, []response{{200, atWork, nil}, {}, {}, {}, {}, {}, {}, {}, {}, {403, `{"message":"Forbidden"}`, nil}}, func(t *testing.T, c *client.Client, _ *server) {
		begun := time.Now()
		_, err := c.Wait(t.Context(), "x", nil)
		var p *client.Problem
		if !errors.As(err, &p) || p.Status != http.StatusForbidden {
			t.Errorf("got %v, want the 403", err)
		}
		if took := time.Since(begun); took < client.DefaultPatience || took > 3*client.DefaultPatience {
			t.Errorf("took %v, want about the patience, counted from the first 403", took)
		}
	})
}

// signIn fails as an SSO without a network does, between two times.
func signIn(from, to time.Duration) func(context.Context, *http.Request, []byte) error {
	begun := time.Now()
	return func(context.Context, *http.Request, []byte) error {
		if at := time.Since(begun); at >= from && at < to {
			return &net.DNSError{Err: "no such host", Name: "oidc.example"}
		}
		return nil
	}
}

func TestWait_NoNetworkToRenewCredentials_IsWaitedOut(t *testing.T) {
	play(t, []response{{200, atWork, nil}}, func(t *testing.T, c *client.Client, s *server) {
		c.Sign = signIn(time.Minute, time.Hour)
		time.AfterFunc(2*time.Hour, func() {
			s.mu.Lock()
			s.answers = []response{{200, done, nil}}
			s.mu.Unlock()
		})
		if r, err := c.Wait(t.Context(), "x", nil); err != nil || r.Status != client.Succeeded {
			t.Errorf("got %v and %v, want that it succeeded", r, err)
		}
	})
}

func TestWait_NoCredentialsAtAll_EndsAtOnce(t *testing.T) {
	play(t, []response{{200, atWork, nil}}, func(t *testing.T, c *client.Client, s *server) {
		c.Sign = signIn(0, time.Hour)
		begun := time.Now()
		if _, err := c.Wait(t.Context(), "x", nil); err == nil {
			t.Error("got no error, want one")
		}
		if took := time.Since(begun); took != 0 || len(s.asked) != 0 {
			t.Errorf("took %v and %d requests, want none", took, len(s.asked))
		}
	})
}

func TestWait_CredentialsThatCannotBeRenewed_EndIt(t *testing.T) {
	play(t, []response{{200, atWork, nil}}, func(t *testing.T, c *client.Client, _ *server) {
		gone := errors.New("the SSO session has expired")
		n := 0
		c.Sign = func(context.Context, *http.Request, []byte) error {
			if n++; n > 3 {
				return gone
			}
			return nil
		}
		if _, err := c.Wait(t.Context(), "x", nil); !errors.Is(err, gone) {
			t.Errorf("got %v, want %v", err, gone)
		}
	})
}

func TestWait_AnotherServerAnswers_IsAnError(t *testing.T) {
	play(t, []response{{200, atWork, nil}, {200, `{"status":"ok"}`, nil}}, func(t *testing.T, c *client.Client, _ *server) {
		if _, err := c.Wait(t.Context(), "x", nil); !errors.Is(err, client.ErrNotDavit) {
			t.Errorf("got %v, want %v", err, client.ErrNotDavit)
		}
	})
}

func TestWait_OfAnHour_AsksEveryFewSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{answers: []response{{200, atWork, nil}}}
		time.AfterFunc(time.Hour, func() {
			s.mu.Lock()
			s.answers = []response{{200, done, nil}}
			s.mu.Unlock()
		})
		c := &client.Client{URL: "http://davit.example", HTTP: &http.Client{Transport: s}}
		if _, err := c.Wait(t.Context(), "x", nil); err != nil {
			t.Fatal(err)
		}
		if n := len(s.asked); n < 700 || n > 760 {
			t.Errorf("got %d requests in an hour, want one each 5 s", n)
		}
	})
}

func TestGet_Redirect_IsNotFollowed(t *testing.T) {
	play(t, []response{{301, "", map[string]string{"Location": "https://elsewhere.example/"}}}, func(t *testing.T, c *client.Client, s *server) {
		_, err := c.Get(t.Context(), "x")
		if err == nil || err.Error() != "301 Moved Permanently: it redirects to https://elsewhere.example/" {
			t.Errorf("got %v, want where it leads", err)
		}
		if len(s.asked) != 1 {
			t.Errorf("got %d requests, want 1", len(s.asked))
		}
	})
}
