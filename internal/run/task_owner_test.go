package run

import (
	"testing"
	"time"
)

const definitionARN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/job:1"

// unanswered is a fixture whose launch call of one task was sent and not answered.
func unanswered(t *testing.T, changes ...func(*Run)) *fixture {
	w := ready(t, 1, append(changes, func(r *Run) { r.Definition.ARN, r.Cluster = definitionARN, "jobs" })...)
	w.ecs.launches = []launchFault{{err: lostReply()}}
	w.launch()
	w.clock.advance(2 * time.Second)
	return w
}

// A task that carries a run's startedBy while its launch call is open is the run's only where all else fits too.
func TestTaskEvent_WhileACallIsOpen_OnlyTheRunsOwnTaskIsTaken(t *testing.T) {
	own := func(s *TaskState) {
		s.DefinitionARN = definitionARN
		at := after(time.Second)
		s.CreatedAt = &at
	}
	for _, c := range []struct {
		name    string
		change  func(*TaskState)
		adopted bool
		stops   int
	}{
		{"its own", func(*TaskState) {}, true, 0},
		{"its own, by a clock that is behind", func(s *TaskState) { at := after(-5 * time.Second); s.CreatedAt = &at }, true, 0},
		{"another family's", func(s *TaskState) { s.DefinitionARN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/other:1" }, false, 0},
		{"another revision's", func(s *TaskState) { s.DefinitionARN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/job:2" }, false, 0},
		{"another cluster's", func(s *TaskState) { s.ClusterARN = "arn:aws:ecs:eu-west-1:123456789012:cluster/other" }, false, 0},
		{"another account's", func(s *TaskState) { s.TaskARN = "arn:aws:ecs:eu-west-1:999999999999:task/jobs/t9" }, false, 0},
		{"an earlier run's with the same key", func(s *TaskState) { at := after(-72 * time.Hour); s.CreatedAt = &at }, false, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := unanswered(t)
			s := described("t9", "RUNNING", startedBy(w.run().attempt().StartedBy), startedAt(after(time.Second)), own, c.change)
			w.handle(s)
			if got := len(w.run().attempt().Tasks) == 1; got != c.adopted {
				t.Errorf("adopted %v, want %v", got, c.adopted)
			}
			if got := w.ecs.count("Stop"); got != c.stops {
				t.Errorf("%d StopTask calls, want %d", got, c.stops)
			}
		})
	}
}

// A foreign task that ends with success does not complete the run.
func TestTaskEvent_ForeignTaskSucceeds_TheRunGoesOn(t *testing.T) {
	w := unanswered(t)
	s := succeeded("t9", after(time.Second))
	s.StartedBy, s.DefinitionARN = w.run().attempt().StartedBy, "arn:aws:ecs:eu-west-1:123456789012:task-definition/other:1"
	w.handle(s)
	if got := w.run().Status; got != Launching {
		t.Errorf("the run is %s, want LAUNCHING", got)
	}
}

// What a reconciliation finds is held to the same rule.
func TestReconcile_ForeignTaskIsListed_IsNotTaken(t *testing.T) {
	w := unanswered(t)
	foreign := described("t9", "RUNNING", startedBy(w.run().attempt().StartedBy), startedAt(after(time.Second)))
	foreign.DefinitionARN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/other:1"
	w.ecs.tasks = append(w.ecs.tasks, &foreign)
	w.ecs.launches = []launchFault{{err: refusal("AccessDeniedException", "not authorized to perform: ecs:RunTask")}}
	r := w.launchUntilSettled(5 * time.Minute)
	if got := len(r.attempt().Tasks); got != 0 {
		t.Errorf("%d tasks were taken, want none", got)
	}
	if r.Status != Failed || r.Class != Invalid {
		t.Errorf("%s %s, want FAILED INVALID", r.Status, r.Class)
	}
}
