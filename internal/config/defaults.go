package config

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"davit/internal/run"
)

const (
	varRunDefaults = "DAVIT_RUN_DEFAULTS"
	maxRunDefaults = 2048
)

// requestMembers are the members that each request sets for itself, or that Davit sets. They have no defaults.
var requestMembers = []string{"clientToken", "containerInstances", "count", "policy", "referenceId", "startedBy", "taskDefinition"}

// RunDefaults returns DAVIT_RUN_DEFAULTS: an object of RunTask's members that requests may leave out; nil when it is empty.
// spec checks it against ECS's rules once at the start, not at each request.
func (e *Env) RunDefaults(spec run.Spec) json.RawMessage {
	text := e.optional(varRunDefaults)
	if text == "" {
		return nil
	}
	const allowed = "a JSON object of RunTask's members, at most 2048 characters; empty for none"
	if n := utf8.RuneCountInString(text); n > maxRunDefaults {
		e.addFault(varRunDefaults, fmt.Sprintf("has %d characters", n), allowed)
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &members); err != nil || members == nil {
		e.addFault(varRunDefaults, "is no JSON object", allowed)
		return nil
	}
	if len(members) == 0 {
		return nil
	}
	for _, name := range requestMembers {
		if _, has := members[name]; has {
			e.addFault(varRunDefaults, "holds "+name+", which each request says for itself", allowed)
			return nil
		}
	}
	if v := firstViolation(spec, []byte(text)); v != nil {
		e.addFault(varRunDefaults, fmt.Sprintf("breaks %s at %s: %s", v.Rule, v.Field, v.Detail), allowed)
		return nil
	}
	return json.RawMessage(text)
}

// firstViolation checks the defaults as the request that has only them. It passes the text on unparsed, because parsing hides duplicate names.
func firstViolation(spec run.Spec, text []byte) *run.Violation {
	body := append([]byte(`{"taskDefinition":"any",`), text[1:]...)
	if _, violations := spec.Parse(body); len(violations) > 0 {
		return &violations[0]
	}
	return nil
}
