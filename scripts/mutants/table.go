package main

import (
	"fmt"
	"path"
	"strings"
)

// row is what came of one mistake.
type row struct {
	mutant
	caught  []string // the tests that failed
	err     error    // the tests could not be run
	seconds int
}

func (r row) missed() bool { return len(r.caught) == 0 || r.err != nil }

// who returns who caught the mistake.
func (r row) who() string {
	switch {
	case r.err != nil:
		return "ERROR: " + strings.Join(strings.Fields(r.err.Error()), " ")
	case r.missed():
		return "NOT CAUGHT"
	default:
		return strings.Join(r.caught, ", ")
	}
}

// line returns the row as it is printed when its tests are over.
func (r row) line() string {
	return fmt.Sprintf("%3d s  %s: %s: %s", r.seconds, path.Base(r.file), r.name, r.who())
}

func countMissed(rows []row) (missed int) {
	for _, r := range rows {
		if r.missed() {
			missed++
		}
	}
	return missed
}

// table returns all rows in Markdown, with their sums.
func table(rows []row, missed int) string {
	var b strings.Builder
	fmt.Fprint(&b, "\n| mistake | file | caught by | seconds |\n|---|---|---|---|\n")
	seconds := 0
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %d |\n", r.name, r.file, strings.ReplaceAll(r.who(), "|", "\\|"), r.seconds)
		seconds += r.seconds
	}
	fmt.Fprintf(&b, "\n%d mistakes planted, %d caught, %d s\n", len(rows), len(rows)-missed, seconds)
	return b.String()
}
