package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// soakVariable is the environment variable with which `make soak` asks for the full sizes.
const soakVariable = "DAVIT_TEST_SOAK"

// size returns the size of a test: small in `make test`, whole in `make soak`.
func size(small, whole int) int {
	if os.Getenv(soakVariable) != "" {
		return whole
	}
	return small
}

// countLines returns how often each line is in a file that the jobs' processes append to.
func countLines(t *testing.T, file string) map[string]int {
	t.Helper()
	lines := map[string]int{}
	for line := range strings.Lines(readFile(t, file)) {
		lines[strings.TrimSuffix(line, "\n")]++
	}
	return lines
}

// wantOnce checks that the processes of n jobs, numbered from 0, appended one line each.
func wantOnce(t *testing.T, lines map[string]int, n int) {
	t.Helper()
	for i := range n {
		if got := lines[fmt.Sprint(i)]; got != 1 {
			t.Errorf("job %d ran %d times, want once", i, got)
		}
	}
	if len(lines) != n {
		t.Errorf("%d jobs wrote a line, want %d", len(lines), n)
	}
}

// resident returns a field of the resident memory of a process in bytes, as Linux has it in /proc; 0 elsewhere.
func resident(t *testing.T, pid int, field string) int {
	t.Helper()
	for line := range strings.Lines(readFile(t, fmt.Sprintf("/proc/%d/status", pid))) {
		var kilobytes int
		if rest, ok := strings.CutPrefix(line, field+":"); ok {
			if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			return kilobytes << 10
		}
	}
	return 0
}

// descriptors returns how many files a process has open, as Linux has it in /proc; 0 elsewhere.
func descriptors(pid int) int {
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return 0
	}
	return len(files)
}
