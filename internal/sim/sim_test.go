// The race detector makes a simulation ten times slower, and one goroutine runs at a time in it: .ci/run plays it without.

//go:build !race

package sim

import (
	"maps"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"testing"
)

// number is an environment variable's number.
func number(t *testing.T, name string, other uint64) (n uint64, given bool) {
	text := os.Getenv(name)
	if text == "" {
		return other, false
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n, true
}

// TestSim_DrawnScenarios_NoInvariantBreaks plays SEEDS scenarios (100; `make sim`: 2,000), from FROM on, or that of DAVIT_SEED.
func TestSim_DrawnScenarios_NoInvariantBreaks(t *testing.T) {
	if seed, one := number(t, "DAVIT_SEED", 0); one {
		t.Log(Explain(seed, Draw(seed)))
		if len(Simulate(seed, Draw(seed), false).Violations) > 0 {
			t.Fail()
		}
		return
	}
	seeds, _ := number(t, "SEEDS", 100)
	from, _ := number(t, "FROM", 0)
	report := play(t, from, seeds)
	t.Log(report)
	explained := 0
	for _, invariant := range slices.Sorted(maps.Keys(report.Broken)) {
		broken := report.Broken[invariant]
		t.Errorf("%s: broken by %d seeds", invariant, len(broken))
		if explained++; explained <= 3 {
			t.Log(Explain(broken[0], Draw(broken[0])))
		}
	}
}

// play simulates seeds side by side. A simulation leaves much garbage and keeps little: collecting it rarely spares a quarter of the time.
func play(t *testing.T, from, seeds uint64) *Report {
	defer debug.SetGCPercent(debug.SetGCPercent(800))
	report := NewReport()
	next := make(chan uint64)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for seed := range next {
				r := Simulate(seed, Draw(seed), false)
				mu.Lock()
				report.Add(r)
				for _, v := range r.Violations {
					t.Logf("seed %d: %s", seed, v)
				}
				if report.Seeds%10000 == 0 {
					t.Log(report)
				}
				mu.Unlock()
			}
		})
	}
	for seed := from; seed < from+seeds; seed++ {
		next <- seed
	}
	close(next)
	wg.Wait()
	return report
}

func TestSimulate_SameSeed_SameTrace(t *testing.T) {
	for seed := range uint64(25) {
		a, b := Simulate(seed, Draw(seed), true), Simulate(seed, Draw(seed), true)
		if got, want := b.Trace("", 1<<30), a.Trace("", 1<<30); got != want || a.Sum != b.Sum {
			t.Fatalf("seed %d: two simulations differ", seed)
		}
		c := Simulate(seed, Draw(seed), false)
		if c.Switches != a.Switches || c.Virtual != a.Virtual {
			t.Errorf("seed %d: without lines %d switches, with them %d", seed, c.Switches, a.Switches)
		}
	}
}

func TestSimulate_FaultsAsAScript_SameSimulation(t *testing.T) {
	for seed := range uint64(10) {
		sc := Draw(seed)
		a := Simulate(seed, sc, true)
		scripted := clone(sc)
		scripted.Script = append([]Scripted{}, a.Script...)
		if b := Simulate(seed, scripted, true); b.Trace("", 1<<30) != a.Trace("", 1<<30) {
			t.Errorf("seed %d: the script of its faults gives another simulation", seed)
		}
	}
}

// TestSim_ManyAttempts_RecordStaysBounded plays runs of very many attempts.
func TestSim_ManyAttempts_RecordStaysBounded(t *testing.T) {
	seeds, _ := number(t, "LONG", 2)
	for seed := range seeds {
		r := Simulate(seed, Long(seed), false)
		for _, v := range r.Violations {
			t.Errorf("seed %d: %s", seed, v)
		}
		t.Logf("seed %d: %v after %v, %d calls of RunTask", seed, r.Statuses, r.Virtual, r.Calls[RunTask])
	}
}
