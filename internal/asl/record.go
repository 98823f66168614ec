package asl

import (
	"encoding/json"
	"time"
)

// Status is the status of an execution.
type Status string

// The statuses; all but Running are final.
const (
	Running   Status = "RUNNING"
	Succeeded Status = "SUCCEEDED"
	Failed    Status = "FAILED"
	TimedOut  Status = "TIMED_OUT"
	Aborted   Status = "ABORTED"
)

// record is an execution as it is kept on disk: all that is needed to go on after a restart.
type record struct {
	Name       string          `json:"name"`
	Definition string          `json:"definition"` // digest of the definition that it started with
	Status     Status          `json:"status"`
	Started    time.Time       `json:"started"`
	Stopped    time.Time       `json:"stopped,omitzero"`
	Deadline   time.Time       `json:"deadline"`
	Input      json.RawMessage `json:"input"`
	Output     json.RawMessage `json:"output,omitempty"`
	Error      string          `json:"error,omitempty"`
	Cause      string          `json:"cause,omitempty"`
	Events     int64           `json:"events"` // id of the last event of its history
	At         position        `json:"at,omitzero"`
}

type phase string

const (
	phaseWaiting  phase = "waiting"  // Wait: until Due
	phaseRetrying phase = "retrying" // Task: until Due, then the next attempt
	phaseInvoking phase = "invoking" // Task: the function has not returned
	phaseToken    phase = "token"    // Task: the function has returned, its token was not answered
)

// position is where an open execution stands. Its times are absolute.
type position struct {
	State            string          `json:"state"`
	Input            json.RawMessage `json:"input"`
	Entered          time.Time       `json:"entered"`
	EnteredEvent     int64           `json:"enteredEvent,omitempty"` // id of its StateEntered event; 0 where an earlier version entered it
	Phase            phase           `json:"phase,omitempty"`
	Due              time.Time       `json:"due,omitzero"`
	Retries          []int           `json:"retries,omitempty"` // uses of each retrier since the state was entered
	RetryCount       int             `json:"retryCount,omitempty"`
	Attempt          int64           `json:"attempt,omitempty"` // id of the attempt's TaskScheduled event
	Timeout          time.Time       `json:"timeout,omitzero"`
	Heartbeat        time.Time       `json:"heartbeat,omitzero"`
	HeartbeatSeconds int64           `json:"rhythm,omitempty"` // HeartbeatSeconds of the attempt; 0 is none
}

// due is the next time at which the execution needs attention.
func (r *record) due() time.Time {
	out := r.Deadline
	if at := r.At.due(); !at.IsZero() && at.Before(out) {
		out = at
	}
	return out
}

// due is when the state itself goes on or times out; zero when only an answer can move it.
func (p *position) due() time.Time {
	if p.Phase == phaseWaiting || p.Phase == phaseRetrying {
		return p.Due
	}
	if p.Heartbeat.IsZero() || !p.Timeout.IsZero() && p.Timeout.Before(p.Heartbeat) {
		return p.Timeout
	}
	return p.Heartbeat
}

// Execution is an execution as Describe and Options.Ended show it.
type Execution struct {
	Name       string
	ARN        string
	MachineARN string
	Status     Status
	State      string // that it is in; empty when it is closed
	Input      json.RawMessage
	Output     json.RawMessage // only of one that SUCCEEDED
	Error      string          // only of one that FAILED or was ABORTED; may be empty then
	Cause      string
	Started    time.Time
	Stopped    time.Time // zero while it is RUNNING
}

func (e *Engine) describe(rec *record) Execution {
	return Execution{
		Name: rec.Name, ARN: e.executionARN(rec.Name), MachineARN: e.opts.ARN,
		Status: rec.Status, State: rec.At.State,
		Input: rec.Input, Output: rec.Output, Error: rec.Error, Cause: rec.Cause,
		Started: rec.Started, Stopped: rec.Stopped,
	}
}
