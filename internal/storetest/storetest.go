// Package storetest holds the one suite that every run.Store has to pass. It asks for what the contract
// promises and for nothing else: an index may lag (Harness.Eventually), a page may be short while its Next
// is set, and Next may be set although nothing is left.
package storetest

import (
	"testing"
	"time"

	"davit/internal/run"
)

// Harness is a store to be tested.
type Harness struct {
	// Store is empty, and nobody else uses it.
	Store run.Store
	// Clock is the one that the store decides by what has expired.
	Clock *Clock
	// Eventually is how long after a write List and Open may not show it, in real time. 0: they show it at once.
	Eventually time.Duration
	// Feed reads the store's changes; nil when it has no feed of its own.
	Feed Feed
	// FewRecords skips the one case that creates hundreds of records while it reads. It is for a slow server, where a faster one of
	// the same kind runs the whole suite.
	FewRecords bool
}

// Run runs the suite. open gives each test a store of its own, and cleans up by t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	for _, group := range []struct {
		name  string
		cases []testCase
	}{
		{"Create", createCases()},
		{"Get", getCases()},
		{"Update", updateCases()},
		{"Concurrent", concurrentCases()},
		{"List", listCases()},
		{"Pages", pageCases()},
		{"Filters", filterCases()},
		{"Open", openCases()},
		{"Expiry", expiryCases()},
		{"Feed", feedCases()},
		{"Lock", lockCases()},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, c := range group.cases {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					c.test(&suite{T: t, Harness: open(t)})
				})
			}
		})
	}
}

type testCase struct {
	name string
	test func(*suite)
}

// suite is one test with its store.
type suite struct {
	*testing.T
	Harness
}
