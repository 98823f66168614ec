//go:build race

package local

// raceDetector is true with -race, under which a step costs about six times as much.
const raceDetector = true
