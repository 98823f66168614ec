//go:build race

package dynamo_test

// raceDetector says that these tests were built with the race detector, under which the SDK is ten times slower.
const raceDetector = true
