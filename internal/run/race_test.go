//go:build race

package run

// raceDetector is on: a turn costs about six times as much.
const raceDetector = true
