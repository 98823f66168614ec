package taskdef

import (
	"testing"

	"davit/internal/run"
)

func TestDescribeValues_StackWithoutWrites_IsForbidden(t *testing.T) {
	for writes, want := range map[bool]run.Code{false: run.CodeForbidden, true: run.CodeNotFound} {
		g := &Registrar{Writes: writes, Stack: run.Stack{Families: []string{"other"}}}
		if _, err := g.DescribeValues(t.Context(), "a:1"); run.CodeOf(err) != want {
			t.Errorf("writes %v: got %v, want %s", writes, err, want)
		}
	}
}
