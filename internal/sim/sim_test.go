package sim

import (
	"fmt"
	"os"
	"strconv"
	"testing"
)

// seedOf is DAVIT_SEED.
func seedOf(t *testing.T) (uint64, bool) {
	text := os.Getenv("DAVIT_SEED")
	if text == "" {
		return 0, false
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n, true
}

func TestSim_Happy(t *testing.T) {
	sc := &Scenario{Clients: []Client{{Key: "a", Count: 2}}, TaskEvents: true, Tasks: Tasks{Longest: 60e9, StopSlow: 30e9}, Calm: 60e9, Patience: 3600e9, Script: script{}}
	r := Simulate(1, sc, true)
	fmt.Println(r.Trace("", 200))
	fmt.Println(r.Violations, r.Statuses)
}

func TestSim_Seeds(t *testing.T) {
	if seed, one := seedOf(t); one {
		r := Simulate(seed, Draw(seed), true)
		for _, v := range r.Violations {
			fmt.Printf("%s\n%s\n", v, r.Trace(v.Run, 150))
		}
		fmt.Println(r.Statuses, r.Virtual, r.Switches)
		return
	}
	n := 200
	if text := os.Getenv("SEEDS"); text != "" {
		n, _ = strconv.Atoi(text)
	}
	statuses, faults, total := map[string]int{}, map[Seam]map[Fault]int{}, Result{}
	kinds := map[string][]uint64{}
	for seed := range uint64(n) {
		r := Simulate(seed, Draw(seed), false)
		for _, v := range r.Violations {
			kinds[v.Invariant] = append(kinds[v.Invariant], seed)
		}
		for k, n := range r.Statuses {
			statuses[k] += n
		}
		for s, m := range r.Faults {
			if faults[s] == nil {
				faults[s] = map[Fault]int{}
			}
			for f, n := range m {
				faults[s][f] += n
			}
		}
		total.Virtual += r.Virtual
		total.Switches += r.Switches
		total.Choices += r.Choices
	}
	fmt.Println(statuses, total.Virtual, total.Switches, total.Choices)
	for s, m := range faults {
		fmt.Println(s, m)
	}
	for k, s := range kinds {
		fmt.Println(k, len(s), s[:min(len(s), 8)])
	}
}
