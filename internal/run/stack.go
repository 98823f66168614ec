package run

import (
	"encoding/json"
	"strings"
)

// Stack is what the owner of the stack decides for all callers. The zero Stack allows everything but
// ECS Exec, and fills nothing in.
type Stack struct {
	// Defaults fills absent members of a RunTask or StartTask input (RunDefaults): at most 2,048 characters of JSON.
	Defaults json.RawMessage
	// Families are those that callers may use, each a name, or a beginning with `*` behind it. None: all.
	Families []string
	// OwnerOnly lets callers see and stop their own runs only (Visibility `owner`).
	OwnerOnly bool
	// ExecuteCommand lets callers ask for ECS Exec.
	ExecuteCommand bool
}

// allows says whether callers may know of a family.
func (s Stack) allows(family string) bool {
	for _, allowed := range s.Families {
		beginning, open := strings.CutSuffix(allowed, "*")
		if family == allowed || (open && strings.HasPrefix(family, beginning)) {
			return true
		}
	}
	return len(s.Families) == 0
}

// shows says whether a caller may see and stop a run. Scheduled runs are everybody's.
func (s Stack) shows(r *Run, caller string) bool {
	return !s.OwnerOnly || r.Owner == caller || r.scheduled()
}

// excludes are members that ECS does not take together, or that mean something only with the other absent.
var excludes = map[string][]string{
	"launchType":               {"capacityProviderStrategy"},
	"capacityProviderStrategy": {"launchType"},
}

// fill gives an input with the defaults for what it lacks. A default that the operation does not have, or that something
// given excludes, is left out; networkConfiguration is for task definitions of network mode awsvpc (RT-13).
func (s Stack) fill(spec Spec, op Operation, input json.RawMessage, def *Definition) json.RawMessage {
	var given, defaults map[string]json.RawMessage
	if len(s.Defaults) == 0 || json.Unmarshal(s.Defaults, &defaults) != nil || json.Unmarshal(input, &given) != nil {
		return input
	}
	set := map[string]any{}
	for name, value := range defaults {
		if !spec.Has(op, name) || has(given, name) || excluded(given, name) {
			continue
		}
		if name == "networkConfiguration" && def != nil && def.NetworkMode != "awsvpc" {
			continue
		}
		set[name] = value
	}
	return withMembers(input, set)
}

func has(members map[string]json.RawMessage, name string) bool {
	v, ok := members[name]
	return ok && string(v) != "null"
}

func excluded(given map[string]json.RawMessage, name string) bool {
	for _, other := range excludes[name] {
		if has(given, other) {
			return true
		}
	}
	if name != "platformVersion" {
		return false
	}
	var launch string // RT-31: Fargate only
	return json.Unmarshal(given["launchType"], &launch) == nil && launch != "FARGATE"
}

// violations checks a resolved input against what the stack allows.
func (s Stack) violations(input json.RawMessage) []Violation {
	var asked struct {
		ExecuteCommand bool `json:"enableExecuteCommand"`
	}
	if s.ExecuteCommand || json.Unmarshal(input, &asked) != nil || !asked.ExecuteCommand {
		return nil
	}
	return []Violation{{"/enableExecuteCommand", RuleExecuteCommand, "ECS Exec is off in this stack (AllowExecuteCommand); allowed: false, or leave it out"}}
}
