package run

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

const nightly = "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/nightly"

func occurrence(name, at, body string) []byte {
	return fmt.Appendf(nil, `{"schedule":%q,"scheduledTime":%q,"run":%s}`, name, at, body)
}

func (w *fixture) fire(event []byte) Occurrence {
	w.t.Helper()
	o, err := (&Schedules{w.submitter()}).Fire(context.Background(), event)
	if err != nil {
		w.t.Fatal(err)
	}
	return o
}

func TestAnOccurrenceIsOneRun(t *testing.T) {
	w := newFixture(t)
	first := w.fire(occurrence(nightly, "2026-11-30T02:00:00Z", goodBody))
	if r := first.Run; first.Missed != nil || first.Replayed || r.Owner != "schedule:"+nightly || r.Key != nightly+" 2026-11-30T02:00:00Z" || len(w.flow.starts) != 1 {
		t.Fatalf("%+v", first)
	}
	again := w.fire(occurrence(nightly, "2026-11-30T03:00:00+01:00", goodBody)) // the same time, written another way
	if !again.Replayed || again.Run.ID != first.Run.ID {
		t.Errorf("delivered twice: %+v", again)
	}
	edited := w.fire(occurrence(nightly, "2026-11-30T02:00:00Z", `{"taskDefinition":"job","count":3}`))
	if !edited.Replayed || edited.Run == nil || edited.Run.Count != 2 || edited.Missed != nil {
		t.Errorf("delivered again after the schedule was changed: %+v", edited)
	}
	for _, other := range [][]byte{occurrence(nightly, "2026-12-01T02:00:00Z", goodBody), occurrence(nightly+"2", "2026-11-30T02:00:00Z", goodBody)} {
		if o := w.fire(other); o.Replayed || o.Run.ID == first.Run.ID {
			t.Errorf("%s: %+v", other, o)
		}
	}
}

func TestOccurrencesThatDidNotRun(t *testing.T) {
	for name, c := range map[string]struct{ event, want string }{
		"not JSON":         {"{", " DV-25"},
		"null":             {"null", " DV-25"},
		"a list":           {"[]", " DV-25"},
		"nothing":          {"{}", "/schedule DV-25,/scheduledTime DV-25,/run DV-25"},
		"null members":     {`{"schedule":null,"scheduledTime":null,"run":null}`, "/schedule DV-25,/scheduledTime DV-25,/run DV-25"},
		"other case":       {strings.ToUpper(string(occurrence(nightly, "2026-11-30T02:00:00Z", "{}"))), "/schedule DV-25,/scheduledTime DV-25,/run DV-25"},
		"other types":      {`{"schedule":1,"scheduledTime":1796004000,"run":"{}"}`, "/schedule DV-25,/scheduledTime DV-25,/run DV-25"},
		"no time":          {string(occurrence(nightly, "tonight", "{}")), "/scheduledTime DV-25"},
		"a long name":      {string(occurrence(strings.Repeat("x", 231), "2026-11-30T02:00:00Z", "{}")), "/schedule DV-25"},
		"with a fraction":  {string(occurrence(strings.Repeat("x", 230), "2026-11-30T02:00:00.123456789Z", "{}")), "/schedule DV-25"},
		"a control":        {string(occurrence("a\nb", "2026-11-30T02:00:00Z", "{}")), "/schedule DV-25"},
		"a refused body":   {string(occurrence(nightly, "2026-11-30T02:00:00Z", `{"bad":true,"taskDefinition":"job"}`)), "/bad DV-04"},
		"a key of its own": {string(occurrence(nightly, "2026-11-30T02:00:00Z", `{"taskDefinition":"job","clientToken":"always"}`)), "/clientToken DV-08"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(t)
			o := w.fire([]byte(c.event))
			if o.Missed == nil || o.Run != nil || len(w.store.records) > 0 || o.Missed.Reason == "" || o.Missed.Version != "1" {
				t.Fatalf("%+v", o)
			}
			if got := strings.Join(faults(o.Missed.Errors), ","); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			if again := w.fire([]byte(c.event)); again.Missed.EventID != o.Missed.EventID || len(o.Missed.EventID) != 32 {
				t.Errorf("event %q and %q", o.Missed.EventID, again.Missed.EventID)
			}
		})
	}
}

func TestALongNameIsStillAKey(t *testing.T) {
	w := newFixture(t)
	if o := w.fire(occurrence(strings.Repeat("é", 230), "2026-11-30T02:00:00Z", goodBody)); o.Missed != nil {
		t.Errorf("%+v", o.Missed)
	}
}

// TestOccurrencesAreRepeated where a repetition can help: nothing is told then.
func TestOccurrencesAreRepeated(t *testing.T) {
	w := newFixture(t)
	w.store.fail = func(method string) error {
		if method == "Create" {
			return &Error{Code: CodeThrottled, Message: "slow down"}
		}
		return nil
	}
	o, err := (&Schedules{w.submitter()}).Fire(context.Background(), occurrence(nightly, "2026-11-30T02:00:00Z", goodBody))
	if CodeOf(err) != CodeNotRecorded || o.Missed != nil || o.Run != nil {
		t.Errorf("%+v %v", o, err)
	}
	w.store.fail = nil
	if o = w.fire(occurrence(nightly, "2026-11-30T02:00:00Z", goodBody)); o.Run == nil || o.Replayed {
		t.Errorf("%+v", o)
	}
}

func TestScheduledRunsAreSeenByAll(t *testing.T) {
	w := newFixture(t)
	o := w.fire(occurrence(nightly, "2026-11-30T02:00:00Z", goodBody))
	if !(Stack{OwnerOnly: true}).shows(o.Run, "iam:AROA") || (Stack{OwnerOnly: true}).shows(newRun(1), "iam:AROA") {
		t.Error("visibility")
	}
	events, err := json.Marshal(w.fire([]byte("{}")).Missed)
	if err != nil || strings.Contains(string(events), goodBody) {
		t.Errorf("%s %v", events, err)
	}
}
