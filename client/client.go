package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"time"
)

// DefaultPatience is for how long requests without an answer are repeated.
const DefaultPatience = time.Minute

// Client calls one Davit. Its fields must not change once it is used; its methods may be called at the same time.
type Client struct {
	// URL is where the API is: http://127.0.0.1:3000 for local mode, the output ApiAddress of a stack.
	URL string
	// HTTP makes the requests. Nil is a client whose requests take 35 s at most, longer than the API's own limit. Redirects are not followed, because a signature names its host.
	HTTP *http.Client
	// Sign adds what says who asks. It is called for each try anew, so that credentials that expire while a client waits can be renewed. Nil adds nothing.
	Sign func(ctx context.Context, r *http.Request, body []byte) error
	// Patience is for how long a request is repeated that got no answer, 429 or 5xx. 0 is DefaultPatience; less than 0 is not at all.
	Patience time.Duration
	// UserAgent is sent with each request; empty is Go's.
	UserAgent string
}

// request is one call of the API.
type request struct {
	method, path string
	query        url.Values
	body         []byte
	headers      map[string]string
	waiting      *waiting // the Wait or Follow that it is a part of; nil for none
}

// waiting is a Wait or Follow. Its requests are repeated until they are answered.
type waiting struct {
	accepted bool // the server answered a request of it
}

// answer is a success. body is nil where the answer is as before.
type answer struct {
	header http.Header
	body   []byte
	after  time.Duration // how long the server asks to wait before the next try
	// lost is set, also beside an error, where an earlier try may have been carried out: it had no answer, or that of a server that failed. unclear is the same of the
	// last try.
	lost, unclear bool
}

// do makes a request until it is answered for good. Errors: a *Problem, the last error where nobody answers, and ctx's.
func (c *Client) do(ctx context.Context, q request) (answer, error) {
	if err := ctx.Err(); err != nil {
		return answer{}, fmt.Errorf("%w: %w", errRequest, err)
	}
	begun, lost := time.Now(), false
	var refused time.Time // since when nobody knows who asks
	for n := 0; ; n++ {
		a, err := c.try(ctx, q)
		a.lost = lost
		if err == nil || ctx.Err() != nil || !q.mayPass(err) {
			return a, err
		}
		since, patience := begun, c.patience()
		switch {
		case isRefusal(err):
			if refused.IsZero() {
				refused = time.Now()
			}
			since = refused
		case q.waiting != nil:
			refused, patience = time.Time{}, forEver
		}
		pause := max(a.after, backoff(n))
		if time.Since(since)+pause > patience {
			return a, err
		}
		if err := sleep(ctx, pause); err != nil {
			return a, err
		}
		lost = lost || a.unclear
	}
}

// forEver is the patience of Wait and Follow.
const forEver = 1<<63 - 1

// mayPass reports whether the same request may succeed later. While something is waited for that was allowed before, that holds for a refusal of who asks too, and for
// credentials that the network keeps from being renewed: those that expired meanwhile are others in the next try.
func (q request) mayPass(err error) bool {
	allowedBefore := q.waiting != nil && q.waiting.accepted
	var p *Problem
	if errors.As(err, &p) {
		return p.temporary() || allowedBefore && isRefusal(err)
	}
	var network net.Error
	if errors.Is(err, errRequest) {
		return allowedBefore && errors.As(err, &network)
	}
	return !errors.Is(err, ErrNotDavit)
}

// isRefusal reports whether err is about who asks.
func isRefusal(err error) bool {
	var p *Problem
	return errors.As(err, &p) && (p.Status == http.StatusUnauthorized || p.Status == http.StatusForbidden)
}

func (c *Client) patience() time.Duration {
	if c.Patience == 0 {
		return DefaultPatience
	}
	return c.Patience
}

// backoff is the pause after n+1 tries: from 0.25 s to 10 s, half of it jitter.
func backoff(n int) time.Duration {
	most := min(250*time.Millisecond<<min(n, 6), 10*time.Second)
	return most/2 + rand.N(most/2)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ErrNotDavit is the error of an answer that is a success, but none of Davit's API.
var ErrNotDavit = errors.New("the answer is no answer of Davit's API")

func decode(body []byte, into any) error {
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("%w: %w", ErrNotDavit, err)
	}
	return nil
}
