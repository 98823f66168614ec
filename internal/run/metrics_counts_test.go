package run

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func said(measures []Measure) string {
	var words []string
	for _, m := range measures {
		word := fmt.Sprintf("%s %v", m.Name, m.Amount)
		if m.Dimension != "" {
			word += fmt.Sprintf(" %s=%s", m.Dimension, m.Value)
		}
		words = append(words, word)
	}
	return strings.Join(words, "; ")
}

// TestMeasuresOfARun follows a run through all that is measured, write by write, as the table's stream tells it.
func TestMeasuresOfARun(t *testing.T) {
	w := newFixture(t)
	var last *Run
	var told []Measure
	meter := func(r *Run) {
		c := Change{To: r.Status, Is: r.MetricCounts()}
		if last != nil {
			c.From, c.Was = last.Status, last.MetricCounts()
		}
		told = append(told, c.Measures()...)
		last = r.Clone()
	}
	w.store.written = meter
	meter(w.record(newRun(2, func(r *Run) { r.Policy.Retry.On = []string{"EXIT:*"} })))
	w.ecs.launches = []launchFault{noRoom(2), noRoom(2), {err: throttled()}}
	for range 4 {
		w.launch()
		w.clock.advance(time.Minute)
	}
	for i, s := range w.ecs.tasks {
		w.handle(w.ecs.set(s.TaskARN, "RUNNING", startedAt(w.clock.Now().Add(time.Duration(i)*time.Second))))
	}
	w.clock.advance(time.Minute)
	w.end(3)
	w.clock.advance(time.Minute)
	w.launch()
	at := w.clock.Now()
	w.clock.advance(3 * time.Second)
	for _, s := range w.ecs.tasks[2:] {
		w.handle(w.ecs.set(s.TaskARN, "STOPPED", startedAt(at), stoppedAt(at), code("EssentialContainerExited"), exited("app", 0)))
	}
	want := []string{
		"RunsAccepted 1", "LaunchesRefused 1 Class=CAPACITY", "LaunchesRefused 1 Class=CAPACITY", "LaunchesRefused 1 Class=THROTTLED", "TasksLaunched 2",
		"LaunchToRunning 60", "LaunchToRunning 61", "AttemptsRetried 1 Class=EXIT", "TasksLaunched 2", "LaunchToRunning 0", "LaunchToRunning 0",
		"RunsEnded 1 Status=SUCCEEDED", "DetectionLag 3",
	}
	if got := said(told); got != strings.Join(want, "; ") {
		t.Errorf("\n got %s\nwant %s", got, strings.Join(want, "; "))
	}
	if again := (Change{From: last.Status, To: last.Status, Was: last.MetricCounts(), Is: last.MetricCounts()}).Measures(); len(again) > 0 {
		t.Errorf("nothing changed: %s", said(again))
	}
}

func TestMeasuresOfAStuckStop(t *testing.T) {
	w := placed(t, 1)
	w.stop("")
	w.observe()
	was := w.run().MetricCounts()
	w.clock.advance(stuckAfter)
	w.observe()
	r := w.run()
	if got := said(Change{From: r.Status, To: r.Status, Was: was, Is: r.MetricCounts()}.Measures()); got != "StopsStuck 1" {
		t.Errorf("%q", got)
	}
}

// TestTheTotalsOnlyRise, whatever happens to a record.
func TestTheTotalsOnlyRise(t *testing.T) {
	for _, seed := range seeds(t, 5) {
		f := newRecordChecks(t, seed)
		was := f.r.MetricCounts()
		for range 150 {
			if f.r.Status.Terminal() {
				break
			}
			f.step()
			is := f.r.MetricCounts()
			rises := is.Launched >= was.Launched && is.Started >= was.Started && is.StartMS >= was.StartMS && is.Stuck >= was.Stuck
			for _, c := range slices.Concat(classes(was.Refused), classes(was.Retried)) {
				rises = rises && is.Refused[c] >= was.Refused[c] && is.Retried[c] >= was.Retried[c]
			}
			if !rises {
				f.failf("%+v after %+v", is, was)
			}
			was = is
		}
	}
}

func classes(counts map[Class]int) (all []Class) {
	for c := range counts {
		all = append(all, c)
	}
	return all
}
