package taskdef

import (
	"context"
	"encoding/json"

	"davit/internal/jsontree"
)

// The statuses of a task definition's revision that decide here.
const (
	statusActive   = "ACTIVE"
	statusInactive = "INACTIVE"
	statusDeleting = "DELETE_IN_PROGRESS"
)

// Statuses are the statuses that a list of task definitions can be of; ECS lists one of them at a time, and the
// first where none is said.
func Statuses() []string {
	return []string{statusActive, statusInactive, statusDeleting}
}

// Definitions keeps task definitions; ECS, as the routes of /task-definitions need it. Every error is an *EngineError.
type Definitions interface {
	// Register makes a revision, with the input's tags. It makes the call once: another would make another revision (RD-20).
	Register(ctx context.Context, input json.RawMessage) (Definition, error)
	// Describe returns a revision of any status, and of a family its latest ACTIVE one. Unknown: there is none.
	Describe(ctx context.Context, name string) (Definition, error)
	// List returns ARNs by family and then by revision, both rising.
	List(ctx context.Context, q Query) (Page, error)
	// Deregister makes a revision INACTIVE; one that is INACTIVE stays so. The answer has no Tags. Unknown: there is none.
	Deregister(ctx context.Context, name string) (Definition, error)
}

// Definition is a revision of a family.
type Definition struct {
	Definition json.RawMessage // under ECS's field names, times RFC 3339
	Tags       []Tag           // ECS keeps them beside it
}

// Tag is a tag of an ECS resource.
type Tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Query filters ListTaskDefinitions.
type Query struct {
	Family string // a whole one; "" does not filter
	Status string
	Limit  int    // 1..100
	Token  string // the Next of the page before
}

// Page is a part of a list. Next "": nothing is left.
type Page struct {
	ARNs []string
	Next string
}

func (d Definition) active() bool {
	return jsontree.StringMember(d.Definition, "status") == statusActive
}

func (d Definition) tag(key string) string {
	for _, t := range d.Tags {
		if t.Key == key {
			return t.Value
		}
	}
	return ""
}
