package taskdef

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"davit/internal/run"
)

// position is a place in a list of task definitions: which of the families that ECS is asked for, and where in it.
type position struct {
	index int
	token string // ECS's; "" is the beginning
}

// after is the place behind a page.
func (p position) after(page Page) position {
	if page.Next == "" {
		return position{index: p.index + 1}
	}
	return position{index: p.index, token: page.Next}
}

// cursor is what the nextCursor of a list of task definitions holds. ECS's token says nothing about which filters it belongs
// to, so it is never handed out without them.
type cursor struct {
	Filters string `json:"f"`
	Family  string `json:"family"`
	Token   string `json:"token"`
}

// filtersOf binds a cursor to the filters, and to the families that were allowed when it was made.
func filtersOf(families []string, q ListRequest) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "task-definitions%q%q%q", q.FamilyPrefix, q.Status, families))
	return hex.EncodeToString(sum[:8])
}

func (g *Registrar) encodeCursor(q ListRequest, family, token string) string {
	data, err := json.Marshal(cursor{filtersOf(g.Stack.Families, q), family, token})
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// decodeCursor reads the request's cursor; none is the beginning.
func (g *Registrar) decodeCursor(q ListRequest, families []string) (position, error) {
	if q.Cursor == "" {
		return position{}, nil
	}
	data, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err != nil {
		return position{}, run.InvalidCursor()
	}
	var c cursor
	if json.Unmarshal(data, &c) != nil || c.Filters != filtersOf(g.Stack.Families, q) || !slices.Contains(families, c.Family) {
		return position{}, run.InvalidCursor()
	}
	return position{slices.Index(families, c.Family), c.Token}, nil
}
