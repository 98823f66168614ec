package target

import (
	"net/http"
	"sync"
	"time"
)

// MaxSkew is from which difference of the clocks on AWS refuses signatures.
const MaxSkew = 5 * time.Minute

// answers makes requests and keeps what Explain needs of the answers.
type answers struct {
	next http.RoundTripper

	mu      sync.Mutex
	skew    time.Duration
	dated   bool
	refused string // METHOD/path of the last request with an answer of 403
}

// RoundTrip makes a request.
func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := a.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil && resp.Header.Get("Age") == "" {
		a.skew, a.dated = now.Sub(date), true
	}
	if resp.StatusCode == http.StatusForbidden {
		a.refused = r.Method + r.URL.Path
	}
	return resp, nil
}

// Skew returns by how much this machine's clock is ahead of the server's, to a second; known is false before the first answer.
func (t *Target) Skew() (ahead time.Duration, known bool) {
	t.answers.mu.Lock()
	defer t.answers.mu.Unlock()
	return t.answers.skew.Truncate(time.Second), t.answers.dated
}

// lastRefused returns METHOD/path of the last request with an answer of 403, or "*".
func (t *Target) lastRefused() string {
	t.answers.mu.Lock()
	defer t.answers.mu.Unlock()
	return firstOf(t.answers.refused, "*")
}
