package lambdaio_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"davit/internal/lambdaio"
	"davit/internal/run"
)

type taskEventFunc func(event []byte) error

func (f taskEventFunc) Handle(_ context.Context, event []byte) error { return f(event) }

// sweeper records its calls.
type sweeper struct {
	did []string
	err error
}

func (s *sweeper) Sweep(context.Context) (run.SweepReport, error) {
	s.did = append(s.did, "sweep")
	return run.SweepReport{Examined: 41, Failed: 1}, s.err
}

func (s *sweeper) ExecutionEnded(_ context.Context, x run.Execution) error {
	s.did = append(s.did, x.Name())
	return s.err
}

func TestTaskEvent(t *testing.T) {
	var got []byte
	var fails error
	f := lambdaio.TaskEvent(taskEventFunc(func(event []byte) error {
		got = event
		return fails
	}), quiet)
	event := testdata(t, "task-state-change.json")
	if answer, err := f(t.Context(), event); err != nil || string(answer) != "null" || !bytes.Equal(got, event) {
		t.Errorf("answer %s, error %v, the use case got %s", answer, err, got)
	}
	fails = &run.Error{Code: run.CodeConflict, Err: errors.New("version")}
	if _, err := f(t.Context(), event); nameOf(err) != lambdaio.NameConflict {
		t.Errorf("error %v", err)
	}
	for name, payload := range badEvents(t) {
		got = nil
		if _, err := f(t.Context(), payload); nameOf(err) != lambdaio.NameBadEvent || got != nil {
			t.Errorf("%s: error %v, the use case got %s", name, err, got)
		}
	}
	if _, err := f(t.Context(), testdata(t, "scheduled.json")); nameOf(err) != lambdaio.NameBadEvent {
		t.Errorf("a schedule: error %v", err)
	}
}

func TestSweepOnSchedule(t *testing.T) {
	for _, file := range []string{"scheduled.json", "scheduler.json"} {
		var log bytes.Buffer
		s := &sweeper{}
		f := lambdaio.Sweep(s, slog.New(slog.NewTextHandler(&log, nil)))
		if _, err := f(t.Context(), testdata(t, file)); err != nil || strings.Join(s.did, " ") != "sweep" {
			t.Errorf("%s: error %v, did %v", file, err, s.did)
		}
		s.err = &run.Error{Code: run.CodeUnavailable}
		if _, err := f(t.Context(), testdata(t, file)); nameOf(err) != lambdaio.NameUnavailable {
			t.Errorf("%s: error %v", file, err)
		}
		if !strings.Contains(log.String(), "looked=41") || !strings.Contains(log.String(), "failed=1") {
			t.Errorf("%s: logged %s", file, log.String())
		}
	}
}

func TestSweepOnExecutionEnded(t *testing.T) {
	name := runID + "-" + incarnation + "-7"
	tests := []struct {
		execution, status string
		did               string
		err               string
	}{
		{name, "FAILED", name, ""},
		{name, "TIMED_OUT", name, ""},
		{name, "ABORTED", name, ""},
		{name, "SUCCEEDED", "", ""},
		{name, "RUNNING", "", ""},
		{name, "PENDING_REDRIVE", "", ""},
		{name, "failed", "", lambdaio.NameBadEvent},
		{name, "", "", lambdaio.NameBadEvent},
		{"", "FAILED", "", lambdaio.NameBadEvent},
		{"nightly", "FAILED", "", lambdaio.NameBadEvent},
		{runID + "-" + incarnation, "FAILED", "", lambdaio.NameBadEvent},
		{name + "-1", "FAILED", "", lambdaio.NameBadEvent},
		{runID + "-" + incarnation + "-0", "FAILED", "", lambdaio.NameBadEvent},
		{runID + "-" + incarnation + "-07", "FAILED", "", lambdaio.NameBadEvent},
		{runID + "-" + incarnation + "-+7", "FAILED", "", lambdaio.NameBadEvent},
		{runID + "-" + incarnation + "-7 ", "FAILED", "", lambdaio.NameBadEvent},
		{runID + "-" + incarnation + "-99999999999999999999", "FAILED", "", lambdaio.NameBadEvent},
		{strings.ToUpper(runID) + "-" + incarnation + "-7", "FAILED", "", lambdaio.NameBadEvent},
	}
	for _, test := range tests {
		s := &sweeper{}
		payload := fmt.Appendf(nil, `{"source":"aws.states","detail-type":"Step Functions Execution Status Change","detail":{"name":%q,"status":%q}}`, test.execution, test.status)
		_, err := lambdaio.Sweep(s, quiet)(t.Context(), payload)
		if nameOf(err) != test.err || strings.Join(s.did, " ") != test.did {
			t.Errorf("%s %s: error %v, did %v", test.execution, test.status, err, s.did)
		}
	}
	s := &sweeper{}
	if _, err := lambdaio.Sweep(s, quiet)(t.Context(), testdata(t, "execution-failed.json")); err != nil || strings.Join(s.did, " ") != runID+"-"+incarnation+"-2" {
		t.Errorf("error %v, did %v", err, s.did)
	}
}

func TestSweepRefusesOtherEvents(t *testing.T) {
	s := &sweeper{}
	payloads := badEvents(t)
	payloads["a task"] = testdata(t, "task-state-change.json")
	payloads["no detail"] = []byte(`{"source":"aws.states","detail-type":"Step Functions Execution Status Change"}`)
	payloads["detail of another shape"] = []byte(`{"source":"aws.states","detail-type":"Step Functions Execution Status Change","detail":{"name":1}}`)
	for name, payload := range payloads {
		if _, err := lambdaio.Sweep(s, quiet)(t.Context(), payload); nameOf(err) != lambdaio.NameBadEvent || s.did != nil {
			t.Errorf("%s: error %v, did %v", name, err, s.did)
		}
	}
}

// badEvents are payloads that are no event at all.
func badEvents(t *testing.T) map[string][]byte {
	t.Helper()
	return map[string][]byte{
		"nothing":         nil,
		"not JSON":        []byte(`{"source":`),
		"null":            []byte(`null`),
		"array":           []byte(`[]`),
		"empty":           []byte(`{}`),
		"types":           []byte(`{"source":1,"detail-type":[],"detail":{}}`),
		"source only":     []byte(`{"source":"aws.ecs","detail":{}}`),
		"someone else's":  []byte(`{"source":"my.app","detail-type":"ECS Task State Change","detail":{}}`),
		"an HTTP request": testdata(t, "submit.json"),
	}
}

func nameOf(err error) string {
	name, _ := lambdaio.Name(err)
	return name
}
