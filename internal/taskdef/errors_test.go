package taskdef

import (
	"encoding/base64"
	"encoding/json"
	"errors"

	"davit/internal/run"
)

func refusal(code, message string) error {
	return &run.EngineError{Operation: "RegisterTaskDefinition", Code: code, Message: message}
}

func throttled() error { return refusal("ThrottlingException", "Rate exceeded") }

func lostReply() error {
	return &run.EngineError{Operation: "RegisterTaskDefinition", Unclear: true, Err: errors.New("connection reset")}
}

func serverFault() error {
	return &run.EngineError{Operation: "RegisterTaskDefinition", Code: "ServerException", Message: "Service Unavailable", Unclear: true}
}

// faults returns each violation's field and rule.
func faults(found []run.Violation) []string {
	var out []string
	for _, v := range found {
		out = append(out, v.Field+" "+v.Rule)
	}
	return out
}

// fakeRules knows one refusal.
type fakeRules struct{}

func (fakeRules) Refused(e *run.EngineError) (run.Violation, bool) {
	return run.Violation{Field: "/here", Rule: "RT-13", Detail: "needed: a network"}, e.Message == "no network"
}

func (fakeRules) Failed(run.Operation, run.Failure) (run.Violation, bool) {
	return run.Violation{}, false
}

// fakeSpec takes every JSON.
type fakeSpec struct{}

// cursorOfRuns is what the list of runs hands out as a cursor.
func cursorOfRuns() string {
	data, err := json.Marshal(map[string]string{"createdAt": "2026-11-21T12:00:00Z", "runId": "abcdefghijklmnopqrstuvwxyz", "f": "0123456789abcdef"})
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(data)
}
