package target

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"davit/client"
	"davit/client/sigv4"
	verifier "davit/internal/sigv4"
)

// session stands for a sign-in whose credentials last an hour, as SSO's. Each retrieval has a key of its own.
type session struct {
	mu    sync.Mutex
	now   time.Time
	given int
	down  bool
}

func (s *session) time() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *session) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func (s *session) Retrieve(context.Context) (aws.Credentials, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return aws.Credentials{}, errors.New("nobody answers")
	}
	s.given++
	return aws.Credentials{AccessKeyID: fmt.Sprintf("KEY%d", s.given), SecretAccessKey: "secret", CanExpire: true, Expires: s.now.Add(time.Hour)}, nil
}

// key retrieves credentials and returns their access key, or the error's text.
func key(r *renewing) string {
	c, err := r.Retrieve(context.Background())
	if err != nil {
		return err.Error()
	}
	return c.AccessKeyID
}

func TestRenewing(t *testing.T) {
	s := &session{now: time.Unix(1e9, 0)}
	r := &renewing{source: s, now: s.time}
	for i, step := range []struct {
		pass time.Duration
		down bool
		want string
	}{
		{0, false, "KEY1"},
		{54 * time.Minute, false, "KEY1"},
		{time.Minute, true, "KEY1"},   // five minutes left, and nobody answers
		{time.Second, false, "KEY1"},  // asked a second ago
		{time.Minute, false, "KEY2"},  // renewed before the end
		{time.Hour - 1, true, "KEY2"}, // valid for a nanosecond
		{1, true, "nobody answers"},   // over
		{0, false, "KEY3"},
	} {
		s.pass(step.pass)
		s.down = step.down
		if got := key(r); got != step.want {
			t.Errorf("step %d: got %s, want %s", i, got, step.want)
		}
	}
}

// A run takes three hours; the server takes a key for an hour only.
func TestRenewing_InTheMiddleOfWait(t *testing.T) {
	s := &session{now: time.Now()}
	begun := s.time()
	used := map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		hour := int(s.time().Sub(begun)/time.Hour) + 1
		name, err := verifier.Verify(r, body, func(string) (string, bool) { return "secret", true }, time.Now())
		if err != nil {
			t.Errorf("signature: %v", err)
		}
		used[name] = true
		s.pass(58 * time.Minute)
		status := "RUNNING"
		if hour > 3 {
			status = "SUCCEEDED"
		}
		_, _ = io.WriteString(w, `{"runId":"abc","status":"`+status+`"}`)
	}))
	defer server.Close()
	c := &client.Client{URL: server.URL, Sign: sigv4.Sign(&renewing{source: s, now: s.time}, "eu-west-1")}
	run, err := c.Wait(t.Context(), "abc", nil)
	if err != nil || run.Status != client.Succeeded {
		t.Fatalf("got %+v, error %v, want a success", run, err)
	}
	if len(used) < 4 {
		t.Errorf("%d keys were used, want a new one an hour", len(used))
	}
}

func TestClockText(t *testing.T) {
	for ahead, want := range map[time.Duration]string{
		7*time.Minute + 12*time.Second: "7 min 12 s ahead of the server; requests are refused from 5 min on",
		-59 * time.Second:              "59 s behind the server; requests are refused from 5 min on",
	} {
		if got := ClockText(ahead); got != want {
			t.Errorf("%v: got %q, want %q", ahead, got, want)
		}
	}
}

func TestClaims(t *testing.T) {
	// {"sub":"ci","exp":1000000000}
	token := "e30." + "eyJzdWIiOiJjaSIsImV4cCI6MTAwMDAwMDAwMH0" + ".sig"
	subject, expires := claims(token)
	if subject != "ci" {
		t.Errorf("subject %q, want ci", subject)
	}
	if expires.Unix() != 1e9 {
		t.Errorf("expires %v, want 2001-09-09", expires)
	}
	for _, other := range []string{"", "opaque", "a.b.c", "a.!.c", "e30.e30.x"} {
		if subject, expires := claims(other); subject != "" || !expires.IsZero() {
			t.Errorf("%q: got %q, %v, want nothing", other, subject, expires)
		}
	}
}

func TestHostRegion(t *testing.T) {
	for host, want := range map[string]string{
		"a1b2.execute-api.eu-west-1.amazonaws.com":              "a1b2 eu-west-1",
		"a1b2.execute-api.cn-north-1.amazonaws.com.cn":          "a1b2 cn-north-1",
		"A1B2.EXECUTE-API.us-gov-west-1.AMAZONAWS.COM":          "a1b2 us-gov-west-1",
		"vpce-0a-1b.execute-api.eu-west-1.vpce.amazonaws.com":   "vpce-0a-1b eu-west-1",
		"a1b2.execute-api.eu-west-1.amazonaws.com.evil.example": "",
		"jobs.example.com":                        "",
		"a.b.execute-api.eu-west-1.amazonaws.com": "",
	} {
		api, region := hostRegion(host)
		if got := strings.TrimSpace(api + " " + region); got != want {
			t.Errorf("%s: got %q, want %q", host, got, want)
		}
	}
}
