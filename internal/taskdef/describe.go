package taskdef

import (
	"context"

	"davit/internal/jsontree"
	"davit/internal/run"
)

// Describe is GET /task-definitions/{definition}: a revision of any status, a family's latest ACTIVE one. Errors: CodeNotFound, also
// for families that callers may not know of; CodeForbidden; CodeThrottled; CodeUnavailable.
func (g *Registrar) Describe(ctx context.Context, name string) (Definition, error) {
	n, ok := parseName(name)
	if !ok || !g.Stack.AllowsFamily(n.family) {
		return Definition{}, unknownDefinition()
	}
	return g.seen(g.Definitions.Describe(ctx, name))
}

// DescribeValues is Describe for a caller who is shown the environment values. CodeForbidden also where the stack takes no task definitions.
func (g *Registrar) DescribeValues(ctx context.Context, name string) (Definition, error) {
	if !g.Writes {
		return Definition{}, writesAreOff()
	}
	return g.Describe(ctx, name)
}

// Deregister is POST /task-definitions/{definition}/deregister: the revision, INACTIVE now, or already. Errors: CodeForbidden;
// CodeInvalid where the name has no revision (DR-01); those of Describe.
func (g *Registrar) Deregister(ctx context.Context, name string) (Definition, error) {
	if !g.Writes {
		return Definition{}, writesAreOff()
	}
	n, ok := parseName(name)
	switch {
	case ok && n.revision == 0:
		return Definition{}, run.InvalidRequest(run.Violation{Field: fieldDefinition, Rule: "DR-01", Detail: "a revision is deregistered, not a family; give family:revision"})
	case !ok || !g.Stack.AllowsFamily(n.family):
		return Definition{}, unknownDefinition()
	}
	return g.seen(g.Definitions.Deregister(ctx, name))
}

// seen holds what ECS answers to the families that callers may know of, whatever was asked for.
func (g *Registrar) seen(d Definition, err error) (Definition, error) {
	if err != nil {
		return Definition{}, g.refused(err)
	}
	if !g.Stack.AllowsFamily(jsontree.StringMember(d.Definition, "family")) {
		return Definition{}, unknownDefinition()
	}
	return d, nil
}

// fieldDefinition is the {definition} of a path.
const fieldDefinition = "path:definition"

// refused translates what ECS says no with; what it says is about the name in the path. A definition that is not there is told as one that
// callers may not know of.
func (g *Registrar) refused(err error) error {
	if run.IsUnknown(err) {
		return unknownDefinition()
	}
	refusal := run.RefusedCall(g.Rules, err)
	for i := range run.ViolationsOf(refusal) {
		run.ViolationsOf(refusal)[i].Field = fieldDefinition
	}
	return refusal
}

func unknownDefinition() error {
	return &run.Error{Code: run.CodeNotFound, Message: "no such task definition"}
}

func writesAreOff() error {
	return &run.Error{Code: run.CodeForbidden, Message: "this stack takes no task definitions (AllowTaskDefinitionWrites is off)"}
}
