package lambdaio_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"davit/internal/lambdaio"
	"davit/internal/run"
)

type scheduler func(event []byte) (run.Occurrence, error)

func (f scheduler) Fire(_ context.Context, event []byte) (run.Occurrence, error) { return f(event) }

// recordingPublisher records the details of events.
type recordingPublisher struct {
	details []string
	err     error // for each event
	silent  bool  // Publish returns no errors at all
}

func (b *recordingPublisher) Publish(_ context.Context, details []json.RawMessage) []error {
	var errs []error
	for _, d := range details {
		b.details, errs = append(b.details, string(d)), append(errs, b.err)
	}
	if b.silent {
		return nil
	}
	return errs
}

func TestScheduleRuns(t *testing.T) {
	var bus recordingPublisher
	var m meter
	var got string
	f := lambdaio.Schedule(scheduler(func(event []byte) (run.Occurrence, error) {
		got = string(event)
		return run.Occurrence{Run: &run.Run{ID: "abc", Status: run.Submitted}, Replayed: true}, nil
	}), &bus, &m, quiet)
	answer, err := f(t.Context(), []byte(`{"schedule":"nightly"}`))
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"runId":"abc","status":"SUBMITTED","replayed":true}`; string(answer) != want {
		t.Errorf("the answer is %s, want %s", answer, want)
	}
	if want := `{"schedule":"nightly"}`; got != want {
		t.Errorf("the use case got %s, want %s", got, want)
	}
	if len(bus.details) > 0 {
		t.Errorf("published %v, want nothing", bus.details)
	}
	if len(m.measures) > 0 {
		t.Errorf("recorded %v, want nothing", m.measures)
	}
}

// An occurrence that did not run is published, recorded and logged. It is no error, because a repetition would not help.
func TestScheduleThatDidNotRun(t *testing.T) {
	why := &run.Missed{Version: "1", EventID: "e", Schedule: "nightly", Reason: "the request breaks the rules", Errors: []run.Violation{{Field: "/count", Rule: "RT-03", Detail: "11"}}}
	fire := scheduler(func([]byte) (run.Occurrence, error) { return run.Occurrence{Missed: why}, nil })
	var bus recordingPublisher
	var m meter
	answer, err := lambdaio.Schedule(fire, &bus, &m, quiet)(t.Context(), []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	if len(bus.details) != 1 {
		t.Fatalf("published %v, want one event", bus.details)
	}
	if !strings.Contains(bus.details[0], `"RT-03"`) {
		t.Errorf("published %s, want the rule RT-03 in it", bus.details[0])
	}
	if want := `{"didNotRun":` + bus.details[0] + `}`; string(answer) != want {
		t.Errorf("the answer is %s, want %s", answer, want)
	}
	if len(m.measures) != 1 || m.measures[0].Name != "DidNotRun" {
		t.Errorf("recorded %v, want DidNotRun once", m.measures)
	}
	for _, silence := range []*recordingPublisher{{err: errors.New("throttled")}, {silent: true}} {
		var m meter
		if answer, err := lambdaio.Schedule(fire, silence, &m, quiet)(t.Context(), []byte(`{}`)); err == nil || answer != nil || len(m.measures) > 0 {
			t.Errorf("the event is not accepted: answer %q, error %v, measures %v; want an error alone", answer, err, m.measures)
		}
	}
}

func TestScheduleIsRepeated(t *testing.T) {
	var bus recordingPublisher
	fire := scheduler(func([]byte) (run.Occurrence, error) { return run.Occurrence{}, &run.Error{Code: run.CodeNotRecorded} })
	if answer, err := lambdaio.Schedule(fire, &bus, &meter{}, quiet)(t.Context(), []byte(`{}`)); err == nil || answer != nil || len(bus.details) > 0 {
		t.Errorf("answer %q, error %v, published %v; want an error alone", answer, err, bus.details)
	}
}
