package run

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// over is the fixture of a run whose tasks t1, t2… ended with the exit codes, each on the container instance i1, i2….
func over(t *testing.T, exits []int, changes ...func(*Run)) *fixture {
	t.Helper()
	var tasks, ends []TaskState
	for i, exit := range exits {
		id := fmt.Sprintf("t%d", i+1)
		instance := func(s *TaskState) {
			s.InstanceARN = fmt.Sprintf("arn:aws:ecs:eu-west-1:1:container-instance/jobs/i%d", i+1)
		}
		tasks = append(tasks, described(id, "RUNNING", instance))
		end := ended(id, after(time.Minute), exit)
		instance(&end)
		ends = append(ends, end)
	}
	r := launched(tasks...)
	r.Policy.Retry.MaxAttempts = 1
	for _, change := range changes {
		change(r)
	}
	r.show(after(time.Minute), ends...)
	w := newFixture(t)
	if w.record(r); !r.Status.Terminal() {
		t.Fatalf("got status %s, want the run over", r.Status)
	}
	return w
}

func TestRerun_FailedOnly(t *testing.T) {
	if _, err := ready(t, 3).rerun(`{"failedOnly":true}`); CodeOf(err) != CodeWrongState || !strings.Contains(MessageOf(err), "not ended") {
		t.Errorf("while it is open: got %v, want %s", err, CodeWrongState)
	}
	w := over(t, []int{0, 1, 7})
	if r := w.mustRerun(`{"failedOnly":true}`); r.Count != 2 {
		t.Errorf("got count %d, want 2", r.Count)
	}
	if r := w.mustRerun(`{"failedOnly":false}`); r.Count != 1 {
		t.Errorf("all of it: got count %d, want that of the request, 1", r.Count)
	}
}

func TestRerun_FailedOnly_NothingFailed_IsRefused(t *testing.T) {
	w := over(t, []int{0, 0})
	if _, err := w.rerun(`{"failedOnly":true}`); CodeOf(err) != CodeWrongState || !strings.Contains(MessageOf(err), "succeeded") {
		t.Errorf("got %v, want %s", err, CodeWrongState)
	}
}

func TestRerun_FailedOnly_NeverLaunched_IsAllOfIt(t *testing.T) {
	w := ready(t, 3)
	if _, err := w.stopper().Stop(context.Background(), StopRequest{RunID: testID}); err != nil {
		t.Fatal(err)
	}
	if r := w.mustRerun(`{"failedOnly":true}`); r.Count != 3 {
		t.Errorf("got count %d, want 3", r.Count)
	}
}

func TestRerun_FailedOnly_StartTask_NamesTheInstancesLeft(t *testing.T) {
	w := over(t, []int{1, 0, 1}, onInstances("i1", "i2", "i3"), requesting(`{"containerInstances":["i1","i2","i3"],"taskDefinition":"job"}`))
	r := w.mustRerun(`{"failedOnly":true}`, as("another"))
	if want := []string{"i1", "i3"}; r.Operation != StartTask || !slices.Equal(r.Instances, want) {
		t.Errorf("got %s on %v, want StartTask on %v", r.Operation, r.Instances, want)
	}
}

// The tasks of a run of any outcome: those of unsuccessful and those that succeeded are all of them.
func TestUnsuccessful_IsTheRest(t *testing.T) {
	for _, n := range []int{0, 1, 4} {
		r := newRun(4)
		r.Attempts = []Attempt{{Number: 1}}
		for i := range 4 {
			exit := 1
			if i < n {
				exit = 0
			}
			s := described(fmt.Sprintf("t%d", i), "STOPPED", exited("app", exit), code("EssentialContainerExited"), stoppedAt(start))
			r.Attempts[0].Tasks = append(r.Attempts[0].Tasks, Task{ARN: s.TaskARN, Raw: raw(s)})
		}
		if got, _ := r.unsuccessful(); got != 4-n {
			t.Errorf("%d succeeded: got %d left, want %d", n, got, 4-n)
		}
		if r.Attempts[0].Withdrawn = true; n > 0 {
			if got, _ := r.unsuccessful(); got != 4 {
				t.Errorf("withdrawn: got %d left, want 4", got)
			}
		}
	}
}
