//go:build race

package filelogs_test

// With the race detector everything takes ten times as long.
const (
	seeds = 5
	many  = 20_000
)
