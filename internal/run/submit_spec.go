package run

import (
	"encoding/json"

	"davit/internal/jsontree"
)

// Violation is one broken rule of a request.
type Violation struct {
	Field  string `json:"field"`  // JSON pointer into the body, or "query:limit", "header:Idempotency-Key"
	Rule   string `json:"rule"`   // an ECS rule id such as RT-17, or DV-nn
	Detail string `json:"detail"` // what is wrong and what is allowed
}

// Operation is the ECS call that launches a run's tasks.
type Operation string

// The two ways to launch.
const (
	RunTask   Operation = "RunTask"
	StartTask Operation = "StartTask" // when containerInstances is present
)

// Submission is a parsed POST /runs body. The body is parsed once: defaults, pinning and checks work on its nodes.
type Submission struct {
	Operation      Operation
	Input          jsontree.Node   // the operation's input as given, without policy, clientToken and startedBy; of a doubled name the last
	Request        json.RawMessage // the caller's body as given, compact, without policy
	Policy         jsontree.Node   // null when absent
	ClientToken    string
	StartedBy      string
	Group          string
	TaskDefinition string
	Cluster        string
	Count          int      // RunTask: count, 1 when absent; StartTask: the number of container instances
	Instances      []string // StartTask only
	Canonical      []byte   // the body's value, member order, null members and clientToken aside: what tells a repetition from another request
	WithNulls      []byte   // the same with the null members
}

// Spec has ECS's rules for the inputs of its operations.
type Spec interface {
	// Parse parses a POST /runs body and returns every broken rule of it at once, except those about the policy's values
	// (DecodePolicy). With violations, what could be read of the Submission is still filled.
	Parse(body []byte) (Submission, []Violation)
	// Has reports whether an operation's input has a member of that name.
	Has(op Operation, member string) bool
	// CheckAgainst returns what does not fit the task definition in a launch input whose defaults are filled in; Field points into
	// the input.
	CheckAgainst(d *Definition, op Operation, input jsontree.Node) []Violation
}
