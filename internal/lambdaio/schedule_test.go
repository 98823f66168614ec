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

// recordChange keeps the details of events.
type recordChange struct {
	details []string
	err     error
	silent  bool
}

func (b *recordChange) Publish(_ context.Context, details []json.RawMessage) []error {
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
	var bus recordChange
	var m meter
	var got string
	f := lambdaio.Schedule(scheduler(func(event []byte) (run.Occurrence, error) {
		got = string(event)
		return run.Occurrence{Run: &run.Run{ID: "abc", Status: run.Submitted}, Replayed: true}, nil
	}), &bus, &m, quiet)
	answer, err := f(t.Context(), []byte(`{"schedule":"nightly"}`))
	if err != nil || string(answer) != `{"runId":"abc","status":"SUBMITTED","replayed":true}` || got != `{"schedule":"nightly"}` || len(bus.details)+len(m.measures) > 0 {
		t.Errorf("%s %v, the use case got %s; told %v", answer, err, got, bus.details)
	}
}

// TestScheduleThatDidNotRun is an event, a metric and a log line, and no error: a repetition cannot help.
func TestScheduleThatDidNotRun(t *testing.T) {
	why := &run.Missed{Version: "1", EventID: "e", Schedule: "nightly", Reason: "the request breaks the rules", Errors: []run.Violation{{Field: "/count", Rule: "RT-03", Detail: "11"}}}
	fire := scheduler(func([]byte) (run.Occurrence, error) { return run.Occurrence{Missed: why}, nil })
	var bus recordChange
	var m meter
	answer, err := lambdaio.Schedule(fire, &bus, &m, quiet)(t.Context(), []byte(`{}`))
	if err != nil || len(bus.details) != 1 || !strings.Contains(bus.details[0], `"RT-03"`) || string(answer) != `{"didNotRun":`+bus.details[0]+`}` {
		t.Errorf("%s %v %v", answer, err, bus.details)
	}
	if len(m.measures) != 1 || m.measures[0].Name != "DidNotRun" {
		t.Errorf("%+v", m.measures)
	}
	for _, silence := range []*recordChange{{err: errors.New("throttled")}, {silent: true}} {
		var m meter
		if answer, err := lambdaio.Schedule(fire, silence, &m, quiet)(t.Context(), []byte(`{}`)); err == nil || answer != nil || len(m.measures) > 0 {
			t.Errorf("silence: %s %v", answer, m.measures)
		}
	}
}

func TestScheduleIsRepeated(t *testing.T) {
	var bus recordChange
	fire := scheduler(func([]byte) (run.Occurrence, error) { return run.Occurrence{}, &run.Error{Code: run.CodeNotRecorded} })
	if answer, err := lambdaio.Schedule(fire, &bus, &meter{}, quiet)(t.Context(), []byte(`{}`)); err == nil || answer != nil || len(bus.details) > 0 {
		t.Errorf("%s %v", answer, err)
	}
}
