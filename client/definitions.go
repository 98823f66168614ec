package client

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strconv"
)

// Register registers a task definition, a RegisterTaskDefinition input, and returns the answer: {"taskDefinition": …, "tags": …}. The same content again is the revision that
// is there already, so a request without an answer is repeated.
func (c *Client) Register(ctx context.Context, definition []byte) (json.RawMessage, error) {
	a, err := c.do(ctx, request{method: http.MethodPost, path: "/task-definitions", body: definition})
	return a.body, err
}

// DefinitionFilter narrows a list of task definitions.
type DefinitionFilter struct {
	FamilyPrefix string // in spite of ECS's name for it, a whole family
	Status       string // ACTIVE, INACTIVE or DELETE_IN_PROGRESS; "" is ACTIVE
}

// DefinitionSummary is a revision of a task definition as lists show it.
type DefinitionSummary struct {
	ARN      string `json:"taskDefinitionArn"`
	Family   string `json:"family"`
	Revision int    `json:"revision"`
	Status   string `json:"status"`
	// JSON is the entry as it came.
	JSON json.RawMessage `json:"-"`
}

// Name returns family:revision.
func (d DefinitionSummary) Name() string { return d.Family + ":" + strconv.Itoa(d.Revision) }

// Definitions yields the revisions of task definitions that the caller may know of, by family and revision. It ends with the first error.
func (c *Client) Definitions(ctx context.Context, f DefinitionFilter) iter.Seq2[DefinitionSummary, error] {
	query := url.Values{"limit": {strconv.Itoa(pageLimit)}}
	if f.FamilyPrefix != "" {
		query.Set("familyPrefix", f.FamilyPrefix)
	}
	if f.Status != "" {
		query.Set("status", f.Status)
	}
	read := func(raw json.RawMessage) (DefinitionSummary, error) {
		d := DefinitionSummary{JSON: raw}
		return d, decode(raw, &d)
	}
	return pages(ctx, c, "/task-definitions", "taskDefinitions", query, read)
}

// Definition describes a task definition, by family, family:revision or ARN, and returns the answer: {"taskDefinition": …, "tags": …}. Environment values are masked.
func (c *Client) Definition(ctx context.Context, name string) (json.RawMessage, error) {
	a, err := c.do(ctx, request{method: http.MethodGet, path: "/task-definitions/" + url.PathEscape(name)})
	return a.body, err
}

// Deregister makes a revision, family:revision or an ARN, INACTIVE. One that is so already is no error.
func (c *Client) Deregister(ctx context.Context, name string) (json.RawMessage, error) {
	a, err := c.do(ctx, request{method: http.MethodPost, path: "/task-definitions/" + url.PathEscape(name) + "/deregister"})
	return a.body, err
}
