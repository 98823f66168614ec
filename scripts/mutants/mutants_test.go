package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A mistake whose line was changed, or stands twice, cannot be planted: its entry is to follow the code.
func TestCatalog_EveryMistake_CanBePlanted(t *testing.T) {
	names := map[string]bool{}
	for _, m := range catalog() {
		source, err := os.ReadFile(filepath.Join("../..", m.file))
		if err != nil {
			t.Errorf("%s: %v", m.name, err)
			continue
		}
		if n := strings.Count(string(source), m.old); n != 1 {
			t.Errorf("%s: %q stands %d times in %s, want once", m.name, m.old, n, m.file)
		}
		if m.old == m.new {
			t.Errorf("%s: it changes nothing", m.name)
		}
		if names[m.name] {
			t.Errorf("%s: the name is used twice", m.name)
		}
		names[m.name] = true
	}
	if len(names) < 30 {
		t.Errorf("%d mistakes, want at least 30", len(names))
	}
}

func TestFailure_OutputOfGoTest_NamesTheTest(t *testing.T) {
	for _, c := range []struct{ name, out, want string }{
		{"a test that failed", "--- FAIL: TestA (0.01s)\n    a_test.go:1: no\nFAIL\n", "p TestA"},
		{"its case", "--- FAIL: TestA (0.01s)\n    --- FAIL: TestA/b (0.00s)\nFAIL\n", "p TestA"},
		{"a panic", "panic: nil map\n\ngoroutine 1\n", "p (panic: nil map)"},
		{"no end", "panic: test timed out after 4m0s\n\trunning tests:\n\t\tTestA (3m59s)\n", "p TestA (no end)"},
	} {
		got, err := failure("p", []byte(c.out))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	if _, err := failure("p", []byte("# davit\nx.go:1: undefined: y\n")); err == nil {
		t.Error("what does not compile is no catch")
	}
}
