package refusals

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"davit/internal/ecsspec/row"
	"davit/internal/httpapi"
	"davit/internal/run"
	"davit/internal/taskdef"
)

// refusingECS has no revision of any family, and refuses each registration.
type refusingECS struct {
	taskdef.Definitions
	said said
}

func (r refusingECS) Describe(context.Context, string) (taskdef.Definition, error) {
	return taskdef.Definition{}, &run.EngineError{Operation: "DescribeTaskDefinition", Unknown: true}
}

func (r refusingECS) Register(context.Context, json.RawMessage) (taskdef.Definition, error) {
	return taskdef.Definition{}, &run.EngineError{Operation: r.said.op, Code: r.said.code, Message: r.said.words}
}

type anySpec struct{}

func (anySpec) ParseTaskDefinition(body []byte) (json.RawMessage, []run.Violation) { return body, nil }

// The caller of a task-definition route gets the row's status and its id; of a 403 not ECS's words, which name Davit's role.
func TestRefusedRegistrations(t *testing.T) {
	status := map[string]int{}
	for _, r := range Rows() {
		status[r.ID+r.Limit] = r.Status
	}
	for _, s := range refusalsOfECS {
		if s.op != string(row.RegisterTaskDefinition) {
			continue
		}
		w := register(s)
		var problem httpapi.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil {
			t.Fatal(err)
		}
		v, _, _ := s.ask()
		if want := status[s.id+strings.TrimPrefix(v.Detail, "needed: ")]; w.Code != want || want == 0 {
			t.Errorf("%s: status %d, want %d", s.words, w.Code, want)
		}
		if len(problem.Errors) != 1 {
			t.Fatalf("%s: got %d errors, want 1: %s", s.words, len(problem.Errors), w.Body)
		}
		if got := problem.Errors[0]; got.Rule != s.id || got.Field != v.Field {
			t.Errorf("%s: got %s at %q, want %s at %q", s.words, got.Rule, got.Field, s.id, v.Field)
		}
		if shown := strings.Contains(w.Body.String(), "User: x"); shown {
			t.Errorf("%s is shown", w.Body)
		}
	}
}

func register(s said) *httptest.ResponseRecorder {
	g := &taskdef.Registrar{Writes: true, Spec: anySpec{}, Rules: Table{}, Definitions: refusingECS{said: s}}
	h := httpapi.Register(g, httpapi.Options{Log: slog.New(slog.DiscardHandler)})
	req := httptest.NewRequest(http.MethodPost, "/task-definitions", bytes.NewReader([]byte(`{"family":"a"}`)))
	req.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req.WithContext(httpapi.WithCaller(req.Context(), "local")))
	return w
}
