package localecs_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs"
	"davit/internal/localecs/scripted"
	"davit/internal/localecs/task"
)

var scripts = scripted.ByCommand(map[string]scripted.Script{
	"minute":    {For: time.Minute},
	"fail3":     {For: time.Second, ExitCode: 3},
	"second":    {For: time.Second},
	"forever":   {Forever: true},
	"deaf":      {Forever: true, IgnoreTerm: true},
	"graceful":  {Forever: true, TermAfter: 5 * time.Second, TermCode: 7},
	"broken":    {FailStart: "executable file not found in PATH"},
	"hangs":     {NeverStarts: true},
	"slow":      {StartAfter: 10 * time.Second, For: time.Minute},
	"lost":      {For: time.Second, Lost: true},
	"startlost": {LoseStart: true},
	"setup":     {For: 20 * time.Second},
})

func TestLifeOfATask(t *testing.T) {
	tests := []struct {
		name       string
		containers []types.ContainerDefinition
		after      time.Duration // the task must be STOPPED then, and not a second earlier
		code       types.TaskStopCode
		reason     string
		exits      []int // by container, -1 for none
		ran        bool
	}{
		{"success", []types.ContainerDefinition{worker("app", "minute")}, time.Minute,
			types.TaskStopCodeEssentialContainerExited, "Essential container in task exited", []int{0}, true},
		{"failure", []types.ContainerDefinition{worker("app", "fail3")}, time.Second,
			types.TaskStopCodeEssentialContainerExited, "Essential container in task exited", []int{3}, true},
		{"sidecar is stopped with the task", []types.ContainerDefinition{worker("app", "minute"), sidecar("log", "graceful")}, 65 * time.Second,
			types.TaskStopCodeEssentialContainerExited, "Essential container in task exited", []int{0, 7}, true},
		{"sidecar may end before", []types.ContainerDefinition{worker("app", "minute"), sidecar("log", "fail3")}, time.Minute,
			types.TaskStopCodeEssentialContainerExited, "Essential container in task exited", []int{0, 3}, true},
		{"deaf sidecar is killed", []types.ContainerDefinition{worker("app", "minute"), sidecar("log", "deaf")}, 90 * time.Second,
			types.TaskStopCodeEssentialContainerExited, "Essential container in task exited", []int{0, 137}, true},
		{"sidecar that cannot start", []types.ContainerDefinition{worker("app", "minute"), sidecar("log", "broken")}, time.Minute,
			types.TaskStopCodeEssentialContainerExited, "Essential container in task exited", []int{0, -1}, true},
		{"cannot start", []types.ContainerDefinition{worker("app", "broken"), sidecar("log", "forever")}, 0,
			types.TaskStopCodeTaskFailedToStart, "CannotStartContainerError: executable file not found in PATH", []int{-1, -2}, false},
		{"no command", []types.ContainerDefinition{{Name: new("app"), Image: new("x"), Memory: new(int32(4))}}, 0,
			types.TaskStopCodeTaskFailedToStart, "CannotStartContainerError: there is no command and no entry point; the image is not run, so it cannot give one", []int{-1}, false},
		{"an end waits for the start of the others", []types.ContainerDefinition{worker("short", "second"), worker("late", "slow")}, 10 * time.Second,
			types.TaskStopCodeEssentialContainerExited, "Essential container in task exited", []int{0, 143}, true},
		{"an end does not wait for ever", []types.ContainerDefinition{worker("short", "second"), worker("late", "hangs")}, 3*time.Minute + time.Second,
			types.TaskStopCodeEssentialContainerExited, "Essential container in task exited", []int{0, -2}, false},
		{"an end does not wait for what cannot start", []types.ContainerDefinition{worker("short", "second"), worker("late", "broken")}, 0,
			types.TaskStopCodeTaskFailedToStart, "CannotStartContainerError: executable file not found in PATH", []int{-2, -1}, false},
		{"exit code lost", []types.ContainerDefinition{worker("app", "lost")}, time.Second,
			types.TaskStopCodeTerminationNotice, "The host of the container's process died, and its exit code with it.", []int{-1}, true},
		{"lost while it starts", []types.ContainerDefinition{worker("app", "startlost")}, 0,
			types.TaskStopCodeTerminationNotice, "The host of the container's process died, and its exit code with it.", []int{-1}, false},
		{"waits for a setup container", []types.ContainerDefinition{after(worker("app", "minute"), "setup", types.ContainerConditionSuccess), sidecar("setup", "setup")}, 80 * time.Second,
			types.TaskStopCodeEssentialContainerExited, "Essential container in task exited", []int{0, 0}, true},
		{"setup fails", []types.ContainerDefinition{after(worker("app", "minute"), "setup", types.ContainerConditionSuccess), sidecar("setup", "fail3")}, time.Second,
			types.TaskStopCodeTaskFailedToStart, "CannotStartContainerError: a container that it depends on did not start, or did not end successfully", []int{-1, 3}, false},
		{"setup completes with an error", []types.ContainerDefinition{after(worker("app", "minute"), "setup", types.ContainerConditionComplete), sidecar("setup", "fail3")}, 61 * time.Second,
			types.TaskStopCodeEssentialContainerExited, "Essential container in task exited", []int{0, 3}, true},
		{"setup cannot start", []types.ContainerDefinition{after(worker("app", "minute"), "setup", types.ContainerConditionStart), sidecar("setup", "broken")}, 0,
			types.TaskStopCodeTaskFailedToStart, "CannotStartContainerError: a container that it depends on did not start, or did not end successfully", []int{-1, -1}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
				b.register("job", tt.containers...)
				arn := b.runOne("job")
				if tt.after > 0 {
					time.Sleep(tt.after - time.Second/2)
					if task := b.task(arn); *task.LastStatus == "STOPPED" {
						t.Fatalf("STOPPED before %v: %s", tt.after, str(task.StoppedReason))
					}
					time.Sleep(time.Second)
				}
				checkEnd(t, b.task(arn), tt.code, tt.reason, tt.exits)
				if ran := b.task(arn).StartedAt != nil; ran != tt.ran {
					t.Errorf("has startedAt = %v, want %v", ran, tt.ran)
				}
				if n := b.runner.Running(); n != 0 {
					t.Errorf("%d processes are left", n)
				}
			})
		})
	}
}

func after(c types.ContainerDefinition, name string, condition types.ContainerCondition) types.ContainerDefinition {
	c.DependsOn = []types.ContainerDependency{{ContainerName: &name, Condition: condition}}
	return c
}

// checkEnd compares a STOPPED task; an exit of -2 may be there or not.
func checkEnd(t *testing.T, task types.Task, code types.TaskStopCode, reason string, exits []int) {
	t.Helper()
	if *task.LastStatus != "STOPPED" || *task.DesiredStatus != "STOPPED" {
		t.Fatalf("lastStatus %s, desiredStatus %s, want STOPPED", *task.LastStatus, *task.DesiredStatus)
	}
	if task.StopCode != code || str(task.StoppedReason) != reason {
		t.Errorf("stopCode %s, stoppedReason %q, want %s, %q", task.StopCode, str(task.StoppedReason), code, reason)
	}
	if task.StoppedAt == nil || task.StoppingAt == nil || task.CreatedAt == nil {
		t.Errorf("a time is missing: %v, %v, %v", task.CreatedAt, task.StoppingAt, task.StoppedAt)
	}
	for i, want := range exits {
		c := task.Containers[i]
		got := -1
		if c.ExitCode != nil {
			got = int(*c.ExitCode)
		}
		if want != -2 && got != want {
			t.Errorf("container %s: exit code %d, want %d", *c.Name, got, want)
		}
		if *c.LastStatus != "STOPPED" {
			t.Errorf("container %s: lastStatus %s", *c.Name, *c.LastStatus)
		}
	}
}

func TestTimesOfATask(t *testing.T) {
	delays := task.Delays{Provisioning: time.Second, Pending: 2 * time.Second, Deactivating: 3 * time.Second, Deprovisioning: 4 * time.Second}
	inBubble(t, localecs.Options{Delays: delays}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "slow"), sidecar("log", "graceful"))
		begun := time.Now()
		arn := b.runOne("job")
		states := []struct {
			at     time.Duration
			status string
		}{
			{0, "PROVISIONING"}, {1500, "PENDING"}, {4000, "PENDING"}, {13500, "RUNNING"}, {72500, "RUNNING"},
			{74000, "DEACTIVATING"}, {77000, "STOPPING"}, {82500, "DEPROVISIONING"}, {86000, "STOPPED"},
		}
		for _, want := range states {
			time.Sleep(time.Until(begun.Add(want.at * time.Millisecond)))
			if got := *b.task(arn).LastStatus; got != want.status {
				t.Errorf("after %d ms: %s, want %s", want.at, got, want.status)
			}
		}
		task := b.task(arn)
		for name, got := range map[string]struct {
			at   *time.Time
			want time.Duration
		}{
			"createdAt": {task.CreatedAt, 0}, "startedAt": {task.StartedAt, 13 * time.Second}, "stoppingAt": {task.StoppingAt, 73 * time.Second},
			"executionStoppedAt": {task.ExecutionStoppedAt, 81 * time.Second}, "stoppedAt": {task.StoppedAt, 85 * time.Second},
		} {
			if got.at == nil || !got.at.Equal(begun.Add(got.want).Truncate(time.Millisecond)) {
				t.Errorf("%s = %v, want %v", name, got.at, begun.Add(got.want))
			}
		}
	})
}

func TestStartsAreBounded(t *testing.T) {
	inBubble(t, localecs.Options{Starts: 2}, scripts, func(t *testing.T, b *fixture) {
		b.register("job", worker("app", "slow"))
		var arns []string
		for range 5 {
			arns = append(arns, b.runOne("job"))
		}
		for _, want := range []int{0, 2, 4, 5} {
			runningNow := 0
			for _, arn := range arns {
				if *b.task(arn).LastStatus == "RUNNING" {
					runningNow++
				}
			}
			if runningNow != want {
				t.Errorf("%d tasks run, want %d", runningNow, want)
			}
			time.Sleep(10*time.Second + time.Millisecond)
		}
	})
}
