package client

import (
	"context"
	"encoding/json"
	"net/http"
)

// Meta is what a Davit is, and what it can do.
type Meta struct {
	Version  string   `json:"version"`
	Commit   string   `json:"commit"` // "" where the build does not record it
	Region   string   `json:"region"` // local in local mode
	Prefix   string   `json:"prefix"` // what the startedBy of its tasks begins with
	Mode     string   `json:"mode"`   // aws or local
	Features Features `json:"features"`
	// JSON is the whole answer.
	JSON json.RawMessage `json:"-"`
}

// Features is what is switched on.
type Features struct {
	TaskEvents       bool   `json:"taskEvents"`       // the events of ECS wake runs; without them they are polled
	Logs             bool   `json:"logs"`             // output may be read
	DefinitionWrites bool   `json:"definitionWrites"` // callers may register and deregister task definitions
	ExecuteCommand   bool   `json:"executeCommand"`   // callers may ask for ECS Exec
	Authorization    string `json:"authorization"`    // IAM, JWT or NONE
	OwnerScope       string `json:"ownerScope"`       // role or session
	Visibility       string `json:"visibility"`       // stack or owner
}

// Meta returns what the Davit is. One older than this route answers 404.
func (c *Client) Meta(ctx context.Context) (*Meta, error) {
	a, err := c.do(ctx, request{method: http.MethodGet, path: "/meta"})
	if err != nil {
		return nil, err
	}
	m := &Meta{JSON: a.body}
	return m, decode(a.body, m)
}
