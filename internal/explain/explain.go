// Package explain returns, in words, what it means that a run did not succeed, and what to do. One table serves the program, the documents and whoever shows runs. The
// standard library only.
package explain

//go:generate go run ./reasonsdoc ../../docs/reasons.md

import "strings"

// Cause is one reason for which a run does not succeed.
type Cause struct {
	// Class is the run's class: NEVER_STARTED, EXIT:137 … EXIT:* is any exit code.
	Class string
	// Words are parts of the reason that all are there, whatever their case; without any, the cause is the class's own.
	Words []string
	// Short is what happened in a few words. … in it stands for the container.
	Short string
	// Means is one sentence on what happened, Do one on what to do.
	Means, Do string
}

// Of returns the cause of a run's class and reason (statusReason, or an attempt's detail). found is false for a class that the table does not have.
func Of(class, reason string) (c Cause, found bool) {
	reason = strings.ToLower(reason)
	for _, c := range Causes() {
		if c.matches(class, reason) {
			return c, true
		}
	}
	return Cause{}, false
}

func (c Cause) matches(class, reason string) bool {
	if c.Class != class && (c.Class != "EXIT:*" || !strings.HasPrefix(class, "EXIT:")) {
		return false
	}
	for _, w := range c.Words {
		if !strings.Contains(reason, strings.ToLower(w)) {
			return false
		}
	}
	return true
}

// Causes returns the table. Of two that match the first counts, so that the special ones stand before those of their class.
func Causes() []Cause {
	var all []Cause
	for _, part := range [][]Cause{neverStarted, ofTasks, exitCodes, ofLaunches} {
		all = append(all, part...)
	}
	return all
}
