//go:build race

package awslogs_test

// manyLines is how many lines the test of many lines writes: the race detector makes a million take a minute. `.ci/run` runs the million without it.
const manyLines = 20_000
