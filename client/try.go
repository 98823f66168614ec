package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// maxAnswer bounds an answer, in bytes. A run is at most some 300 KB, a page of output 1 MB.
const maxAnswer = 16 << 20

// errRequest marks requests that were not made at all.
var errRequest = errors.New("the request cannot be made")

// try makes a request once.
func (c *Client) try(ctx context.Context, q request) (answer, error) {
	var written atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaderField: func(string, []string) { written.Store(true) }}
	r, err := c.newRequest(httptrace.WithClientTrace(ctx, trace), q)
	if err != nil {
		return answer{}, err
	}
	resp, err := c.client().Do(r)
	if err != nil {
		return answer{unclear: written.Load() || !isDial(err)}, err
	}
	defer func() { _ = resp.Body.Close() }() // read to its end
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return answer{unclear: true}, err
	}
	if len(body) > maxAnswer {
		return answer{unclear: true}, fmt.Errorf("%w: it has over %d bytes", ErrNotDavit, maxAnswer)
	}
	return q.judge(resp, body)
}

// judge returns the answer that a response is.
func (q request) judge(resp *http.Response, body []byte) (answer, error) {
	a := answer{header: resp.Header, body: body}
	switch {
	case resp.StatusCode == http.StatusNotModified && q.headers["If-None-Match"] != "":
		a.body = nil
	case resp.StatusCode >= http.StatusMultipleChoices:
		p := problemOf(resp, body)
		return answer{after: retryAfter(resp.Header), unclear: p.mayBeCarriedOut()}, p
	}
	if q.waiting != nil {
		q.waiting.accepted = true
	}
	return a, nil
}

// isDial reports whether err is that no connection was made.
func isDial(err error) bool {
	var network *net.OpError
	return errors.As(err, &network) && network.Op == "dial"
}

var defaultHTTP = &http.Client{Timeout: 35 * time.Second, CheckRedirect: noRedirect}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func (c *Client) client() *http.Client {
	if c.HTTP == nil {
		return defaultHTTP
	}
	if c.HTTP.CheckRedirect != nil {
		return c.HTTP
	}
	still := *c.HTTP
	still.CheckRedirect = noRedirect
	return &still
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
