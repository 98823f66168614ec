// The race detector makes a simulation ten times slower, and one goroutine runs at a time in it: .ci/run plays it without.

//go:build !race

package sim

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
)

// TestStories_NoFault_EndWell plays each story as it is.
func TestStories_NoFault_EndWell(t *testing.T) {
	for _, s := range Stories() {
		r := Simulate(1, &s.Scenario, true)
		if len(r.Violations) > 0 {
			t.Errorf("%s: %v\n%s", s.Name, r.Violations, r.Trace("", 80))
		}
	}
}

// TestStories_OneFault_NoInvariantBreaks puts every fault into every seam of every story, at each of its first DEPTH calls (1; `make sim`: 6).
func TestStories_OneFault_NoInvariantBreaks(t *testing.T) {
	most, _ := number(t, "DEPTH", 1)
	table := eachStory(func(table *Table, s Story) {
		r := Simulate(1, &s.Scenario, false)
		for _, f := range cases(r.Calls, int(most)) {
			for seed := range uint64(2) {
				table.play(s, seed+1, f)
			}
		}
	})
	t.Log(table)
	for _, s := range Seams() {
		for _, f := range AllFaults() {
			if Reason(s, f) == "" && table.Single[cell{s, f}] == 0 {
				t.Errorf("%s, %s: no case and no reason", s, f)
			}
		}
	}
	report(t, table)
}

// TestStories_TwoFaults_NoInvariantBreaks puts pairs of faults into the stories: of all pairs about PAIRS a story (100; `make sim`: 2,000),
// drawn evenly; all of them, which takes hours, with PAIRS=0.
func TestStories_TwoFaults_NoInvariantBreaks(t *testing.T) {
	pairs, _ := number(t, "PAIRS", 100)
	table := eachStory(func(table *Table, s Story) {
		r := Simulate(1, &s.Scenario, false)
		singles := cases(r.Calls, 3)
		rng := rand.New(rand.NewPCG(1, 9))
		for i := range singles {
			for k := range i {
				if pairs > 0 && rng.Uint64N(uint64(len(singles)*(len(singles)-1)/2)) >= pairs {
					continue
				}
				table.play(s, uint64(i), singles[k], singles[i])
			}
		}
	})
	t.Log(table)
	report(t, table)
}

// report fails with what broke, the first of each kind.
func report(t *testing.T, table *Table) {
	for i, b := range table.Broken {
		if i < 40 {
			t.Error(b)
		}
	}
}

// eachStory plays the stories side by side.
func eachStory(play func(*Table, Story)) *Table {
	all := newTable()
	var mu sync.Mutex
	var wg sync.WaitGroup
	places := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, s := range Stories() {
		wg.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			mine := newTable()
			play(mine, s)
			mu.Lock()
			defer mu.Unlock()
			all.Cases += mine.Cases
			all.Broken = append(all.Broken, mine.Broken...)
			for c, n := range mine.Single {
				all.Single[c] += n
			}
			for c, n := range mine.Pairs {
				all.Pairs[c] += n
			}
		})
	}
	wg.Wait()
	return all
}
