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
