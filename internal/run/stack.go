package run

import (
	"encoding/json"
	"slices"
	"strings"

	"davit/internal/jsontree"
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

// AllowsFamily reports whether callers may know of a family.
func (s Stack) AllowsFamily(family string) bool {
	for _, allowed := range s.Families {
		beginning, open := strings.CutSuffix(allowed, "*")
		if family == allowed || (open && strings.HasPrefix(family, beginning)) {
			return true
		}
	}
	return len(s.Families) == 0
}

// shows reports whether a caller may see and stop a run. Scheduled runs are everybody's.
func (s Stack) shows(r *Run, caller string) bool {
	return !s.OwnerOnly || r.Owner == caller || r.scheduled()
}

// excludes are members that ECS does not take together, or that mean something only with the other absent.
var excludes = map[string][]string{
	"launchType":               {"capacityProviderStrategy"},
	"capacityProviderStrategy": {"launchType"},
}

// fill sets what the input lacks and the stack has a default for. A default that the operation does not have, or that something
// given excludes, is left out; networkConfiguration is for task definitions of network mode awsvpc (RT-13). def is nil where it is not known.
func (s Stack) fill(in *resolvedInput, spec Spec, op Operation, def *Definition) {
	var defaults map[string]json.RawMessage
	if len(s.Defaults) == 0 || json.Unmarshal(s.Defaults, &defaults) != nil {
		return
	}
	in.changed = true
	given := in.Node
	for name, value := range defaults {
		if !spec.Has(op, name) || has(given, name) || excluded(given, name) {
			continue
		}
		if name == "networkConfiguration" && def != nil && def.NetworkMode != "awsvpc" {
			continue
		}
		in.setDefault(name, value)
	}
}

func has(input jsontree.Node, name string) bool {
	_, given := input.Get(name)
	return given
}

func excluded(given jsontree.Node, name string) bool {
	for _, other := range excludes[name] {
		if has(given, other) {
			return true
		}
	}
	return name == "platformVersion" && slices.ContainsFunc(given.Members, notFargate)
}

// notFargate reports whether a member is a launch type that has no platform version (RT-31), or leaves the launch type open with null.
func notFargate(m jsontree.Member) bool {
	return m.Name == "launchType" && (m.Value.Kind == jsontree.Null || m.Value.Kind == jsontree.String && m.Value.Text != "FARGATE")
}

// violations returns what of a resolved input the stack does not allow.
func (s Stack) violations(input jsontree.Node) []Violation {
	if s.ExecuteCommand || !asksForExec(input) {
		return nil
	}
	return []Violation{{"/enableExecuteCommand", RuleExecuteCommand, "ECS Exec is off in this stack (AllowExecuteCommand); allowed: false, or leave it out"}}
}

// asksForExec reports whether enableExecuteCommand is true. It ignores the case of the name, so that a misspelled one is refused for both
// reasons.
func asksForExec(input jsontree.Node) bool {
	asks := false
	for _, m := range input.Members {
		switch {
		case !strings.EqualFold(m.Name, "enableExecuteCommand") || m.Value.Kind == jsontree.Null:
		case m.Value.Kind == jsontree.Bool:
			asks = m.Value.Truth
		default:
			return false // of a wrong type: the Spec reports it
		}
	}
	return asks
}
