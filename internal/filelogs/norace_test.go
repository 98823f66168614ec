//go:build !race

package filelogs_test

const (
	seeds = 25
	many  = 1_000_000
)
