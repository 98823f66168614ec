// Package logstest holds the one suite that every logs.Source has to pass. It reads through logs.Reader, as requests do, and asks for what the contract
// promises and for nothing else: a page may be short, a line may come in other parts than it was written in, and times may be coarse (Harness.Coarse).
package logstest

import (
	"testing"
	"testing/synctest"
	"time"

	"davit/internal/logs"
)

// Harness is a source to be tested, and the containers whose output it reads. Each test runs in a bubble of testing/synctest: time is virtual.
type Harness struct {
	// Open returns a source over what was written so far and what will be written. A second call is a restart of the server: nothing that the first source
	// kept in memory may be needed.
	Open func() logs.Source
	// Stream returns how the source is asked for a container's output: TaskARN, Driver, Options and Defined. The suite sets the rest.
	Stream func(task, container string) logs.Stream
	// Write appends bytes to a container's output, now. It need not end with a line feed. The first Write begins the stream.
	Write func(task, container string, output []byte)
	// Restart ends a container that wrote and starts it again, within its task.
	Restart func(task, container string)
	// End ends a container that wrote for good.
	End func(task, container string)
	// Skew makes a stream's clock differ by d from the others'; nil where all streams of the source have one clock.
	Skew func(task, container string, d time.Duration)
	// Coarse is by how much the time of a record may differ from when it was written.
	Coarse time.Duration
	// Lag is how long after a Write its records may not be readable; 0: they are readable at once. It is less than Traits.Settle.
	Lag time.Duration
	// Raw is true where bytes reach the source as they were written; false where something on the way has made UTF-8 of them already.
	Raw bool
	// Many is how many lines the test of many lines writes; 0 is a million, and a hundredth of it with -short.
	Many int
}

// Run runs the suite. open gives each test a harness of its own, and cleans up by t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { c.test(newWorld(t, open(t))) })
		})
	}
}

type testCase struct {
	name string
	test func(*world)
}

func cases() []testCase {
	return []testCase{
		{"Lines", testLines},
		{"LongLine", testLongLine},
		{"ManyLines", testManyLines},
		{"NotUTF8", testNotUTF8},
		{"CharacterAtAPartsEnd", testCharacterAtPartsEnd},
		{"ANSI", testANSI},
		{"EmptyOutput", testEmptyOutput},
		{"EmptyLines", testEmptyLines},
		{"UnfinishedLine", testUnfinishedLine},
		{"Restart", testRestart},
		{"StreamBeginsLate", testBeginsLate},
		{"LaterAttempt", testLaterAttempt},
		{"Merged", testMerged},
		{"ClocksDiffer", testClocksDiffer},
		{"CursorAcrossRestart", testCursorAcrossRestart},
		{"SameCursorTwice", testSameCursorTwice},
		{"ForgedPosition", testForgedPosition},
		{"Tail", testTail},
		{"TailThenFollow", testTailThenFollow},
		{"TailOfLongLine", testTailOfLongLine},
		{"Since", testSince},
		{"SinceAndTail", testSinceAndTail},
		{"CompleteNotEarly", testCompleteNotEarly},
		{"PageSize", testPageSize},
	}
}
