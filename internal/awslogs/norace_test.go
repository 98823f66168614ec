//go:build !race

package awslogs_test

// manyLines is how many lines the test of many lines writes.
const manyLines = 1_000_000
