package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Story is a scenario that goes well, to put faults into.
type Story struct {
	Name     string
	Scenario Scenario
}

// Stories are those that every fault at every seam is put into.
func Stories() []Story {
	base := func(change func(*Scenario)) Scenario {
		sc := Scenario{
			TaskEvents: true, Tasks: Tasks{Longest: time.Minute, StopSlow: 20 * time.Second}, TaskLag: maxLag, Skew: time.Second, IndexLag: time.Second,
			Calm: 20 * time.Minute, Patience: 96 * time.Hour, Clients: []Client{{Key: "a", Count: 2}},
		}
		change(&sc)
		return sc
	}
	queue := func(key string, at time.Duration) Client {
		return Client{Key: key, At: at, Count: 1, Overlap: "o", Mode: "QUEUE"}
	}
	return []Story{
		{"happy path", base(func(*Scenario) {})},
		{"stop", base(func(sc *Scenario) {
			sc.Tasks.Forever = 1000
			sc.Clients[0].StopAfter = time.Minute
		})},
		{"retry", base(func(sc *Scenario) {
			sc.Tasks.Exits = []int{1}
			sc.Clients[0].Attempts = 3
		})},
		{"overlap", base(func(sc *Scenario) { sc.Clients = []Client{queue("a", 0), queue("b", 2*time.Second)} })},
		{"polling", base(func(sc *Scenario) { sc.TaskEvents = false })},
		{"instances", base(func(sc *Scenario) { sc.Clients[0].Start = 2 })},
		{"schedule", base(func(sc *Scenario) { sc.Clients[0].Schedule = true })},
		{"dead execution", base(func(sc *Scenario) {
			for n := range 26 { // of the submission, then of the steps and the stream
				sc.Script = append(sc.Script, Scripted{Invoke, n + 2, DieBefore, false})
			}
		})},
		{"clear up", base(func(sc *Scenario) { // a launch call that is cleared up by looking at ECS
			sc.TaskEvents = false
			sc.Script = []Scripted{{RunTask, 1, LostReply, false}, {RunTask, 2, Denied, false}}
		})},
	}
}

// cell is a fault at a seam.
type cell struct {
	Seam  Seam
	Fault Fault
}

// Table counts the cases in which each fault was put into each seam.
type Table struct {
	Single, Pairs map[cell]int
	Cases         int
	Broken        []string
}

func newTable() *Table { return &Table{Single: map[cell]int{}, Pairs: map[cell]int{}} }

// Reason is why a fault is not put into a seam; "" where it is.
func Reason(s Seam, f Fault) string {
	if slices.Contains(Applicable(s), f) {
		return ""
	}
	switch f {
	case Partial, NoCapacity, Refuse, Disguised, Nothing, Stale:
		return "only a launch call has it"
	case Abort:
		return "only an execution is aborted"
	case Denied:
		return "a wrong policy of the stack, which no run survives: not a fault in passing"
	case Twice, TwiceLate, Lost:
		return "a process makes its own calls once; only deliveries are doubled or lost"
	case LostRequest, Late:
		return "a read that is not carried out, or late, is one whose reply is lost"
	default:
		return "it is not a call of a process of Davit's"
	}
}

// AllFaults lists the faults.
func AllFaults() []Fault {
	return []Fault{
		LostRequest, LostReply, Late, Throttle, ServerFault, Dial, Denied, Refuse, Disguised, Partial, NoCapacity, Nothing, Stale,
		DieBefore, DieAfter, Slow, Twice, TwiceLate, Lost, Abort,
	}
}

// play puts faults into a story and keeps what breaks.
func (t *Table) play(s Story, seed uint64, faults ...Scripted) {
	sc := clone(&s.Scenario)
	sc.Script = append(slices.Clone(s.Scenario.Script), faults...)
	r := Simulate(seed, sc, false)
	t.Cases++
	for _, f := range faults {
		if len(faults) == 1 {
			t.Single[cell{f.Seam, f.Fault}]++
		} else {
			t.Pairs[cell{f.Seam, f.Fault}]++
		}
	}
	for _, v := range r.Violations {
		t.Broken = append(t.Broken, fmt.Sprintf("%s: story %q, seed %d, faults %v: %s", v.Invariant, s.Name, seed, faults, v.Text))
	}
}

// cases lists the single faults of a story at the first most calls of each seam.
func cases(calls map[Seam]int, most int) []Scripted {
	var all []Scripted
	for _, seam := range Seams() {
		for n := 1; n <= min(calls[seam], most); n++ {
			for _, f := range Applicable(seam) {
				all = append(all, Scripted{Seam: seam, N: n, Fault: f})
				if sticks(seam, f) {
					all = append(all, Scripted{Seam: seam, N: n, Fault: f, Sticky: true})
				}
			}
		}
	}
	return all
}

// sticks reports whether a client repeats a call that had the fault, so that one for all tries is another case.
func sticks(s Seam, f Fault) bool {
	if s == RunTask || s == StartTask {
		return false
	}
	switch f {
	case LostRequest, LostReply, Late, Throttle, ServerFault, Dial:
		return true
	default:
		return false
	}
}

// String is the table, a line a seam.
func (t *Table) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d cases; each cell: single faults + faults of pairs, or the letter of the reason why there are none\n", t.Cases)
	letters := map[string]string{}
	var reasons []string
	for _, s := range Seams() {
		fmt.Fprintf(&b, "%-28s", s)
		for _, f := range AllFaults() {
			c := cell{s, f}
			if why := Reason(s, f); why != "" {
				if letters[why] == "" {
					letters[why] = string(rune('a' + len(reasons)))
					reasons = append(reasons, why)
				}
				fmt.Fprintf(&b, " | %s: %s", f, letters[why])
				continue
			}
			fmt.Fprintf(&b, " | %s: %d+%d", f, t.Single[c], t.Pairs[c])
		}
		b.WriteByte('\n')
	}
	for i, why := range reasons {
		fmt.Fprintf(&b, "%c: %s\n", 'a'+i, why)
	}
	return b.String()
}
