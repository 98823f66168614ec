package run

import (
	"fmt"
	"time"
)

// What the events of Davit's own are, on EventBridge and in local mode.
const (
	EventSource       = "davit"
	EventStatusChange = "Davit Run Status Change"
	EventDidNotRun    = "Davit Schedule Did Not Run"
)

// StatusChange is the detail of a `Davit Run Status Change` event. It holds nothing of the request: neither command nor environment.
// Fields are only ever added.
type StatusChange struct {
	Version   string `json:"version"`  // of this shape
	EventID   string `json:"eventId"`  // the same however often the event is sent: runId.born.sequence
	Sequence  int64  `json:"sequence"` // the record's version: orders a run's events; other writes leave gaps
	RunID     string `json:"runId"`
	From      string `json:"from,omitempty"` // absent for a new run
	To        string `json:"to"`
	Class     string `json:"class,omitempty"` // why it did not succeed
	Family    string `json:"family,omitempty"`
	Group     string `json:"group,omitempty"`
	StartedBy string `json:"startedBy,omitempty"` // the caller's
	CreatedAt string `json:"createdAt,omitempty"`
	ChangedAt string `json:"changedAt,omitempty"` // to the second
}

// statusChangeVersion is StatusChange's shape.
const statusChangeVersion = "1"

// Identify fills in what follows from the other fields and from the record's born. A zero at leaves ChangedAt out.
func (c *StatusChange) Identify(incarnation string, at time.Time) {
	c.Version = statusChangeVersion
	c.EventID = fmt.Sprintf("%s.%s.%d", c.RunID, incarnation, c.Sequence)
	if !at.IsZero() {
		c.ChangedAt = at.UTC().Truncate(time.Second).Format(time.RFC3339)
	}
}
