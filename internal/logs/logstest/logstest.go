// Package logstest holds the one suite that every logs.Source has to pass. It asks for what the contract promises and for nothing else: a page may
// be short, a line may come in other parts than it was written in, and times may be coarse (Harness.Coarse).
package logstest

import (
	"testing"
	"time"

	"davit/internal/logs"
)

// Harness is a source to be tested, and the containers whose output it reads. The suite runs in a bubble of testing/synctest: time is virtual.
type Harness struct {
	// Open returns a source over what was written so far and what will be written. A second call is a restart of the server: nothing that the first source
	// kept in memory may be needed.
	Open func() logs.Source
	// Stream returns how the source is asked for a container's output. The suite sets Over and OverAt.
	Stream func(task, container string) logs.Stream
	// Write appends bytes to a container's output, now. It need not end with a line feed. The first Write begins the stream.
	Write func(s logs.Stream, output []byte)
	// Restart ends a container and starts it again, within its task.
	Restart func(s logs.Stream)
	// End ends a container for good. What was written is readable Settle later at the latest.
	End func(s logs.Stream)
	// Skew makes a stream's clock differ by d from the others'; nil where all streams of the source have one clock.
	Skew func(s logs.Stream, d time.Duration)
	// Coarse is by how much the time of a record may differ from when it was written.
	Coarse time.Duration
	// Lag is how long after a Write its records may not be readable; 0: they are readable at once.
	Lag time.Duration
	// Raw is true where bytes reach the source as they were written; false where something on the way has made UTF-8 of them already.
	Raw bool
}

// Run runs the suite. open gives each test a harness of its own, and cleans up by t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

type testCase struct {
	name string
	test func(*testing.T, Harness)
}

func cases() []testCase { return nil }
