package ecsspec

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"davit/internal/ecsspec/row"
)

// idsOfECS are the numbers that the rules of ECS's pages have, by operation. RT-43, RD-27 and RD-28 are on none of them: ECS says them when it refuses.
func idsOfECS() []string {
	var ids []string
	for _, part := range []struct {
		letters string
		last    int
	}{{"RT", 43}, {"ST", 6}, {"SP", 7}, {"DT", 4}, {"DD", 2}, {"DR", 3}, {"RD", 28}, {"RO", 9}} {
		for n := 1; n <= part.last; n++ {
			ids = append(ids, fmt.Sprintf("%s-%02d", part.letters, n))
		}
	}
	return ids
}

func TestTheTableIsComplete(t *testing.T) {
	kinds := map[string][]row.Kind{}
	count := map[row.Kind]int{}
	for _, r := range Rows() {
		kinds[r.ID] = append(kinds[r.ID], r.Kind)
		count[r.Kind]++
		if r.Limit == "" || r.Source == "" || len(r.Operations) == 0 {
			t.Errorf("%s: got limit %q, source %q, operations %v, want all of them", r.ID, r.Limit, r.Source, r.Operations)
		}
		isBehaviour := r.Kind == row.Behaviour
		if (r.Message == "") != isBehaviour {
			t.Errorf("%s of kind %s: got message %q, want one unless it is a behaviour", r.ID, r.Kind, r.Message)
		}
		if (r.Test != "") != isBehaviour {
			t.Errorf("%s of kind %s: got test %q, want one for behaviours only", r.ID, r.Kind, r.Test)
		}
	}
	for _, id := range idsOfECS() {
		if kinds[id] == nil {
			t.Errorf("%s: no row", id)
		}
	}
	for id := range kinds {
		if !slices.Contains(idsOfECS(), id) && !strings.HasPrefix(id, "DV-") {
			t.Errorf("%s: no such number", id)
		}
	}
	t.Logf("%d numbers in %d rows: %d V, %d P, %d N", len(kinds), len(Rows()), count[row.Checked], count[row.Passed], count[row.Behaviour])
}

// Each N row names a test that is there.
func TestEveryBehaviourHasItsTest(t *testing.T) {
	rows, tested, tests := 0, 0, map[string][]string{}
	for _, r := range Rows() {
		if r.Kind != row.Behaviour {
			continue
		}
		rows++
		folder, name, _ := strings.Cut(r.Test, ".")
		if tests[folder] == nil {
			tests[folder] = testsIn(t, filepath.Join("..", "..", folder))
		}
		if slices.Contains(tests[folder], name) {
			tested++
		} else {
			t.Errorf("%s: there is no %s", r.ID, r.Test)
		}
	}
	t.Logf("N rows: %d, with a test: %d, untested: %d", rows, tested, rows-tested)
}

// testsIn lists the test functions of a folder.
func testsIn(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no tests, %v", folder, err)
	}
	var names []string
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			if f, is := d.(*ast.FuncDecl); is && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				names = append(names, f.Name.Name)
			}
		}
	}
	return names
}
