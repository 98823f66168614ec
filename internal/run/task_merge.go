package run

import (
	"bytes"
	"encoding/json"
	"time"

	"davit/internal/jsontree"
)

// source is what a description of a task comes from.
type source int

const (
	fromECS   source = iota // an API answer: complete, but for the tags of a task that stops
	fromEvent               // a task state change event: lacks tags, health and the like
)

// description is a task as ECS described it once, and the fields of it that decide.
type description struct {
	raw   json.RawMessage
	state TaskState
}

func readDescription(raw json.RawMessage) description { return description{raw, readState(raw)} }

// merge takes a description in and reports whether that changed anything. What an event lacks is kept, and so are tags, which ECS
// deletes with the stop (SP-06); a stopped task stays stopped. An answer that is older than what is known, as a launch call's may be
// when the task's event was faster, only adds what is lacking.
func (t *Task) merge(d description, from source, now time.Time) bool {
	next, known := &d.state, t.State()
	stale := next.Version < known.Version || (known.stopped() && !next.stopped())
	if from == fromECS || !stale {
		t.SeenAt = now
	}
	switch {
	case stale && from == fromEvent:
		return false
	case stale:
		return t.set(mergeJSON{}.merge(t.Raw, d.raw), t.Lost)
	case from == fromEvent:
		return t.set(mergeJSON{newer: next.Version > known.Version}.merge(t.Raw, d.raw), false)
	default:
		return t.set(t.withKnownTags(d), false)
	}
}

func (t *Task) set(raw json.RawMessage, lost bool) bool {
	if lost == t.Lost && bytes.Equal(raw, t.Raw) {
		return false
	}
	t.Raw, t.state, t.Lost = raw, nil, lost
	return true
}

// withKnownTags returns a description with the tags that were seen before, where it shows none because the task stops or because the answer is one without
// tags. Of a task that goes on ECS's answer counts: its tags may have been removed.
func (t *Task) withKnownTags(d description) json.RawMessage {
	next, known := &d.state, t.State().Tags
	goes := t.Stop != nil || next.DesiredStatus == desiredStopped || next.stopped()
	if len(known) == 0 || len(next.Tags) > 0 || (next.Tags != nil && !goes) {
		return d.raw
	}
	return jsontree.SetMembers(d.raw, map[string]any{"tags": known})
}

// asDescribed returns an event's detail with the one member renamed that DescribeTasks names otherwise.
func asDescribed(detail json.RawMessage) json.RawMessage {
	var task struct {
		Attachments []map[string]json.RawMessage `json:"attachments"`
	}
	if json.Unmarshal(detail, &task) != nil {
		return detail
	}
	changed := false
	for _, a := range task.Attachments {
		if string(a["type"]) == `"eni"` {
			a["type"], changed = json.RawMessage(`"ElasticNetworkInterface"`), true
		}
	}
	if !changed {
		return detail
	}
	return jsontree.SetMembers(detail, map[string]any{"attachments": task.Attachments})
}
