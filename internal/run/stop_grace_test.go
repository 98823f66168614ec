package run

import (
	"testing"
	"time"
)

// SP-05: how long a container has between SIGTERM and SIGKILL is its instance's affair. The run is STOPPING until ECS shows the task
// STOPPED, however long that takes.
func TestAStopTakesAsLongAsItTakes(t *testing.T) {
	w := placed(t, 1)
	w.handle(w.ecs.set("t1", "RUNNING", startedAt(start)))
	w.stop("")
	w.observe()
	for range 20 {
		w.clock.advance(30 * time.Second)
		w.ecs.set("t1", "STOPPING")
		if w.observe(); w.run().Status != Stopping {
			t.Fatalf("%s after %v", w.run().Status, w.clock.Now().Sub(start))
		}
	}
	w.ecs.finish("t1", 137)
	w.clock.advance(time.Minute)
	switch out := w.observe(); {
	case out.Next != StepDone:
		t.Errorf("out.Next is %v, want %v", out.Next, StepDone)
	case summary(w.run()) != "STOPPED STOPPED exit=137":
		t.Error("summary(w.run()) is not \"STOPPED STOPPED exit=137\"")
	}
}

// A stop ends the placing, whether or not a call is open.
func TestStop_PartIsPlacedAndNoCallIsOpen_TheRestIsNotLaunched(t *testing.T) {
	w := ready(t, 3)
	w.ecs.launches = []launchFault{noRoom(1)}
	w.launch()
	if a := w.run().attempt(); a.Open != nil || len(a.Tasks) != 2 {
		t.Fatalf("open call %v, %d tasks, want none and 2", a.Open, len(a.Tasks))
	}
	w.stop("")
	w.clock.advance(time.Minute)
	w.launch()
	w.observe()
	w.clock.advance(time.Minute)
	w.launch()
	if got := w.ecs.count("Launch"); got != 1 {
		t.Errorf("%d launch calls, want 1", got)
	}
	if got := w.ecs.count("Stop"); got != 2 {
		t.Errorf("%d stops, want those of both tasks", got)
	}
	w.end(143)
	if got := summary(w.run()); got != "STOPPED STOPPED exit=143" {
		t.Errorf("it ended %s", got)
	}
}
