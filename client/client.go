package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// DefaultPatience is for how long requests without an answer are repeated.
const DefaultPatience = time.Minute

// maxAnswer bounds an answer, in bytes. A run is at most some 300 KB.
const maxAnswer = 16 << 20

// Client calls one Davit. Its fields must not change once it is used; its methods may be called at the same time.
type Client struct {
	// URL is where the API is: http://127.0.0.1:3000 for local mode, the output ApiUrl of a stack.
	URL string
	// HTTP makes the requests. Nil is a client whose requests take 35 s at most, longer than the API's own limit.
	HTTP *http.Client
	// Sign adds what says who asks, to each try anew. Nil adds nothing.
	Sign func(ctx context.Context, r *http.Request, body []byte) error
	// Patience is for how long a request is repeated that got no answer, 429 or 5xx. 0 is DefaultPatience; less than 0 is not at all.
	Patience time.Duration
	// UserAgent is sent with each request; empty is Go's.
	UserAgent string
}

var defaultHTTP = &http.Client{Timeout: 35 * time.Second}

// request is one call of the API.
type request struct {
	method, path string
	query        url.Values
	body         []byte
	headers      map[string]string
	patience     time.Duration // 0 is the client's
}

// answer is a success. body is nil where the answer is as before.
type answer struct {
	header http.Header
	body   []byte
	// lost is set, also beside an error, where an earlier try may have been carried out: it had no answer, or that of a server that failed.
	lost bool
}

// do makes a request until it is answered for good. Errors: a *Problem, the last error where nobody answers, and ctx's.
func (c *Client) do(ctx context.Context, q request) (answer, error) {
	patience := q.patience
	if patience == 0 {
		patience = c.patience()
	}
	begun, lost := time.Now(), false
	for n := 0; ; n++ {
		a, after, err := c.try(ctx, q)
		a.lost = lost
		var p *Problem
		if err == nil || ctx.Err() != nil || errors.As(err, &p) && !p.temporary() || errors.Is(err, errRequest) {
			return a, err
		}
		pause := max(after, backoff(n))
		if time.Since(begun)+pause > patience {
			return a, err
		}
		if err := sleep(ctx, pause); err != nil {
			return a, err
		}
		lost = lost || mayBeCarriedOut(p)
	}
}

// mayBeCarriedOut reports whether a try with that problem, nil for none, may have been carried out all the same.
func mayBeCarriedOut(p *Problem) bool {
	return p == nil || p.Status >= http.StatusInternalServerError && p.Type != notRecorded
}

func (c *Client) patience() time.Duration {
	if c.Patience == 0 {
		return DefaultPatience
	}
	return c.Patience
}

// errRequest marks requests that cannot be made at all.
var errRequest = errors.New("the request cannot be made")

// try makes a request once. after is for how long the server asks to wait before the next.
func (c *Client) try(ctx context.Context, q request) (a answer, after time.Duration, err error) {
	r, err := c.newRequest(ctx, q)
	if err != nil {
		return a, 0, err
	}
	client := c.HTTP
	if client == nil {
		client = defaultHTTP
	}
	resp, err := client.Do(r)
	if err != nil {
		return a, 0, err
	}
	defer func() { _ = resp.Body.Close() }() // read to its end
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return a, 0, err
	}
	if resp.StatusCode == http.StatusNotModified && q.headers["If-None-Match"] != "" {
		return answer{header: resp.Header}, 0, nil
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		return a, retryAfter(resp.Header), problemOf(resp.StatusCode, body)
	}
	return answer{header: resp.Header, body: body}, 0, nil
}

func (c *Client) newRequest(ctx context.Context, q request) (*http.Request, error) {
	target := strings.TrimSuffix(c.URL, "/") + q.path
	if len(q.query) > 0 {
		target += "?" + q.query.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, q.method, target, bytes.NewReader(q.body))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errRequest, err)
	}
	r.Header.Set("Accept", "application/json")
	if q.body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.UserAgent != "" {
		r.Header.Set("User-Agent", c.UserAgent)
	}
	for name, value := range q.headers {
		r.Header.Set(name, value)
	}
	if c.Sign != nil {
		if err := c.Sign(ctx, r, q.body); err != nil {
			return nil, fmt.Errorf("%w: %w", errRequest, err)
		}
	}
	return r, nil
}

func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(min(seconds, 60)) * time.Second
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

func decode(body []byte, into any) error {
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("the answer is no answer of Davit's API: %w", err)
	}
	return nil
}
