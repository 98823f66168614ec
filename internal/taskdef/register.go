package taskdef

import (
	"context"
	"encoding/json"

	"davit/internal/jsontree"
	"davit/internal/run"
)

// Spec knows RegisterTaskDefinition's input.
type Spec interface {
	// ParseTaskDefinition checks a POST /task-definitions body and gives the input, compact.
	ParseTaskDefinition(body []byte) (input json.RawMessage, violations []run.Violation)
}

// Registrar is the routes of /task-definitions. ECS holds the truth: nothing of a definition is kept here.
type Registrar struct {
	Stack       run.Stack
	Writes      bool // callers may register and deregister (AllowTaskDefinitionWrites)
	Spec        Spec
	Definitions Definitions
	Rules       run.RefusalRules // nil: refusals name ECS's error code
}

// Register registers a definition unless the family's latest ACTIVE revision already says the same. Errors: CodeInvalid with
// every violation at once; CodeForbidden; CodeNotFound for a family that callers may not know of; CodeThrottled;
// CodeUnavailable. The look at the latest revision makes a repetition safe, also after a reply that was lost.
func (g *Registrar) Register(ctx context.Context, body []byte) (RegisterResult, error) {
	if !g.Writes {
		return RegisterResult{}, writesAreOff()
	}
	input, violations := g.Spec.ParseTaskDefinition(body)
	if violations = run.AppendViolations(violations, tagViolations(input)); len(violations) > 0 {
		return RegisterResult{}, run.InvalidRequest(violations...)
	}
	family := jsontree.StringMember(input, "family")
	if !g.Stack.AllowsFamily(family) {
		return RegisterResult{}, unknownDefinition()
	}
	hash, err := contentHash(input)
	if err != nil {
		return RegisterResult{}, err
	}
	same, found, err := g.registered(ctx, family, hash)
	if err != nil {
		return RegisterResult{}, run.RefusedCall(g.Rules, err)
	}
	if found {
		return RegisterResult{Definition: same.Definition, Tags: same.Tags}, nil
	}
	return g.register(ctx, family, hash, input)
}

// register makes a revision. When it is not known whether ECS did, ECS is asked once more: a second call would make a second one.
func (g *Registrar) register(ctx context.Context, family, hash string, input json.RawMessage) (RegisterResult, error) {
	made, err := g.Definitions.Register(ctx, withTag(input, ContentTag, hash))
	if err != nil && run.ClassifyError(err) == run.Unavailable {
		if same, found, lookErr := g.registered(ctx, family, hash); lookErr == nil && found {
			made, err = same, nil
		}
	}
	if err != nil {
		return RegisterResult{}, run.RefusedCall(g.Rules, err)
	}
	return RegisterResult{Definition: made.Definition, Tags: made.Tags, Created: true}, nil
}

// registered returns the family's latest revision if it is ACTIVE and was registered with this content.
func (g *Registrar) registered(ctx context.Context, family, hash string) (same Definition, found bool, err error) {
	latest, err := g.Definitions.Describe(ctx, family)
	if run.IsUnknown(err) {
		return Definition{}, false, nil
	}
	if err != nil {
		return Definition{}, false, err
	}
	return latest, latest.active() && latest.tag(ContentTag) == hash, nil
}
