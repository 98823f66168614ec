package run

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// ContentTag is the tag that a task definition registered through Davit carries: the hash of what was asked. ECS fills
// in defaults, so what it answers cannot be compared with what was sent.
const ContentTag = "davit:content-hash"

// DefinitionSpec knows RegisterTaskDefinition's input.
type DefinitionSpec interface {
	// ParseTaskDefinition checks a POST /task-definitions body and gives the input, compact.
	ParseTaskDefinition(body []byte) (input json.RawMessage, violations []Violation)
}

// Definitions registers task definitions. Registration is limited to one a second and is not idempotent.
type Definitions interface {
	// Register answers the definition as ECS describes it.
	Register(ctx context.Context, input json.RawMessage) (json.RawMessage, error)
	// Latest answers the latest ACTIVE revision of a family with its tags; an *EngineError with Unknown when
	// there is none.
	Latest(ctx context.Context, family string) (definition json.RawMessage, tags map[string]string, err error)
}

// Registrar is POST /task-definitions.
type Registrar struct {
	Stack       Stack
	Writes      bool // callers may register (AllowTaskDefinitionWrites)
	Spec        DefinitionSpec
	Definitions Definitions
	Rules       Rulebook // nil: refusals name ECS's error code
}

// Register registers a definition unless the family's latest revision already says the same. Errors: CodeInvalid;
// CodeThrottled; CodeUnavailable (the look at the latest revision makes a repetition safe).
func (g *Registrar) Register(ctx context.Context, body []byte) (RegisterResult, error) {
	if !g.Writes {
		return RegisterResult{}, &Error{Code: CodeForbidden, Message: "this stack takes no task definitions (AllowTaskDefinitionWrites is off)"}
	}
	input, violations := g.Spec.ParseTaskDefinition(body)
	if len(violations) > 0 {
		return RegisterResult{}, invalid(violations...)
	}
	family := stringMember(input, "family")
	if !g.Stack.allows(family) {
		return RegisterResult{}, &Error{Code: CodeNotFound, Message: "no such task definition family"}
	}
	hash := contentHash(input)
	latest, tags, err := g.Definitions.Latest(ctx, family)
	switch {
	case err == nil && tags[ContentTag] == hash:
		return RegisterResult{Definition: latest}, nil
	case err != nil && !isUnknown(err):
		return RegisterResult{}, refusedCall(g.Rules, err)
	}
	definition, err := g.Definitions.Register(ctx, withTag(input, ContentTag, hash))
	if err != nil {
		return RegisterResult{}, refusedCall(g.Rules, err)
	}
	return RegisterResult{Definition: definition, Created: true}, nil
}

// contentHash is equal for equal JSON values: decoding and encoding again orders the members.
func contentHash(input json.RawMessage) string {
	var value any
	if json.Unmarshal(input, &value) != nil {
		return ""
	}
	canonical, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:])
}

func withTag(input json.RawMessage, key, value string) json.RawMessage {
	var members struct {
		Tags []json.RawMessage `json:"tags"`
	}
	if json.Unmarshal(input, &members) != nil {
		return input
	}
	tag, err := json.Marshal(map[string]string{"key": key, "value": value})
	if err != nil {
		return input
	}
	return withMembers(input, map[string]any{"tags": append(members.Tags, tag)})
}
