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
	o, err := (&Schedules{Submitter: w.submitter()}).Fire(context.Background(), event)
	if err != nil {
		w.t.Fatal(err)
	}
	return o
}

func TestAnOccurrenceIsOneRun(t *testing.T) {
	w := newFixture(t)
	first := w.fire(occurrence(nightly, "2026-11-30T02:00:00Z", goodBody))
	switch r := first.Run; {
	case first.Missed != nil:
		t.Fatalf("first.Missed is %v, want nil", first.Missed)
	case first.Replayed:
		t.Fatal("first.Replayed is true, want false")
	case r.Owner != "schedule:"+nightly:
		t.Fatalf("r.Owner is %v, want %v", r.Owner, "schedule:"+nightly)
	case r.Key != nightly+" 2026-11-30T02:00:00Z":
		t.Fatalf("r.Key is %v, want %v", r.Key, nightly+" 2026-11-30T02:00:00Z")
	case len(w.workflow.starts) != 1:
		t.Fatalf("len(w.flow.starts) is %v, want 1", len(w.workflow.starts))
	}
	again := w.fire(occurrence(nightly, "2026-11-30T03:00:00+01:00", goodBody)) // the same time, written another way
	switch {
	case !again.Replayed:
		t.Error("delivered twice: again.Replayed is false, want true")
	case again.Run.ID != first.Run.ID:
		t.Errorf("delivered twice: again.Run.ID is %v, want %v", again.Run.ID, first.Run.ID)
	}
	edited := w.fire(occurrence(nightly, "2026-11-30T02:00:00Z", `{"taskDefinition":"job","count":3}`))
	switch {
	case !edited.Replayed:
		t.Error("delivered again after the schedule was changed: edited.Replayed is false, want true")
	case edited.Run == nil:
		t.Error("delivered again after the schedule was changed: edited.Run is nil")
	case edited.Run.Count != 2:
		t.Errorf("delivered again after the schedule was changed: edited.Run.Count is %v, want 2", edited.Run.Count)
	case edited.Missed != nil:
		t.Errorf("delivered again after the schedule was changed: edited.Missed is %v, want nil", edited.Missed)
	}
	for _, other := range [][]byte{occurrence(nightly, "2026-12-01T02:00:00Z", goodBody), occurrence(nightly+"2", "2026-11-30T02:00:00Z", goodBody)} {
		switch o := w.fire(other); {
		case o.Replayed:
			t.Errorf("%s: o.Replayed is true, want false", other)
		case o.Run.ID == first.Run.ID:
			t.Errorf("%s: o.Run.ID is %v", other, o.Run.ID)
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
			switch {
			case o.Missed == nil:
				t.Fatal("o.Missed is nil")
			case o.Run != nil:
				t.Fatalf("o.Run is %v, want nil", o.Run)
			case len(w.store.records) > 0:
				t.Fatalf("len(w.store.records) is %v, want at most %v", len(w.store.records), 0)
			case o.Missed.Reason == "":
				t.Fatalf("o.Missed.Reason is %v", o.Missed.Reason)
			case o.Missed.Version != "1":
				t.Fatalf("o.Missed.Version is %v, want 1", o.Missed.Version)
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
		t.Errorf("o.Missed is %v, want nil", o.Missed)
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
	o, err := (&Schedules{Submitter: w.submitter()}).Fire(context.Background(), occurrence(nightly, "2026-11-30T02:00:00Z", goodBody))
	switch {
	case CodeOf(err) != CodeNotRecorded:
		t.Errorf("CodeOf(err) is %v, want %v", CodeOf(err), CodeNotRecorded)
	case o.Missed != nil:
		t.Errorf("o.Missed is %v, want nil", o.Missed)
	case o.Run != nil:
		t.Errorf("o.Run is %v, want nil", o.Run)
	}
	w.store.fail = nil
	switch o = w.fire(occurrence(nightly, "2026-11-30T02:00:00Z", goodBody)); {
	case o.Run == nil:
		t.Error("o.Run is nil")
	case o.Replayed:
		t.Error("o.Replayed is true, want false")
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

// A scheduled run carries its schedule's name, so that lists find it; a startedBy of the body wins.
func TestScheduledRun_StartedBy(t *testing.T) {
	const plainBody = `{"taskDefinition":"job"}`
	for name, c := range map[string]struct{ schedule, body, want, name string }{
		"a schedule's ARN": {schedule: nightly, body: plainBody, want: "nightly"},
		"a rule's ARN":     {schedule: "arn:aws:events:eu-west-1:123456789012:rule/night.ly", body: plainBody, want: "night.ly"},
		"a rule of a bus":  {schedule: "arn:aws:events:eu-west-1:123456789012:rule/bus/nightly", body: plainBody, want: "nightly"},
		"a name":           {schedule: "nightly", body: plainBody, want: "nightly"},
		"name with slash":  {schedule: "month end/close", body: plainBody, want: "month end/close"},
		"an ARN's empty":   {schedule: "arn:aws:scheduler:::schedule/", body: plainBody, want: "arn:aws:scheduler:::schedule/"},
		"the body's":       {schedule: nightly, body: `{"taskDefinition":"job","startedBy":"me"}`, want: "me", name: "nightly"},
		"instances": {schedule: "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/" + strings.Repeat("n", 64),
			body: `{"taskDefinition":"job","containerInstances":["i1"]}`, want: strings.Repeat("n", 64)},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(t)
			o := w.fire(occurrence(c.schedule, "2026-11-30T02:00:00Z", c.body))
			if o.Missed != nil {
				t.Fatalf("got %+v, want a run", o.Missed)
			}
			if o.Run.StartedBy != c.want {
				t.Errorf("got startedBy %q, want %q", o.Run.StartedBy, c.want)
			}
			if want := firstOf(c.name, c.want); o.Run.Schedule != want {
				t.Errorf("got schedule %q, want %q", o.Run.Schedule, want)
			}
			page, err := w.submitter().Store.List(context.Background(), Query{StartedBy: c.want, Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Runs) != 1 {
				t.Errorf("got %d runs in the list of %s, want 1", len(page.Runs), c.want)
			}
		})
	}
}
