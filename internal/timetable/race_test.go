//go:build race

package timetable

// raceEnabled: the walks take ten times as long, and one goroutine runs each; .ci/run takes all of them without.
const raceEnabled = true
