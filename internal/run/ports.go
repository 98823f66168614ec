package run

import (
	"context"
	"encoding/json"
	"time"
)

// Clock reads the time.
type Clock interface{ Now() time.Time }

// Store keeps the records. Every write is durable when it returns. A record past its Expires counts as
// absent in every method. Errors other than those named are an *Error with CodeThrottled or CodeUnavailable
// where repeating may help.
type Store interface {
	// Create writes r when no record of its ID exists and sets its Version to 1. Otherwise it answers the
	// existing record and created is false.
	Create(ctx context.Context, r *Run) (stored *Run, created bool, err error)
	// Get returns the record, or ErrNotFound. It reads what the last Update wrote.
	Get(ctx context.Context, id string) (*Run, error)
	// Update writes r if the stored Version is r.Version, and then sets r.Version one higher; otherwise
	// ErrConflict (ErrNotFound when it is gone) and r is as it was.
	Update(ctx context.Context, r *Run) error
	// List returns a page of records, newest first (CreatedAt, then ID, both falling); of a Query for open runs, oldest SweepAt first.
	// It is CodeUnavailable for an Origin while that index is being made.
	List(ctx context.Context, q Query) (Page, error)
	// Open returns records that the sweep must look at: SweepAt not zero and not after due, oldest SweepAt first.
	Open(ctx context.Context, due time.Time, limit int, after *OpenPosition) (OpenPage, error)
	// Lock returns the lock of an overlap key as the last PutLock left it. One that nobody holds is Empty, and may be of
	// Version 0. Locks are no records: none of the methods above knows them.
	Lock(ctx context.Context, key string) (*Lock, error)
	// PutLock writes l if the stored Version is l.Version, and then gives l the Version that it wrote; otherwise
	// ErrConflict and l is as it was. An Empty lock needs no keeping, but no later lock of its key may have a Version
	// that an earlier one had, as long as anyone may hold that for the present one.
	PutLock(ctx context.Context, l *Lock) error
}

// OpenPosition is a place in the open index.
type OpenPosition struct {
	SweepAt time.Time
	ID      string
}

// OpenPage is a part of the open index. Next nil: nothing is left.
type OpenPage struct {
	IDs  []string
	Next *OpenPosition
}

// Engine launches, describes and stops tasks; ECS, as the domain needs it. Every error is an *EngineError.
type Engine interface {
	// Launch makes the call once, without retries of its own: a retry inside could hide a lost first try.
	Launch(ctx context.Context, op Operation, input json.RawMessage) (Placement, error)
	// Describe reads tasks of one cluster, in as many calls of up to 100 as it takes.
	Describe(ctx context.Context, cluster string, arns []string) (Description, error)
	// List returns the ARNs of the tasks that match.
	List(ctx context.Context, q TaskQuery) ([]string, error)
	// Stop asks ECS to stop a task. It answers the task as ECS describes it then.
	Stop(ctx context.Context, cluster, arn, reason string) (json.RawMessage, error)
}

// Placement is a launch call's answer: both lists may be filled at once (RT-39).
type Placement struct {
	Tasks    []json.RawMessage // tasks under ECS's field names, times RFC 3339
	Failures []Failure
}

// Description is what ECS knows of tasks.
type Description struct {
	Tasks   []json.RawMessage
	Missing []string // ARNs with failure MISSING
}

// TaskQuery filters ListTasks.
type TaskQuery struct {
	Cluster   string
	StartedBy string
	Family    string // "" does not filter
	Stopped   bool   // desiredStatus STOPPED instead of RUNNING
}

// Catalog looks definitions and clusters up. Errors are *EngineError; something unknown is an *EngineError
// whose Unknown is true.
type Catalog interface {
	Definition(ctx context.Context, name string) (Definition, error)
	// Cluster returns nil when the cluster is there and ACTIVE. name "" is the default cluster.
	Cluster(ctx context.Context, name string) error
}

// EngineError is an ECS call that did not answer with success.
type EngineError struct {
	Operation   string
	Code        string   // ECS's error code, for example ClusterNotFoundException; "" without an answer
	Message     string   // ECS's words
	Unclear     bool     // it may have been carried out: a 5xx, a time-out, a lost reply
	Unknown     bool     // the definition, cluster or task is not there
	Truncated   bool     // more tasks match than are listed; what was listed is returned beside the error
	ResourceIDs []string // of a ConflictException
	Err         error
}

func (e *EngineError) Error() string {
	switch {
	case e.Code != "":
		return e.Operation + ": " + e.Code + ": " + e.Message
	case e.Err != nil:
		return e.Operation + ": " + e.Err.Error()
	default:
		return e.Operation + ": " + e.Message
	}
}

// Unwrap returns the cause.
func (e *EngineError) Unwrap() error { return e.Err }

// Workflow starts and wakes executions of the state machine.
type Workflow interface {
	// Start starts the execution that x names, on the machine with that ARN ("" is the configured one). The
	// same execution still open is success; a closed one of that name is ErrExecutionExists.
	Start(ctx context.Context, x Execution, machine string) error
	// Wake ends the wait for a task token. ErrTokenGone: nobody waits any more.
	Wake(ctx context.Context, token string, answer StepOutput) error
}

// Execution identifies one execution; it is also its whole input.
type Execution struct {
	RunID       string `json:"runId"`
	Incarnation string `json:"born"`
	Generation  int    `json:"generation"`
}

// StepInput is what the state machine hands to Launch and Observe.
type StepInput struct {
	Execution
	Machine string `json:"machine,omitempty"` // ARN of the running machine
	Token   string `json:"token,omitempty"`   // only where the state waits for it
	// WaitSeconds is after how long a state that waits for the token gives up.
	WaitSeconds int `json:"waitSeconds,omitempty"`
	// EnteredAt and RetryCount order the tries of states that wait for a token: when the state was entered, and which try of it this is. Executions of
	// definitions from before they were sent have neither.
	EnteredAt  time.Time `json:"enteredAt,omitzero"`
	RetryCount int       `json:"retryCount,omitempty"`
}

// StepOutput is what Launch and Observe answer, and what a wake-up carries.
type StepOutput struct {
	Execution
	Next        Step `json:"next"`
	WaitSeconds int  `json:"waitSeconds"` // 1..86400; for PAUSE and FOLLOW
}

// Step names what the state machine does next.
type Step string

// The steps that the definition's Route state knows; any other is observed again.
const (
	StepLaunch  Step = "LAUNCH"
	StepObserve Step = "OBSERVE"
	StepPause   Step = "PAUSE"
	StepFollow  Step = "FOLLOW"
	StepDone    Step = "DONE"
)
