//go:build race

package local

// raceDetector is on: a turn costs about six times as much.
const raceDetector = true
