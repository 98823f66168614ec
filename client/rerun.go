package client

import (
	"context"
	"encoding/json"
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
