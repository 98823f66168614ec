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
	switch {
	case out.Next != StepFollow:
		t.Fatalf("out.Next is %v, want %v", out.Next, StepFollow)
	case out.WaitSeconds > 10:
		t.Fatalf("out.WaitSeconds is %v, want at most %v", out.WaitSeconds, 10)
	case launched.WaitSeconds < 100:
		t.Fatalf("launched.WaitSeconds is %v, want at least %v", launched.WaitSeconds, 100)
	}
	switch woken := w.workflow.woken(); {
	case len(woken) != 1:
		t.Errorf("len(woken) is %v, want 1", len(woken))
	case woken[0].token != "first":
		t.Errorf("woken[0].token is %v, want first", woken[0].token)
	case woken[0].answer != out:
		t.Errorf("woken[0].answer is %v, want %v", woken[0].answer, out)
	case w.run().Waiting != nil:
		t.Error("w.run().Waiting is not nil")
	}
	w.clock.advance(time.Second)
	follow("second", out.WaitSeconds)
	switch woken := w.workflow.woken(); {
	case len(woken) != 0:
		t.Errorf("len(woken) is %v, want 0", len(woken))
	case w.run().Waiting == nil:
		t.Error("w.run().Waiting is nil")
	case w.run().Waiting.Token != "second":
		t.Error("w.run().Waiting.Token is not \"second\"")
	}
}
