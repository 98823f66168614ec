package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
)

// Rerun is what to change of a run that is run again. The zero Rerun changes nothing.
type Rerun struct {
	// Patch is a JSON Merge Patch (RFC 7396) of the body that the first run was submitted with.
	Patch json.RawMessage `json:"patch,omitempty"`
	// FailedOnly runs only the tasks that did not succeed.
	FailedOnly bool `json:"failedOnly,omitempty"`
	// Revision is latest, same, or "" for the server's default.
	Revision string `json:"revision,omitempty"`
}

// Rerun submits what a run was made of as a new run, under an idempotency key; "" makes one. It repeats the request as Submit does, with the same errors.
func (c *Client) Rerun(ctx context.Context, id string, r Rerun, key string) (*Run, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return c.submit(ctx, "/runs/"+url.PathEscape(id)+"/rerun", body, key)
}

// DryRerun checks a rerun, records nothing, and returns what would be recorded.
func (c *Client) DryRerun(ctx context.Context, id string, r Rerun) (*Run, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	a, err := c.do(ctx, request{method: http.MethodPost, path: "/runs/" + url.PathEscape(id) + "/rerun", body: body, query: url.Values{"dryRun": {"true"}}})
	if err != nil {
		return nil, err
	}
	return readDryRun(a.body)
}

// ByKey returns the caller's own run of an idempotency key, nil where there is none.
func (c *Client) ByKey(ctx context.Context, key string) (*Summary, error) {
	for s, err := range c.list(ctx, url.Values{"key": {key}}) {
		if err != nil {
			return nil, err
		}
		return &s, nil
	}
	return nil, nil
}

// IsNotFound reports whether err is the API's answer that there is no such run or definition, or none that the caller may see.
func IsNotFound(err error) bool {
	var p *Problem
	return errors.As(err, &p) && p.Status == http.StatusNotFound
}
