package sim

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"
)

// entry is a line of a trace.
type entry struct {
	at   time.Duration
	who  string
	run  string
	text string
}

// trace is what happened. Its sum tells two simulations apart also where the lines are not kept.
type trace struct {
	keep  bool
	lines []entry
	sum   uint64
	calls map[Seam]int
	hits  map[Seam]map[Fault]int

	script []Scripted // the faults, as they came
}

func newTrace(keep bool) *trace {
	return &trace{keep: keep, calls: map[Seam]int{}, hits: map[Seam]map[Fault]int{}, sum: 14695981039346656037}
}

func (t *trace) add(at time.Duration, who, run, text string) {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text))
	t.sum = (t.sum ^ uint64(at) ^ h.Sum64()) * 1099511628211
	if t.keep {
		t.lines = append(t.lines, entry{at, who, run, text})
	}
}

// of are the last n lines about a run, or about all where it is "".
func (t *trace) of(run string, n int) string {
	var out []string
	for _, e := range t.lines {
		if run == "" || e.run == run || strings.Contains(e.text, run) {
			out = append(out, fmt.Sprintf("%14v  %-14s %s", e.at.Round(time.Millisecond), e.who, e.text))
		}
	}
	return strings.Join(out[max(0, len(out)-n):], "\n")
}

// note writes a call and what came of it.
func (w *world) note(p *process, seam Seam, what, result string) {
	w.trace.add(w.now.Sub(start), p.name, p.run, string(seam)+" "+what+": "+result)
}

// say writes something that is no call.
func (w *world) say(run, format string, args ...any) {
	if w.trace.keep {
		w.trace.add(w.now.Sub(start), "-", run, fmt.Sprintf(format, args...))
		return
	}
	w.trace.add(w.now.Sub(start), "-", run, format)
}

// fate draws what goes wrong with a call, and counts.
func (w *world) fate(seam Seam) fate {
	w.trace.calls[seam]++
	f := w.plan.fate(w, seam, w.trace.calls[seam])
	if f.fault != None {
		if w.trace.hits[seam] == nil {
			w.trace.hits[seam] = map[Fault]int{}
		}
		w.trace.hits[seam][f.fault]++
		w.trace.script = append(w.trace.script, Scripted{seam, w.trace.calls[seam], f.fault, f.sticky})
	}
	return f
}
