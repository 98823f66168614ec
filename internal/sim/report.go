package sim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Report adds simulations up.
type Report struct {
	Seeds, Runs      int
	Switches         int // of coroutines
	Choices          int // of them, those between processes under way at once
	Virtual          time.Duration
	Calls            map[Seam]int
	Faults           map[Seam]map[Fault]int
	Statuses         map[string]int
	Broken           map[string][]uint64 // seeds by invariant
	Began            time.Time
	schedules        map[uint64]bool
	DistinctSchedule int
}

// NewReport begins a report.
func NewReport() *Report {
	return &Report{
		Calls: map[Seam]int{}, Faults: map[Seam]map[Fault]int{}, Statuses: map[string]int{}, Broken: map[string][]uint64{}, Began: time.Now(),
		schedules: map[uint64]bool{},
	}
}

// Add takes a result in.
func (p *Report) Add(r Result) {
	p.Seeds++
	p.Runs += r.Runs
	p.Switches += r.Switches
	p.Choices += r.Choices
	p.Virtual += r.Virtual
	if !p.schedules[r.Sum] {
		p.schedules[r.Sum] = true
		p.DistinctSchedule++
	}
	for s, n := range r.Calls {
		p.Calls[s] += n
	}
	for s, m := range r.Faults {
		if p.Faults[s] == nil {
			p.Faults[s] = map[Fault]int{}
		}
		for f, n := range m {
			p.Faults[s][f] += n
		}
	}
	for s, n := range r.Statuses {
		p.Statuses[s] += n
	}
	for _, v := range r.Violations {
		p.Broken[v.Invariant] = append(p.Broken[v.Invariant], r.Seed)
	}
}

// String is the report as a log shows it.
func (p *Report) String() string {
	var b strings.Builder
	took := time.Since(p.Began)
	fmt.Fprintf(&b, "%d seeds in %v (%.0f a second), %d distinct schedules, %d switches, %d between processes under way at once, %.2f virtual years, %d runs\n", p.Seeds, took.Round(time.Millisecond),
		float64(p.Seeds)/took.Seconds(), p.DistinctSchedule, p.Switches, p.Choices, p.Virtual.Hours()/24/365, p.Runs)
	fmt.Fprintf(&b, "ends:")
	for _, s := range slices.Sorted(maps.Keys(p.Statuses)) {
		fmt.Fprintf(&b, " %s %d", s, p.Statuses[s])
	}
	b.WriteByte('\n')
	for _, s := range Seams() {
		fmt.Fprintf(&b, "%-28s %8d calls", s, p.Calls[s])
		for _, f := range slices.Sorted(maps.Keys(p.Faults[s])) {
			fmt.Fprintf(&b, ", %s %d", f, p.Faults[s][f])
		}
		b.WriteByte('\n')
	}
	for _, k := range slices.Sorted(maps.Keys(p.Broken)) {
		fmt.Fprintf(&b, "BROKEN %s: %d seeds, %v\n", k, len(p.Broken[k]), p.Broken[k][:min(len(p.Broken[k]), 12)])
	}
	return b.String()
}

// Explain shrinks a broken seed and shows the command that repeats it and the shortest sequence.
func Explain(seed uint64, sc *Scenario) string {
	r := Simulate(seed, sc, false)
	if len(r.Violations) == 0 {
		return fmt.Sprintf("seed %d: no violation; %v after %v", seed, r.Statuses, r.Virtual)
	}
	v := r.Violations[0]
	short := Shrink(seed, sc, v.Invariant)
	r = Simulate(seed, short, true)
	for _, w := range r.Violations {
		if w.Invariant == v.Invariant {
			v = w
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "make sim SEED=%d\n%s\n", seed, v)
	for _, c := range short.Clients {
		fmt.Fprintf(&b, "client %s at %v: %s stop after %v\n", c.Key, c.At, c.body(), c.StopAfter)
	}
	for _, f := range short.Script {
		fmt.Fprintf(&b, "fault: %s, call %d: %s (through all tries: %v)\n", f.Seam, f.N, f.Fault, f.Sticky)
	}
	fmt.Fprintf(&b, "task events %v, tasks shown after up to %v, clocks apart by up to %v, indexes by %v\n", short.TaskEvents, short.TaskLag, short.Skew, short.IndexLag)
	b.WriteString(r.Trace(v.Run, 60))
	return b.String()
}
