package client

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// NewKey returns an idempotency key that nobody else has.
func NewKey() string { return rand.Text() }

// Submit submits body, a RunTask or StartTask input with a policy, under an idempotency key; "" makes one. It repeats the request with the same key until the answer is
// known. Errors: a *Problem where the API refuses it and nothing was recorded, and an *UnknownError where patience or ctx ended first.
func (c *Client) Submit(ctx context.Context, body []byte, key string) (*Run, error) {
	return c.submit(ctx, "/runs", body, key)
}

// submit posts a body that makes a run.
func (c *Client) submit(ctx context.Context, path string, body []byte, key string) (*Run, error) {
	if key == "" {
		key = NewKey()
	}
	a, err := c.do(ctx, request{method: http.MethodPost, path: path, body: body, headers: map[string]string{"Idempotency-Key": key}})
	var r *Run
	if err == nil {
		r, err = readRun(a.body)
		a.unclear = true
	}
	switch {
	case err == nil:
		r.Replayed = a.header.Get("Idempotent-Replayed") == "true"
		return r, nil
	case a.nothingRecorded(err):
		return nil, err
	default:
		return nil, &UnknownError{key, err}
	}
}

// nothingRecorded reports whether it is certain that a submission that ended with err recorded nothing. Where an earlier try may have been carried out only Davit's own
// refusal of the body shows that, since the API answers a key that it knows with its run.
func (a answer) nothingRecorded(err error) bool {
	var p *Problem
	if errors.As(err, &p) && !p.temporary() && p.Type != inBetween && !isRefusal(err) {
		return true
	}
	return !a.lost && !a.unclear
}

// DryRun checks a submission, records nothing, and returns what would be recorded.
func (c *Client) DryRun(ctx context.Context, body []byte) (*Run, error) {
	a, err := c.do(ctx, request{method: http.MethodPost, path: "/runs", body: body, query: url.Values{"dryRun": {"true"}}})
	if err != nil {
		return nil, err
	}
	return readDryRun(a.body)
}

// Get returns a run.
func (c *Client) Get(ctx context.Context, id string) (*Run, error) {
	r, _, err := c.get(ctx, id, nil, nil, "")
	return r, err
}

// get returns a run and its ETag; before, which has the ETag tag, where that is what it is still.
func (c *Client) get(ctx context.Context, id string, w *waiting, before *Run, tag string) (*Run, string, error) {
	q := request{method: http.MethodGet, path: "/runs/" + url.PathEscape(id), waiting: w}
	if tag != "" {
		q.headers = map[string]string{"If-None-Match": tag}
	}
	a, err := c.do(ctx, q)
	if err != nil || a.body == nil {
		return before, tag, err
	}
	r, err := readRun(a.body)
	return r, a.header.Get("ETag"), err
}

// Stop orders a run to stop, or one task of it (its id or ARN; "" is all), and returns the run as it is then. A run that has ended stays as it is. reason is shown by
// ECS, at most 255 characters.
func (c *Client) Stop(ctx context.Context, id, task, reason string) (*Run, error) {
	a, err := c.do(ctx, request{method: http.MethodPost, path: "/runs/" + url.PathEscape(id) + "/stop", body: stopBody(task, reason)})
	if err != nil {
		return nil, err
	}
	return readRun(a.body)
}

func stopBody(task, reason string) []byte {
	body, err := json.Marshal(struct {
		Task   string `json:"task,omitempty"`
		Reason string `json:"reason,omitempty"`
	}{task, reason})
	if err != nil {
		panic(err) // texts are always encoded
	}
	return body
}

// The pauses between two looks of Wait.
const (
	firstLook = 300 * time.Millisecond
	lastLook  = 5 * time.Second
)

// Wait returns the run once its status is final. Meanwhile it calls each with the run whenever it has changed, unless each is nil. Failing networks and servers are waited out until ctx
// ends; a *Problem that does not pass, such as not-found, is returned. A 401 or 403 after an answer is repeated for the client's patience before it is returned: credentials may
// have expired meanwhile, and Client.Sign is called for each try.
func (c *Client) Wait(ctx context.Context, id string, each func(*Run)) (*Run, error) {
	pause, w := firstLook, &waiting{}
	var r, seen *Run
	var tag string
	for {
		var err error
		if r, tag, err = c.get(ctx, id, w, r, tag); err != nil {
			return nil, err
		}
		if each != nil && r != seen {
			each(r)
		}
		if seen = r; r.Status.Final() {
			return r, nil
		}
		if err := sleep(ctx, pause); err != nil {
			return r, err
		}
		pause = min(pause*5/4, lastLook)
	}
}

// readRun reads a run. What has no id is none.
func readRun(body []byte) (*Run, error) {
	r, err := readDryRun(body)
	if err == nil && r.ID == "" {
		return nil, fmt.Errorf("%w: it has no runId", ErrNotDavit)
	}
	return r, err
}

// readDryRun reads what a run would be.
func readDryRun(body []byte) (*Run, error) {
	r := &Run{JSON: body}
	if err := decode(body, r); err != nil {
		return nil, err
	}
	return r, nil
}
