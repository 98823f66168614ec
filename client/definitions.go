package client

import (
	"context"
	"encoding/json"
	"net/http"
)

// Register registers a task definition, a RegisterTaskDefinition input, and returns the answer: {"taskDefinition": …, "tags": …}. The same content again is the revision that
// is there already, so a request without an answer is repeated.
func (c *Client) Register(ctx context.Context, definition []byte) (json.RawMessage, error) {
	a, err := c.do(ctx, request{method: http.MethodPost, path: "/task-definitions", body: definition})
	return a.body, err
}
