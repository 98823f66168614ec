package run

import (
	"testing"
	"time"
)

// Seed 4098173 of the simulator: a look that took a minute itself was followed by the second one after three seconds.
func TestReconcile_SlowLook_TheNextOneBeginsAMinuteAfterItsEnd(t *testing.T) {
	w := ready(t, 1, func(r *Run) { r.Operation, r.Instances = StartTask, []string{"i1"} })
	w.ecs.launches = []launchFault{{err: lostReply()}}
	w.launch()
	var looks []time.Time
	w.ecs.listing = func() {
		if len(looks) == 0 {
			w.clock.advance(58 * time.Second)
		}
		looks = append(looks, w.clock.Now())
	}
	for range 400 {
		w.launch() // does nothing before it is due
		if len(w.ecs.tasks) > 0 {
			break
		}
		w.clock.advance(time.Second)
	}
	if len(looks) < 4 || len(w.ecs.tasks) != 1 {
		t.Fatalf("%d lists and %d tasks, want two looks of two lists, and one task", len(looks), len(w.ecs.tasks))
	}
	if pause := looks[2].Sub(looks[1]); pause < lookInterval {
		t.Errorf("the second look came %v after the end of the first, want at least %v", pause, lookInterval)
	}
}

// Seed 4189755: while neither definition nor account is known, an event of somebody else's task passes for the run's. ECS's own answer shows which account is meant.
func TestTaskEvent_TaskOfAnotherAccount_IsDroppedOnceECSAnswers(t *testing.T) {
	const stranger = "arn:aws:ecs:eu-west-1:999999999999:task/jobs/00000000000000000000000000000001"
	w := ready(t, 2, func(r *Run) { r.Definition = nil })
	w.catalog.definErr = lostReply()
	theirs := described("x", "RUNNING", startedBy(StartedBy("davit", testID, 1)))
	theirs.TaskARN = stranger
	w.ecs.created = func(s *TaskState) { s.TaskARN = "arn:aws:ecs:eu-west-1:123456789012:task/jobs/" + s.TaskARN }
	w.ecs.launches = []launchFault{{during: func() { w.handle(theirs) }}}
	w.launch()
	a := w.run().attempt()
	if a.find(stranger) != nil {
		t.Errorf("the record holds %s", stranger)
	}
	if len(a.Tasks) != 2 {
		t.Errorf("%d tasks, want the run's own 2", len(a.Tasks))
	}
}
