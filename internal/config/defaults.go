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

// requestMembers are what a request says for itself, or what belongs to Davit: no default fills them in.
var requestMembers = []string{"clientToken", "containerInstances", "count", "policy", "referenceId", "startedBy", "taskDefinition"}

// RunDefaults is DAVIT_RUN_DEFAULTS: an object of RunTask's members that fills in what requests leave out; nil when it is empty.
// spec holds it to ECS's own rules now, rather than each request later.
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

// firstViolation reads the defaults as a request of nothing else. The text is handed on as it is: only so are doubled names seen.
func firstViolation(spec run.Spec, text []byte) *run.Violation {
	body := append([]byte(`{"taskDefinition":"any",`), text[1:]...)
	if _, violations := spec.Parse(body); len(violations) > 0 {
		return &violations[0]
	}
	return nil
}
