package lambdaio_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"davit/internal/fuzzing"
	"davit/internal/httpapi"
	"davit/internal/lambdaio"
	"davit/internal/run"
)

// With any payload, HTTP returns an answer for API Gateway or a named error, and every caller has a name that can be stored.
func FuzzHTTPEvent(f *testing.F) {
	for _, s := range fuzzing.Samples(f) {
		f.Add(s)
	}
	f.Add(testdata(f, "submit.json"))
	f.Add([]byte(`{"version":"2.0","rawPath":"/a/%zz?x","rawQueryString":"%&;=","headers":{"":"","host":"x\r\ny"},"cookies":[""],"requestContext":{"stage":"a","http":{"method":"X","protocol":"HTTP/9","sourceIp":"::1"}},"body":"YQ=","isBase64Encoded":true}`))
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		dump, _ := io.ReadAll(r.Body) // in memory
		for name, values := range r.Header {
			w.Header()[name] = values
		}
		_, _ = fmt.Fprint(w, r.URL.String(), r.Host, r.URL.Query(), r.Cookies(), string(dump))
	})
	f.Fuzz(func(t *testing.T, payload []byte) {
		wantAnswer(t, lambdaio.HTTP(echo, lambdaio.HTTPOptions{Log: quiet}), payload)
		for _, caller := range []func(lambdaio.HTTPEvent) (string, error){lambdaio.IAMCaller, lambdaio.JWTCaller, lambdaio.LocalCaller} {
			wantAnswer(t, lambdaio.HTTP(domain{}.handler(), lambdaio.HTTPOptions{Log: quiet, Context: httpapi.WithIdentity, Caller: named(t, caller)}), payload)
		}
	})
}

// named checks the names that caller returns: valid UTF-8 of 1 to 1024 bytes, or an error and no name.
func named(t *testing.T, caller func(lambdaio.HTTPEvent) (string, error)) func(lambdaio.HTTPEvent) (string, error) {
	return func(e lambdaio.HTTPEvent) (string, error) {
		name, err := caller(e)
		switch {
		case err != nil:
			if name != "" {
				t.Errorf("the caller is %q with the error %v, want no name", name, err)
			}
		case name == "" || len(name) > 1024 || !utf8.ValidString(name):
			t.Errorf("the caller is %q, want 1 to 1024 bytes of UTF-8", name)
		}
		return name, err
	}
}

func wantAnswer(t *testing.T, f lambdaio.Function, payload []byte) {
	t.Helper()
	answer, err := f(t.Context(), payload)
	if err != nil {
		if nameOf(err) != lambdaio.NameBadEvent {
			t.Fatalf("%q: %v", payload, err)
		}
		return
	}
	var res response
	if err := json.Unmarshal(answer, &res); err != nil || res.StatusCode < 200 || res.StatusCode >= 500 {
		t.Fatalf("%q: %s, %v", payload, answer, err)
	}
}

// With any payload, a function calls its use case once or returns Davit.BadEvent.
func FuzzEvent(f *testing.F) {
	for _, s := range fuzzing.Samples(f) {
		f.Add(s)
	}
	for _, name := range []string{"execution-failed.json", "scheduled.json", "scheduler.json", "step.json", "task-state-change.json"} {
		f.Add(testdata(f, name))
	}
	f.Add(batch(record("1", "INSERT", "", "SUBMITTED 1"), record("2", "REMOVE", "FAILED 2", "")))
	f.Fuzz(func(t *testing.T, payload []byte) {
		asked := 0
		wantOneCall(t, &asked, payload, lambdaio.TaskEvent(taskEventFunc(func(event []byte) error {
			if asked++; !bytes.Equal(event, payload) {
				t.Errorf("the use case got %q of %q", event, payload)
			}
			return nil
		}), quiet))
		wantOneCall(t, &asked, payload, lambdaio.Step(stepFunc(func(in run.StepInput) (run.StepOutput, error) {
			asked++
			if x, ok := run.ParseExecution(in.Name()); !ok || x != in.Execution {
				t.Errorf("the use case got the execution %v, want a well-formed one", in.Execution)
			}
			return run.StepOutput{Execution: in.Execution, Next: run.StepDone, WaitSeconds: 1}, nil
		}), quiet))
		wantOneCall(t, &asked, payload, lambdaio.Schedule(scheduler(func(event []byte) (run.Occurrence, error) {
			if asked++; !bytes.Equal(event, payload) {
				t.Errorf("the use case got %q of %q", event, payload)
			}
			return run.Occurrence{Run: &run.Run{ID: runID}}, nil
		}), nil, nil, quiet))
		wantSweep(t, payload)
		wantNotify(t, payload)
	})
}

func wantOneCall(t *testing.T, asked *int, payload []byte, f lambdaio.Function) {
	t.Helper()
	*asked = 0
	answer, err := f(t.Context(), payload)
	switch {
	case err == nil && (*asked != 1 || !json.Valid(answer)):
		t.Errorf("%q: asked %d times, answer %q", payload, *asked, answer)
	case err != nil && (*asked != 0 || nameOf(err) != lambdaio.NameBadEvent):
		t.Errorf("%q: asked %d times, %v", payload, *asked, err)
	}
}

func wantSweep(t *testing.T, payload []byte) {
	s := &sweeper{}
	_, err := lambdaio.Sweep(s, quiet)(t.Context(), payload)
	if len(s.did) > 1 {
		t.Errorf("%q: the sweeper was called for %v, want once at most", payload, s.did)
	}
	if err != nil && (nameOf(err) != lambdaio.NameBadEvent || len(s.did) > 0) {
		t.Errorf("%q: the error %v after calls for %v, want Davit.BadEvent after none", payload, err, s.did)
	}
	for _, did := range s.did {
		if _, ok := run.ParseExecution(did); !ok && did != "sweep" {
			t.Errorf("%q: healed %q", payload, did)
		}
	}
}

// wantNotify checks that each record is published or reported as failed, and that each published detail is complete.
func wantNotify(t *testing.T, payload []byte) {
	sent := 0
	p := publishFunc(func(details []json.RawMessage) []error {
		for _, d := range details {
			sent++
			wantCompleteDetail(t, d)
		}
		return make([]error, len(details))
	})
	answer, err := lambdaio.Notify(p, &meter{}, quiet)(t.Context(), payload)
	if err != nil {
		if nameOf(err) != lambdaio.NameBadEvent || sent > 0 {
			t.Errorf("%q: sent %d, %v", payload, sent, err)
		}
		return
	}
	var response struct {
		BatchItemFailures []struct{ ItemIdentifier string }
	}
	var numbers struct {
		Records []struct {
			Dynamodb struct{ SequenceNumber string }
		}
	}
	if json.Unmarshal(answer, &response) != nil {
		t.Fatalf("%q: %s", payload, answer)
	}
	_ = json.Unmarshal(payload, &numbers) // what cannot be read is among the failures, with its number
	for _, failed := range response.BatchItemFailures {
		if failed.ItemIdentifier == "" {
			t.Errorf("%q: %s", payload, answer)
		}
	}
	if sent+len(response.BatchItemFailures) > len(numbers.Records) {
		t.Errorf("%q: sent %d, and %s", payload, sent, answer)
	}
}

func wantCompleteDetail(t *testing.T, detail json.RawMessage) {
	var c run.StatusChange
	if err := json.Unmarshal(detail, &c); err != nil {
		t.Fatalf("%s: %v", detail, err)
	}
	id := strings.Split(c.EventID, ".")
	if len(id) < 3 || !strings.HasSuffix(c.EventID, fmt.Sprintf(".%d", c.Sequence)) {
		t.Errorf("eventId is %q, want run.incarnation.%d: %s", c.EventID, c.Sequence, detail)
	}
	if c.RunID == "" {
		t.Errorf("runId is empty: %s", detail)
	}
	if c.To == "" || c.From == c.To {
		t.Errorf("the change is from %q to %q, want another status: %s", c.From, c.To, detail)
	}
	if c.ChangedAt != "" {
		if _, err := time.Parse(time.RFC3339, c.ChangedAt); err != nil {
			t.Errorf("%s: %v", detail, err)
		}
	}
}

type publishFunc func(details []json.RawMessage) []error

func (f publishFunc) Publish(_ context.Context, details []json.RawMessage) []error {
	return f(slices.Clone(details))
}
