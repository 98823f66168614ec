package run

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"davit/internal/fuzzing"
	"davit/internal/jsontree"
)

// An accepted policy is one of what the contract allows, means the same however it is spelled, and is shown as a text that is accepted as
// the same policy. A cursor, which is JSON in base64, is refused, or is a position that is encoded to a cursor of the same position.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"retry":{"on":["EXIT:1"]}}`, `{"overlap":{"key":"k","mode":"QUEUE"}}`, `null`, `[`, `{"verdict":{"successExitCodes":[1e3]}}`,
		`{"retry":{"maxAttempts":20,"on":["NEVER_STARTED","EXIT:*"],"intervalSeconds":86400,"backoffRate":1.5,"maxIntervalSeconds":1},"placement":"FILL",
		"timeoutSeconds":null,"overlap":{"mode":"ALLOW","limit":3},"verdict":{"container":"app","successExitCodes":[0,255]}}`,
	} {
		f.Add([]byte(seed))
	}
	for _, body := range fuzzing.Bodies(f) {
		var request struct{ Policy json.RawMessage }
		if err := json.Unmarshal(body, &request); err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(request.Policy))
	}
	for _, at := range []time.Time{start, time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.FixedZone("", -3600))} {
		text, err := base64.RawURLEncoding.DecodeString(listed.encodeCursor(&Position{CreatedAt: at, ID: testID}))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
		if text, err = base64.RawURLEncoding.DecodeString(opened.encodeCursor(&Position{SweepAt: at, ID: testID})); err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		asPolicy(t, text)
		for _, cursor := range []string{string(text), base64.RawURLEncoding.EncodeToString(text)} {
			asCursor(t, cursor)
		}
	})
}

func asPolicy(t *testing.T, body []byte) {
	doc, syntax := jsontree.Parse(body)
	if syntax != nil {
		return // it does not come so far
	}
	p, found := DecodePolicy(doc.Root)
	fuzzing.Violations(t, found, func(v Violation) fuzzing.Violation { return fuzzing.Violation(v) })
	inRange(t, p)
	if len(found) > 0 {
		return
	}
	shown, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	switch again, found := DecodePolicy(nodeOf(shown)); {
	case len(found) > 0:
		t.Errorf("len(found) is %v, want at most %v", len(found), 0)
	case !reflect.DeepEqual(again, p):
		t.Errorf("again is %v, want %v", again, p)
	}
	if other, ok := fuzzing.Respell(body); ok {
		switch again, found := DecodePolicy(nodeOf(other)); {
		case len(found) > 0:
			t.Errorf("len(found) is %v, want at most %v", len(found), 0)
		case !reflect.DeepEqual(again, p):
			t.Errorf("again is %v, want %v", again, p)
		}
	}
}

// inRange holds also for a policy with violations: what breaks a rule leaves the default.
func inRange(t *testing.T, p Policy) {
	r := p.Retry
	switch {
	case r.MaxAttempts < 1:
		t.Errorf("r.MaxAttempts is %v, want at least %v", r.MaxAttempts, 1)
	case r.MaxAttempts > 20:
		t.Errorf("r.MaxAttempts is %v, want at most %v", r.MaxAttempts, 20)
	case r.IntervalSeconds < 1:
		t.Errorf("r.IntervalSeconds is %v, want at least %v", r.IntervalSeconds, 1)
	case r.MaxIntervalSeconds < 1:
		t.Errorf("r.MaxIntervalSeconds is %v, want at least %v", r.MaxIntervalSeconds, 1)
	case r.BackoffRate < 1:
		t.Errorf("r.BackoffRate is %v, want at least %v", r.BackoffRate, 1)
	case r.BackoffRate > 100:
		t.Errorf("r.BackoffRate is %v, want at most %v", r.BackoffRate, 100)
	}
	switch {
	case p.StartTimeoutSeconds < 1:
		t.Errorf("p.StartTimeoutSeconds is %v, want at least %v", p.StartTimeoutSeconds, 1)
	case p.LaunchTimeoutSeconds < 1:
		t.Errorf("p.LaunchTimeoutSeconds is %v, want at least %v", p.LaunchTimeoutSeconds, 1)
	case p.TimeoutSeconds < 0:
		t.Errorf("p.TimeoutSeconds is %v, want at least %v", p.TimeoutSeconds, 0)
	case p.DeadlineSeconds < 0:
		t.Errorf("p.DeadlineSeconds is %v, want at least %v", p.DeadlineSeconds, 0)
	case p.Placement == "":
		t.Errorf("p.Placement is %v", p.Placement)
	}
	for _, code := range p.Verdict.SuccessExitCodes {
		if code < 0 || code > 255 {
			t.Errorf("exit code %d", code)
		}
	}
}

// listed is a list that a cursor may belong to, and opened one of open runs.
var (
	listed = ListRequest{Caller: "someone", Family: "job"}
	opened = ListRequest{Caller: "someone", Family: "job", Open: true, Status: "RUNNING,QUEUED", CreatedAfter: "2026-11-30T02:00:00Z"}
)

func asCursor(t *testing.T, text string) {
	first, err := listed.withCursor(text).decodeCursor()
	if second, wrong := opened.withCursor(text).decodeCursor(); text != "" && err == nil && wrong == nil {
		t.Errorf("%q: two lists take it: %v, %v", text, first, second)
	}
	asCursorOf(t, listed, text)
	asCursorOf(t, opened, text)
}

func (q ListRequest) withCursor(text string) ListRequest {
	q.Cursor = text
	return q
}

func asCursorOf(t *testing.T, q ListRequest, text string) {
	q.Cursor = text
	p, err := q.decodeCursor()
	if err != nil {
		if p != nil || CodeOf(err) != CodeInvalid || len(ViolationsOf(err)) != 1 {
			t.Errorf("%q: %v %v", text, p, err)
		}
		return
	}
	if text == "" {
		if p != nil {
			t.Errorf("the first page begins at %+v", p)
		}
		return
	}
	q.Cursor = q.encodeCursor(p)
	again, err := q.decodeCursor()
	switch {
	case err != nil:
		t.Errorf("error %v", err)
	case !again.CreatedAt.Equal(p.CreatedAt):
		t.Errorf("again.CreatedAt is %v, want %v", again.CreatedAt, p.CreatedAt)
	case !again.SweepAt.Equal(p.SweepAt):
		t.Errorf("again.SweepAt is %v, want %v", again.SweepAt, p.SweepAt)
	case again.ID != p.ID:
		t.Errorf("again.ID is %v, want %v", again.ID, p.ID)
	case !ValidID(p.ID):
		t.Error("ValidID(p.ID) is false, want true")
	}
	other := q.withCursor(text)
	other.Caller = "someone else"
	if _, err := other.decodeCursor(); CodeOf(err) != CodeInvalid {
		t.Errorf("%q: another caller's list takes it: %v", text, err)
	}
}

// An event of a schedule is a run, the same when it comes again, or is missed for reasons that say where, the same again; and a schedule's
// own name and time are never what a request is refused for.
func FuzzSchedule(f *testing.F) {
	for _, sample := range fuzzing.Samples(f) {
		if bytes.Contains(sample, []byte(`"scheduledTime"`)) {
			f.Add(sample)
		}
	}
	f.Add(occurrence(nightly, "2026-11-30T02:00:00.123456789+01:00", goodBody))
	f.Add(occurrence(nightly, "2026-11-30T02:00:00Z", `{"taskDefinition":"job","clientToken":"always","policy":{"timeoutSeconds":0}}`))
	f.Add(occurrence(strings.Repeat("é", 230), "2026-11-30T02:00:00.123456789Z", goodBody))
	f.Fuzz(func(t *testing.T, event []byte) {
		w := newFixture(t)
		first, again := w.fire(event), w.fire(event)
		if first.Missed == nil {
			switch {
			case again.Missed != nil:
				t.Errorf("%s: again.Missed is %v, want nil", event, again.Missed)
			case first.Replayed:
				t.Errorf("%s: first.Replayed is true, want false", event)
			case !again.Replayed:
				t.Errorf("%s: again.Replayed is false, want true", event)
			case again.Run.ID != first.Run.ID:
				t.Errorf("%s: again.Run.ID is %v, want %v", event, again.Run.ID, first.Run.ID)
			case len(w.store.records) != 1:
				t.Errorf("%s: len(w.store.records) is %v, want 1", event, len(w.store.records))
			}
			return
		}
		switch {
		case !reflect.DeepEqual(first, again):
			t.Errorf("%s: first is %v, want %v", event, first, again)
		case first.Run != nil:
			t.Errorf("%s: first.Run is %v, want nil", event, first.Run)
		case len(w.store.records) > 0:
			t.Errorf("%s: len(w.store.records) is %v, want at most %v", event, len(w.store.records), 0)
		case first.Missed.Reason == "":
			t.Errorf("%s: first.Missed.Reason is %v", event, first.Missed.Reason)
		}
		for _, v := range first.Missed.Errors {
			ofKey := v.Field == "header:Idempotency-Key"
			switch {
			case ofKey && v.Rule != RuleKeysDiffer:
				t.Errorf("%s: rule %s of the key, want %s", event, v.Rule, RuleKeysDiffer)
			case !ofKey && !fuzzing.IsPointer(v.Field):
				t.Errorf("%s: field %q is no JSON pointer", event, v.Field)
			case v.Rule == "":
				t.Errorf("%s: v.Rule is %v", event, v.Rule)
			case v.Detail == "":
				t.Errorf("%s: v.Detail is %v", event, v.Detail)
			}
		}
	})
}

// Whatever comes as an event is refused as none, or taken in so that the record keeps its rules (memory.Update knows them) and the same
// event changes nothing when it comes again.
func FuzzTaskEvent(f *testing.F) {
	by := StartedBy("davit", testID, 1)
	for _, s := range []TaskState{
		described("t1", "RUNNING", version(3), startedBy(by), startedAt(start)), ended("t1", after(time.Minute), 3), succeeded("t2", after(time.Minute)),
		described("t9", "PENDING", startedBy(by)), described("t1", "STOPPED", startedBy(StartedBy("davit", testID, 2))), described("t1", "RUNNING"),
	} {
		if s.StartedBy == "" {
			s.StartedBy = by
		}
		f.Add(event(s), event(described("t2", "RUNNING", version(2), startedBy(by))))
	}
	for _, sample := range fuzzing.Samples(f) {
		if !bytes.Contains(sample, []byte("ECS Task State Change")) {
			continue
		}
		f.Add(sample, bytes.Replace(sample, []byte(`"taskArn"`), []byte(`"startedBy":"`+by+`","taskArn"`), 1))
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		w := newFixture(t)
		w.record(launched(described("t1", "PENDING"), described("t2", "PENDING")))
		for _, event := range [][]byte{first, second} {
			err := w.events().Handle(context.Background(), event)
			if err != nil && CodeOf(err) != CodeInvalid {
				t.Fatalf("%s: %v", event, err)
			}
			version, stops := w.run().Version, w.ecs.count("Stop")
			if again := w.events().Handle(context.Background(), event); CodeOf(again) != CodeOf(err) {
				t.Errorf("%s: %v, and then %v", event, err, again)
			}
			if w.run().Version != version && w.ecs.count("Stop") == stops {
				t.Errorf("%s changed the record again: %s", event, summary(w.run()))
			}
		}
		readable(t, w.run())
	})
}

// readable demands of a record what the answers and the stores need of it.
func readable(t *testing.T, r *Run) {
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(r.Clone())
	if err != nil || !bytes.Equal(text, again) {
		t.Errorf("%s became %s (%v)", text, again, err)
	}
	for _, a := range r.Attempts {
		for i := range a.Tasks {
			if task := &a.Tasks[i]; !json.Valid(task.Raw) || strings.TrimSpace(task.ARN) == "" || task.State().TaskARN != task.ARN {
				t.Errorf("task %q is %s", task.ARN, task.Raw)
			}
		}
	}
}
