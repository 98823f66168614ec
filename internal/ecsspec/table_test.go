package ecsspec

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"davit/internal/jsontree"
	"davit/internal/run"
)

// checkInput parses an input of the given operation.
func checkInput(op run.Operation, body string) []run.Violation {
	switch op {
	case registerTaskDefinition:
		_, found := Spec{}.ParseTaskDefinition([]byte(body))
		return found
	case stopTask:
		_, found := Spec{}.ParseStopTask([]byte(body))
		return found
	case describeTasks:
		_, found := Spec{}.ParseDescribeTasks([]byte(body))
		return found
	case describeTaskDefinition:
		_, found := Spec{}.ParseDescribeTaskDefinition([]byte(body))
		return found
	case deregisterTaskDefinition:
		_, found := Spec{}.ParseDeregisterTaskDefinition([]byte(body))
		return found
	default:
		s, found := Spec{}.Parse([]byte(body))
		if s.Operation != op {
			return []run.Violation{{Detail: "taken for " + string(s.Operation)}}
		}
		return found
	}
}

// smallest is the least input of an operation with members added.
func smallest(t *testing.T, op run.Operation, members string) string {
	t.Helper()
	base := map[run.Operation]string{
		run.RunTask:            `{"taskDefinition":"a"}`,
		run.StartTask:          `{"taskDefinition":"a","containerInstances":["i"]}`,
		registerTaskDefinition: `{"family":"a","memory":"512","containerDefinitions":[{"name":"c"}]}`,
		stopTask:               `{"task":"t"}`,
		describeTasks:          `{"tasks":["t"]}`,
		describeTaskDefinition: `{"taskDefinition":"a"}`, deregisterTaskDefinition: `{"taskDefinition":"a:1"}`,
	}[op]
	root, added := tree(t, base), tree(t, "{"+members+"}")
	for _, m := range added.Members {
		root = root.With(m.Name, m.Value)
	}
	return string(root.Encode())
}

// cases are those of all operations, each of one.
func cases() []rowCase {
	var all []rowCase
	for _, c := range slices.Concat(rowCases(), registerCases(), requiredCases(), strictCases(), fargateCases(), modelCases()) {
		ops := c.on
		if ops == nil {
			ops = onRun
		}
		for _, op := range ops {
			c.on = []run.Operation{op}
			all = append(all, c)
		}
	}
	return all
}

func TestEveryRowAtAndPastItsLimit(t *testing.T) {
	for i, c := range cases() {
		op := c.on[0]
		t.Run(fmt.Sprintf("%s/%s/%d", c.id, op, i), func(t *testing.T) {
			if found := checkInput(op, smallest(t, op, c.good)); len(found) > 0 {
				t.Errorf("at the limit: %v", found)
			}
			found := checkInput(op, smallest(t, op, c.bad))
			wantViolation(t, found, c.id, c.pointer)
			what, limit, _ := strings.Cut(found[0].Detail, "; allowed: ")
			if what == "" || limit == "" {
				t.Errorf("got detail %q, want what was given; allowed: what is allowed", found[0].Detail)
			}
			if len(what) > 160 {
				t.Errorf("got %d bytes of what was given, want at most 160: %q", len(what), what)
			}
		})
	}
}

// A row that no case breaks would be a row nobody has seen at work.
func TestEveryRowHasACase(t *testing.T) {
	rows, tested := 0, 0
	type bad struct {
		rowCase
		body jsontree.Node
	}
	byRow := map[string][]bad{}
	for _, c := range cases() {
		key := c.id + string(c.on[0])
		byRow[key] = append(byRow[key], bad{c, tree(t, smallest(t, c.on[0], c.bad))})
	}
	for _, r := range rules {
		for _, op := range r.on {
			rows++
			if slices.ContainsFunc(byRow[r.id+string(op)], func(c bad) bool { return breaks(r, op, c.body) }) {
				tested++
			} else {
				t.Errorf("%s on %s at %q (%s): no case", r.id, op, r.field, r.limit)
			}
		}
	}
	for _, r := range definitionAware {
		rows++
		if slices.ContainsFunc(fitCases(), func(c fitCase) bool { return c.id == r.id }) {
			tested++
		} else {
			t.Errorf("%s against the definition: no case", r.id)
		}
	}
	t.Logf("V rows by operation: %d, tested at and past the limit: %d, untested: %d", rows, tested, rows-tested)
}

// breaks reports whether an input breaks this very row.
func breaks(r rule, op run.Operation, body jsontree.Node) bool {
	if r.typed {
		found := checkTypes(op, body)
		return len(found) == 1 && found[0].Rule == r.id
	}
	return len(r.judge(nil, body, "", tokens(r.field))) > 0
}
