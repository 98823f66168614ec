//go:build race

package run

// raceDetector is on: a step costs about six times as much.
const raceDetector = true
