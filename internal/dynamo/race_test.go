//go:build race

package dynamo_test

// raceDetector reports whether these tests were built with the race detector, under which the SDK is ten times slower.
const raceDetector = true
