package taskdef

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"davit/internal/jsontree"
	"davit/internal/run"
)

// ContentTag is the tag that a task definition registered through Davit carries: the hash of what was asked. ECS fills
// in defaults, so what it answers cannot be compared with what was sent.
const ContentTag = "davit:content-hash"

// maxTags is how many tags of the caller's a task definition takes: ECS takes 50 (RT-35), and one is ContentTag.
const maxTags = 49

// tagViolations are those of a definition's tags that Davit needs, not ECS.
func tagViolations(input json.RawMessage) []run.Violation {
	var members struct {
		Tags []Tag `json:"tags"`
	}
	if json.Unmarshal(input, &members) != nil {
		return nil // the Spec has said so
	}
	var out []run.Violation
	if n := len(members.Tags); n > maxTags {
		detail := fmt.Sprintf("%d tags; allowed: %d, because ECS takes 50 and one of them is %s", n, maxTags, ContentTag)
		out = append(out, run.Violation{Field: "/tags", Rule: run.RuleContentTag, Detail: detail})
	}
	for i, t := range members.Tags {
		if t.Key == ContentTag {
			out = append(out, run.Violation{Field: fmt.Sprintf("/tags/%d/key", i), Rule: run.RuleContentTag, Detail: ContentTag + " is Davit's own tag; leave it out"})
		}
	}
	return out
}

func withTag(input json.RawMessage, key, value string) json.RawMessage {
	var members struct {
		Tags []json.RawMessage `json:"tags"`
	}
	if json.Unmarshal(input, &members) != nil {
		return input
	}
	tag, err := json.Marshal(Tag{Key: key, Value: value})
	if err != nil {
		return input
	}
	return jsontree.SetMembers(input, map[string]any{"tags": append(members.Tags, tag)})
}

// unordered holds the lists of a definition that mean the same in any order. Lists that are not here are compared as they stand: an order
// that means nothing costs a revision, one that was passed over would lose a change.
func unordered(name string) bool {
	switch name {
	case "tags", "environment", "secrets", "requiresCompatibilities", "portMappings", "mountPoints", "volumes", "ulimits", "dependsOn", "add", "drop":
		return true
	default:
		return false
	}
}

// contentHash is equal for inputs that ask for the same: the order of members and of unordered lists aside, and null is absent.
func contentHash(input json.RawMessage) (string, error) {
	var value any
	if err := json.Unmarshal(input, &value); err != nil {
		return "", fmt.Errorf("the content of a task definition cannot be hashed: %w", err)
	}
	canonical, err := json.Marshal(settled("", value))
	if err != nil {
		return "", fmt.Errorf("the content of a task definition cannot be hashed: %w", err)
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:]), nil
}

// settled drops absent members and orders the unordered lists of the value that has this name.
func settled(name string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		for member, inner := range v {
			if inner == nil {
				delete(v, member)
			} else {
				v[member] = settled(member, inner)
			}
		}
	case []any:
		for i := range v {
			v[i] = settled("", v[i])
		}
		if unordered(name) {
			// What has the same name twice stays in its order: the last of them counts.
			slices.SortStableFunc(v, func(a, b any) int { return bytes.Compare(identity(a), identity(b)) })
		}
	}
	return value
}

// identity is what tells one item of a list from another: its name or key, otherwise all of it.
func identity(item any) []byte {
	members, _ := item.(map[string]any)
	for _, name := range []string{"name", "key"} {
		if text, ok := members[name].(string); ok {
			return []byte(text)
		}
	}
	encoded, err := json.Marshal(item)
	if err != nil {
		return nil // what was decoded can be encoded
	}
	return encoded
}
