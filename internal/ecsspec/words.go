package ecsspec

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/ecsjson"
	"davit/internal/jsontree"
	"davit/internal/run"
)

// Refusal returns what ECS says to the first rule of ECS that an operation's input breaks, "" where it breaks none. Davit's own rules do not
// count. The local ECS endpoint calls it, so that both doors go by one table.
func (Spec) Refusal(operation string, input []byte) string {
	op := run.Operation(operation)
	doc, syntax := jsontree.Parse(input)
	if syntax != nil || !slices.Contains(onTagging, op) {
		return ""
	}
	for _, r := range rules {
		if !slices.Contains(r.on, op) || strings.HasPrefix(r.id, "DV-") {
			continue
		}
		if found := r.judge(nil, doc.Root, "", tokens(r.field)); len(found) > 0 {
			return r.inWords(doc.Root, found[0])
		}
	}
	for _, f := range ecsjson.Decode(doc.Root, shapeOf(op), ecsjson.Strict(), ecsjson.IgnoreUnknown()) {
		return "Invalid '" + dotted(f.Pointer) + "' setting: " + f.Detail + "."
	}
	return ""
}

// inWords returns a violation in ECS's words. {member}, {value}, {container} and {protocol} stand for the member's name, its text, the name of its
// container and the protocol of its port mapping. Where ECS's words are not known, they are made of the violation's.
func (r rule) inWords(input jsontree.Node, v run.Violation) string {
	container := containerAt(input, v.Field)
	if r.words != "" {
		at := max(0, strings.LastIndexByte(v.Field, '/'))
		parent, name := v.Field[:at], strings.TrimPrefix(v.Field[at:], "/")
		protocol := strings.ToUpper(cmp.Or(member(descend(input, parent), "protocol"), string(types.TransportProtocolTcp)))
		return strings.NewReplacer(
			"{member}", name, "{value}", descend(input, v.Field).Text, "{container}", container, "{protocol}", protocol,
		).Replace(r.words)
	}
	what, _, _ := strings.Cut(v.Detail, "; allowed: ")
	if v.Field == "" {
		return "Invalid setting for task: " + what + "."
	}
	if container != "" {
		return "Invalid setting for container '" + container + "'. '" + dotted(v.Field) + "': " + what + "."
	}
	return "Invalid '" + dotted(v.Field) + "' setting: " + what + "."
}

// containerAt returns the name of the container of a definition that a pointer leads into, "" for none.
func containerAt(definition jsontree.Node, pointer string) string {
	path := tokens(pointer)
	if len(path) < 2 || path[0] != "containerDefinitions" {
		return ""
	}
	i, err := strconv.Atoi(path[1])
	if list := containersOf(definition); err == nil && i < len(list) {
		return member(list[i], "name")
	}
	return ""
}

// dotted returns a pointer as ECS writes paths: containerDefinitions[0].image.
func dotted(pointer string) string {
	var b strings.Builder
	for _, token := range tokens(pointer) {
		switch {
		case all(token, isDigit):
			b.WriteString("[" + token + "]")
		case b.Len() > 0:
			b.WriteString("." + token)
		default:
			b.WriteString(token)
		}
	}
	return b.String()
}
