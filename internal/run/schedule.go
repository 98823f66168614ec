package run

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"

	"davit/internal/jsontree"
)

// ownedBySchedule begins the owner of every scheduled run; no other caller's name begins so.
const ownedBySchedule = "schedule:"

// maxSchedule bounds a schedule's name, in characters: with the time behind it, to the second, it is an idempotency key.
const maxSchedule = 230

// maxScheduled bounds name and time where the time has a fraction.
const maxScheduled = 254

// Schedules takes what schedules send: one run for each occurrence.
type Schedules struct {
	Submitter *Submitter
	// RequestID returns the id of the invocation that delivers an occurrence, "" where there is none. Nil: none has one.
	RequestID func(ctx context.Context) string
}

// Occurrence is what became of one occurrence of a schedule: a run, or Missed.
type Occurrence struct {
	Run      *Run
	Replayed bool    // it was delivered before
	Missed   *Missed // no run was accepted, and repeating the delivery cannot help
}

// Missed is the detail of a `Davit Schedule Did Not Run` event. Fields are only ever added.
type Missed struct {
	Version       string      `json:"version"` // of this shape
	EventID       string      `json:"eventId"` // the same however often the event is sent
	Schedule      string      `json:"schedule,omitempty"`
	ScheduledTime string      `json:"scheduledTime,omitempty"`
	Reason        string      `json:"reason"`
	Errors        []Violation `json:"errors,omitempty"` // the first 20
}

const (
	missedVersion = "1"
	maxMissed     = 20
)

// Fire submits the run of an event {"schedule": ARN, "scheduledTime": RFC 3339, "run": a POST /runs body}. Its idempotency key is schedule and
// time, so that a double delivery is one run, and its owner the schedule. A run without a startedBy gets the schedule's name as its own. What
// can never become a run is Missed. An error is for whoever delivers to repeat: CodeNotRecorded, CodeUnavailable, CodeThrottled.
func (s *Schedules) Fire(ctx context.Context, event []byte) (Occurrence, error) {
	e, faults := readScheduled(event)
	if len(faults) > 0 {
		return e.missed("the event is not a schedule's", faults), nil
	}
	res, err := s.Submitter.Submit(ctx, SubmitRequest{
		Caller: ownedBySchedule + e.Schedule, Key: e.Schedule + " " + e.Time, HasKey: true, Body: e.Run, StartedBy: e.name(), Schedule: e.name(),
		By: SubmittedBy{Principal: e.Schedule, RequestID: s.requestID(ctx)},
	})
	switch CodeOf(err) {
	case "":
		return Occurrence{Run: res.Run, Replayed: res.Replayed}, nil
	case CodeKeyReused:
		return s.edited(ctx, e)
	case CodeInvalid, CodeTooLarge, CodeForbidden, CodeNotFound:
		return e.missed(MessageOf(err), ViolationsOf(err)), nil
	default:
		return Occurrence{}, err
	}
}

func (s *Schedules) requestID(ctx context.Context) string {
	if s.RequestID == nil {
		return ""
	}
	return s.RequestID(ctx)
}

// edited returns the run of an occurrence that is delivered again after its schedule was changed.
func (s *Schedules) edited(ctx context.Context, e scheduled) (Occurrence, error) {
	r, err := s.Submitter.Store.Get(ctx, keyID(ownedBySchedule+e.Schedule, e.Schedule+" "+e.Time))
	if err != nil {
		return Occurrence{}, err
	}
	return Occurrence{Run: r, Replayed: true}, nil
}

// scheduled is a schedule's event.
type scheduled struct {
	Schedule, Time string
	Run            json.RawMessage
}

// name is the schedule's or rule's name: the last part of an ARN, and a name as it is.
func (e scheduled) name() string {
	if !strings.HasPrefix(e.Schedule, "arn:") {
		return e.Schedule
	}
	return firstOf(e.Schedule[strings.LastIndexByte(e.Schedule, '/')+1:], e.Schedule)
}

// readScheduled reads the event's three members by their exact names.
func readScheduled(event []byte) (e scheduled, faults []Violation) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(event, &members); err != nil || members == nil {
		return e, []Violation{{"", RuleSchedule, "not a JSON object; allowed: {\"schedule\", \"scheduledTime\", \"run\"}"}}
	}
	fault := func(field, allowed string) {
		faults = append(faults, Violation{field, RuleSchedule, "missing, or not what is allowed: " + allowed})
	}
	if name := jsontree.StringMember(event, "schedule"); name == "" || len([]rune(name)) > maxSchedule || strings.ContainsFunc(name, unicode.IsControl) {
		fault("/schedule", fmt.Sprintf("the schedule's ARN or name, 1 to %d characters", maxSchedule))
	} else {
		e.Schedule = name
	}
	if at, err := time.Parse(time.RFC3339, jsontree.StringMember(event, "scheduledTime")); err != nil {
		fault("/scheduledTime", "the time of the occurrence, such as 2026-11-30T02:00:00Z")
	} else {
		e.Time = at.UTC().Format(time.RFC3339Nano)
	}
	if n := len([]rune(e.Schedule)) + len(e.Time); n > maxScheduled {
		fault("/schedule", fmt.Sprintf("with the time's %d characters %d at most", len(e.Time), maxScheduled))
	}
	if e.Run = members["run"]; !bytes.HasPrefix(bytes.TrimSpace(e.Run), []byte("{")) {
		fault("/run", "a POST /runs body, a JSON object")
	}
	return e, faults
}

func (e scheduled) missed(reason string, faults []Violation) Occurrence {
	sum := sha256.Sum256([]byte(e.Schedule + "\x00" + e.Time + "\x00" + reason))
	return Occurrence{Missed: &Missed{
		Version: missedVersion, EventID: hex.EncodeToString(sum[:16]), Schedule: e.Schedule, ScheduledTime: e.Time,
		Reason: reason, Errors: faults[:min(len(faults), maxMissed)],
	}}
}

// scheduled reports whether a schedule submitted the run.
func (r *Run) scheduled() bool { return strings.HasPrefix(r.Owner, ownedBySchedule) }
