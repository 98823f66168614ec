package run

import (
	"context"
	"testing"
	"time"
)

// The task ends between the Launch step, which chose the Follow's time-out for its start, and the Follow itself.
func TestFollowEndsAtOnceWhenItsTimeoutIsTooLong(t *testing.T) {
	w := newFixture(t)
	w.record(newRun(1, func(r *Run) { r.Policy.Retry.On = []string{"EXIT:*"} }))
	launched := w.launch()
	task := w.run().Attempts[0].Tasks[0]
	w.handle(TaskState{
		TaskARN: task.ARN, ClusterARN: clusterARN, LastStatus: "STOPPED", DesiredStatus: "STOPPED", Version: 9,
		StopCode: "EssentialContainerExited", StartedBy: w.run().Attempts[0].StartedBy, StartedAt: &start, StoppedAt: &start,
		Containers: []ContainerState{{Name: "app", LastStatus: "STOPPED", ExitCode: new(1)}},
	})
	follow := func(token string, timeout int) StepOutput {
		t.Helper()
		in := w.input()
		in.Token, in.WaitSeconds = token, timeout
		out, err := w.observer().Step(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	out := follow("first", launched.WaitSeconds)
	if out.Next != StepFollow || out.WaitSeconds > 10 || launched.WaitSeconds < 100 {
		t.Fatalf("launch answered %+v, the Follow %+v; want the retry pause", launched, out)
	}
	if woken := w.flow.woken(); len(woken) != 1 || woken[0].token != "first" || woken[0].answer != out || w.run().Waiting != nil {
		t.Errorf("woken %+v, waiting %+v; want the first Follow ended with its answer", woken, w.run().Waiting)
	}
	w.clock.advance(time.Second)
	follow("second", out.WaitSeconds)
	if woken := w.flow.woken(); len(woken) != 0 || w.run().Waiting == nil || w.run().Waiting.Token != "second" {
		t.Errorf("woken %+v, waiting %+v; want the second Follow to wait", woken, w.run().Waiting)
	}
}
