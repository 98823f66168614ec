// Package clusterquery is ECS's cluster query language: expressions that select container instances, as the placement constraint
// memberOf and the filter of ListContainerInstances take them.
//
// Where ECS's documentation is silent: a negated operator (!=, !in, !~) is true whenever its counterpart is false, so also for an
// instance that has no such attribute; a pattern must match the whole value; attributes are ordered as numbers if both sides are
// numbers, and as text otherwise.
package clusterquery

import (
	"fmt"
	"time"
	"unicode/utf8"
)

// Instance is what an expression asks about.
type Instance struct {
	AgentConnected bool
	// AgentVersion is dotted numbers, such as 1.14.5.
	AgentVersion  string
	EC2InstanceID string
	RegisteredAt  time.Time
	RunningTasks  int
	// Attributes are by name; one without a value is empty.
	Attributes map[string]string
	// Groups are those of the instance's tasks.
	Groups []string
}

// Query is an expression that can be asked of any number of instances. It is safe for concurrent use.
type Query struct{ root predicate }

type predicate func(*Instance) bool

// SyntaxError is what is wrong with an expression and where.
type SyntaxError struct {
	// Offset is in bytes, from 0.
	Offset int
	Reason string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("at character %d: %s", e.Offset+1, e.Reason) }

// maxLength is the most characters of an expression, as ECS has it.
const maxLength = 2000

// Parse reads an expression of at most 2,000 characters; every error is a *SyntaxError. Patterns are RE2's, which is Java's syntax
// without look-around and back references.
func Parse(text string) (*Query, error) {
	p := &parser{text: text}
	if n := utf8.RuneCountInString(text); n > maxLength {
		return nil, p.fault("an expression has at most 2000 characters, not %d", n)
	}
	root, err := p.any()
	if err != nil {
		return nil, err
	}
	if !p.ended() {
		return nil, p.fault("%q is not expected here", p.rest())
	}
	return &Query{root}, nil
}

// Matches reports whether the instance is one that the expression selects.
func (q *Query) Matches(i *Instance) bool { return q.root(i) }
