package run

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"
)

// source says where a description of a task comes from.
type source int

const (
	fromECS   source = iota // an API answer: complete, but for the tags of a task that stops
	fromEvent               // a task state change event: lacks tags, health and the like
)

// merge takes a description in and says whether that changed anything. What an event lacks is kept, and so are tags, which ECS
// deletes with the stop (SP-06); a stopped task stays stopped. An answer that is older than what is known, as a launch call's may be
// when the task's event was faster, only adds what is lacking.
func (t *Task) merge(raw json.RawMessage, from source, now time.Time) bool {
	next, known := readState(raw), t.State()
	stale := next.Version < known.Version || (known.stopped() && !next.stopped())
	if from == fromECS || !stale {
		t.SeenAt = now
	}
	switch {
	case stale && from == fromEvent:
		return false
	case stale:
		return t.set(overlay{}.value("", t.Raw, raw), t.Lost)
	case from == fromEvent:
		return t.set(overlay{newer: next.Version > known.Version}.value("", t.Raw, raw), false)
	default:
		return t.set(t.withKnownTags(raw, next), false)
	}
}

func (t *Task) set(raw json.RawMessage, lost bool) bool {
	if lost == t.Lost && bytes.Equal(raw, t.Raw) {
		return false
	}
	t.Raw, t.state, t.Lost = raw, nil, lost
	return true
}

// withKnownTags gives a description the tags that were seen before, if it shows none because the task stops or because the answer
// is one without tags. Of a task that is to go on, ECS's word counts: somebody may have taken its tags away.
func (t *Task) withKnownTags(raw json.RawMessage, next TaskState) json.RawMessage {
	goes := t.Stop != nil || next.DesiredStatus == desiredStopped || next.stopped()
	known := t.State().Tags
	if len(known) == 0 || len(next.Tags) > 0 || (next.Tags != nil && !goes) {
		return raw
	}
	return withMembers(raw, map[string]any{"tags": known})
}

// overlay lays one description over another, member by member, down into objects and into lists of things that have a name. What
// the upper one lacks is kept; unless it is newer it only adds.
type overlay struct{ newer bool }

// value lays b over a; name is the member, or the list, that they are in.
func (o overlay) value(name string, a, b json.RawMessage) json.RawMessage {
	switch {
	case isNull(a):
		return b
	case isNull(b) && !o.newer:
		return a
	case a[0] == '{' && b[0] == '{':
		return o.object(name, a, b)
	case a[0] == '[' && b[0] == '[':
		return o.list(name, a, b)
	default:
		return o.whole(a, b)
	}
}

func (o overlay) whole(a, b json.RawMessage) json.RawMessage {
	if o.newer {
		return b
	}
	return a
}

func isNull(v json.RawMessage) bool { return len(v) == 0 || string(v) == "null" }

func (o overlay) object(list string, a, b json.RawMessage) json.RawMessage {
	var into, over map[string]json.RawMessage
	if json.Unmarshal(a, &into) != nil || json.Unmarshal(b, &over) != nil {
		return a
	}
	changed := false
	for name, value := range over {
		merged := o.value(name, into[name], value)
		if list == "attachments" && name == "type" && !isNull(into[name]) {
			continue // an event has names of its own for it: eni for ElasticNetworkInterface
		}
		if !bytes.Equal(merged, into[name]) {
			into[name], changed = merged, true
		}
	}
	if o.newer && list == "containers" {
		changed = dropGone(into, over) || changed
	}
	if !changed {
		return a
	}
	return marshal(into, a)
}

// dropGone removes what an event tells of a container whenever there is any: a container that was started again has no exit code.
func dropGone(into, over map[string]json.RawMessage) (changed bool) {
	for _, name := range []string{"exitCode", "reason"} {
		if _, has := into[name]; has && isNull(over[name]) {
			delete(into, name)
			changed = true
		}
	}
	return changed
}

// list matches the things of both lists by what names them. Lists of anything else are one value; an empty one tells nothing.
func (o overlay) list(name string, a, b json.RawMessage) json.RawMessage {
	into, named := namedThings(a)
	over, alsoNamed := namedThings(b)
	switch {
	case alsoNamed && len(over) == 0:
		return a // nothing is told
	case !named || !alsoNamed:
		return o.whole(a, b)
	}
	changed := false
	for _, upper := range over {
		i := slices.IndexFunc(into, func(x thing) bool { return !x.met && x.same(upper) })
		if i < 0 {
			upper.met = true
			into, changed = append(into, upper), true
			continue
		}
		merged := o.value(name, into[i].raw, upper.raw)
		changed = changed || !bytes.Equal(merged, into[i].raw)
		into[i].raw, into[i].met = merged, true
	}
	if !changed {
		return a
	}
	raws := make([]json.RawMessage, len(into))
	for i := range into {
		raws[i] = into[i].raw
	}
	return marshal(raws, a)
}

// thing is an item of a list, with what ECS names such things by.
type thing struct {
	ContainerARN string `json:"containerArn"`
	ID           string `json:"id"`
	AttachmentID string `json:"attachmentId"`
	Name         string `json:"name"`

	raw json.RawMessage
	met bool // its counterpart was found
}

// same says that two things have the same name, by the first kind of name that both have.
func (x thing) same(y thing) bool {
	for _, pair := range [][2]string{{x.ContainerARN, y.ContainerARN}, {x.ID, y.ID}, {x.AttachmentID, y.AttachmentID}, {x.Name, y.Name}} {
		if pair[0] != "" && pair[1] != "" {
			return pair[0] == pair[1]
		}
	}
	return false
}

// namedThings takes a list apart; false when an item of it has no name.
func namedThings(list json.RawMessage) ([]thing, bool) {
	var raws []json.RawMessage
	if json.Unmarshal(list, &raws) != nil {
		return nil, false
	}
	things := make([]thing, len(raws))
	for i, raw := range raws {
		if json.Unmarshal(raw, &things[i]) != nil || !things[i].same(things[i]) {
			return nil, false
		}
		things[i].raw = raw
	}
	return things, true
}

func marshal(v any, otherwise json.RawMessage) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		return otherwise
	}
	return raw
}

// asDescribed gives an event's detail the one name that DescribeTasks has otherwise.
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
	return withMembers(detail, map[string]any{"attachments": task.Attachments})
}
