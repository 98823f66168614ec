package run

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
)

// definitionPosition is a place in a list of task definitions: which of the families that ECS is asked for, and where in it.
type definitionPosition struct {
	index int
	token string // ECS's; "" is the beginning
}

// after is the place behind a page.
func (p definitionPosition) after(page DefinitionPage) definitionPosition {
	if page.Next == "" {
		return definitionPosition{index: p.index + 1}
	}
	return definitionPosition{index: p.index, token: page.Next}
}

// definitionCursor is what the nextCursor of a list of task definitions holds. ECS's token says nothing about which filters it belongs
// to, so it is never handed out without them.
type definitionCursor struct {
	Filters string `json:"f"`
	Family  string `json:"family"`
	Token   string `json:"token"`
}

// definitionFilters binds a cursor to the filters, and to the families that were allowed when it was made.
func (s Stack) definitionFilters(q DefinitionListRequest) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "task-definitions%q%q%q", q.FamilyPrefix, q.Status, s.Families))
	return hex.EncodeToString(sum[:8])
}

func (s Stack) encodeDefinitionCursor(q DefinitionListRequest, family, token string) string {
	data, err := json.Marshal(definitionCursor{s.definitionFilters(q), family, token})
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// decodeDefinitionCursor reads the request's cursor; none is the beginning.
func (s Stack) decodeDefinitionCursor(q DefinitionListRequest, families []string) (definitionPosition, error) {
	if q.Cursor == "" {
		return definitionPosition{}, nil
	}
	data, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err != nil {
		return definitionPosition{}, badCursor()
	}
	var c definitionCursor
	if json.Unmarshal(data, &c) != nil || c.Filters != s.definitionFilters(q) || !slices.Contains(families, c.Family) {
		return definitionPosition{}, badCursor()
	}
	return definitionPosition{slices.Index(families, c.Family), c.Token}, nil
}
