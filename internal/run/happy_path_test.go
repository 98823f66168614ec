package run

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestHappyPath_CallsAreCounted holds what a run that goes well costs: reads and writes of the store, calls of ECS, answers to tokens, and the
// states that its execution enters. A change of any of them is a change of what a run costs.
func TestHappyPath_CallsAreCounted(t *testing.T) {
	for _, c := range []struct {
		name   string
		events bool
		want   string
	}{
		{"with task events", true, "Create 1, Get 9, Update 6, Launch 1, wakes 1, steps LAUNCH FOLLOW"},
		{"polled for a minute", false, "Create 1, Get 26, Update 23, Launch 1, Describe 21, wakes 0, steps LAUNCH" + strings.Repeat(" PAUSE", 21)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := happyPath(t, c.events); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// happyPath submits one run whose task ends with 0 after a minute, and returns what was called.
func happyPath(t *testing.T, events bool) string {
	w := newFixture(t)
	w.tuning.TaskEvents = events
	w.random = func(n int) string { return strings.Repeat("a", n) } // waits are drawn from the run's id and its incarnation
	counts := map[string]int{}
	w.store.fail = func(method string) error { counts[method]++; return nil }
	id := w.submit(ask("a", `{"taskDefinition":"job","cluster":"jobs"}`)).Run.ID
	out := w.stepLaunch(id)
	steps := []string{"LAUNCH"}
	begun := w.clock.Now()
	tell := func(s TaskState) {
		if events {
			w.handle(s)
		}
	}
	step := func(in StepInput) StepOutput {
		in.Execution = out.Execution
		o, err := w.observer().Step(t.Context(), in)
		if err != nil {
			t.Fatalf("Observe: %v", err)
		}
		return o
	}
	moved, wakes := 0, 0
	for out.Next != StepDone && len(steps) < 100 {
		steps = append(steps, string(out.Next))
		if out.Next == StepFollow {
			step(StepInput{Token: "token", WaitSeconds: out.WaitSeconds})
			for _, status := range []string{"PENDING", "RUNNING"} {
				w.clock.advance(10 * time.Second)
				tell(w.ecs.set("t1", status))
			}
			w.clock.advance(40 * time.Second)
			tell(w.ecs.finish("t1", 0))
			for _, woken := range w.workflow.woken() {
				wakes++
				out = woken.answer
			}
			continue
		}
		w.clock.advance(time.Duration(out.WaitSeconds) * time.Second)
		if moved == 0 && w.clock.Now().Sub(begun) > 60*time.Second {
			w.ecs.finish("t1", 0)
			moved++
		}
		out = step(StepInput{})
	}
	if r := w.read(id); r.Status != Succeeded {
		t.Fatalf("ended %s after %v", r.Status, steps)
	}
	var b strings.Builder
	for _, m := range []string{"Launch", "Describe", "List", "Stop"} {
		counts[m] = w.ecs.count(m)
	}
	for _, m := range []string{"Create", "Get", "Update", "Lock", "PutLock", "Launch", "Describe", "List", "Stop"} {
		if counts[m] > 0 {
			fmt.Fprintf(&b, "%s %d, ", m, counts[m])
		}
	}
	fmt.Fprintf(&b, "wakes %d, steps %s", wakes, strings.Join(steps, " "))
	return b.String()
}
