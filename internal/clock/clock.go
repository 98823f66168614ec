// Package clock is the time that Davit's long-lived parts run on.
//
// Tests put the code under testing/synctest, where the System clock is virtual: a month passes in
// milliseconds and no test sleeps. The interface is there for the parts that need another time than
// the process's own, for example a replay of a recorded execution.
package clock

import "time"

// Clock reads the time and calls back after a while.
type Clock interface {
	// Now is the current time in UTC.
	Now() time.Time
	// AfterFunc calls f in its own goroutine once d has passed. stop cancels the call; it reports
	// false when f was already started or stopped.
	AfterFunc(d time.Duration, f func()) (stop func() bool)
}

// System is the clock of the process.
var System Clock = system{}

type system struct{}

func (system) Now() time.Time { return time.Now().UTC() }

func (system) AfterFunc(d time.Duration, f func()) func() bool { return time.AfterFunc(d, f).Stop }
