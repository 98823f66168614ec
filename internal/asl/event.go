package asl

import (
	"encoding/json"
	"time"
)

// Event is one event of an execution's history, with the type names of Step Functions.
type Event struct {
	ID         int64     `json:"id"`
	PreviousID int64     `json:"previousEventId"`
	Time       time.Time `json:"timestamp"`
	Type       string    `json:"type"`
	Details    Details   `json:"details,omitzero"`
}

// Details are the main details of an event; which are set depends on its type.
type Details struct {
	Name               string          `json:"name,omitempty"` // of a state
	Input              json.RawMessage `json:"input,omitempty"`
	Output             json.RawMessage `json:"output,omitempty"`
	ResourceType       string          `json:"resourceType,omitempty"`
	Resource           string          `json:"resource,omitempty"`
	Parameters         json.RawMessage `json:"parameters,omitempty"`
	TimeoutInSeconds   int64           `json:"timeoutInSeconds,omitempty"`
	HeartbeatInSeconds int64           `json:"heartbeatInSeconds,omitempty"`
	Error              string          `json:"error,omitempty"`
	Cause              string          `json:"cause,omitempty"`
}

// The types of events that do not depend on a state's type. The others are that type followed by
// StateEntered or StateExited.
const (
	ExecutionStarted   = "ExecutionStarted"
	ExecutionSucceeded = "ExecutionSucceeded"
	ExecutionFailed    = "ExecutionFailed"
	ExecutionTimedOut  = "ExecutionTimedOut"
	ExecutionAborted   = "ExecutionAborted"
	TaskScheduled      = "TaskScheduled"
	TaskStarted        = "TaskStarted"
	TaskSubmitted      = "TaskSubmitted"
	TaskSucceeded      = "TaskSucceeded"
	TaskFailed         = "TaskFailed"
	TaskTimedOut       = "TaskTimedOut"
)

// finalEvent is the event that closes an execution with that status.
func finalEvent(status Status) string {
	switch status {
	case Succeeded:
		return ExecutionSucceeded
	case TimedOut:
		return ExecutionTimedOut
	case Aborted:
		return ExecutionAborted
	}
	return ExecutionFailed
}

// precedes is the id of the event that led to the one with that id and type. Step Functions gives 0 for
// the first state and for what ends an execution from outside.
func precedes(id int64, kind string) int64 {
	if id <= 2 || kind == ExecutionTimedOut || kind == ExecutionAborted {
		return 0
	}
	return id - 1
}
