package run

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestJudge is the verdict of one ended task. The definition has an essential app and a sidecar unless it says otherwise.
func TestJudge(t *testing.T) {
	ran, end := startedAt(start), stoppedAt(after(time.Minute))
	exit := code("EssentialContainerExited")
	failedToStart := code("TaskFailedToStart")
	twoEssential := func(r *Run) { r.Definition.Containers[1].Essential = true }
	router := func(r *Run) {
		r.Definition.Containers[1].Essential, r.Definition.Containers[1].ServesOthers = true, true
	}
	onlyRouter := func(r *Run) {
		r.Definition.Containers = []Container{{Name: "side", Essential: true, ServesOthers: true}}
	}
	cannotStart := "CannotStartContainerError: no such file or directory"
	unknownDefinition := func(r *Run) { r.Definition = nil }
	only := func(container string, codes ...int) func(*Run) {
		return func(r *Run) {
			r.Policy.Verdict.Container = container
			if len(codes) > 0 {
				r.Policy.Verdict.SuccessExitCodes = codes
			}
		}
	}
	none := func(*Run) {}
	for _, c := range []struct {
		name  string
		run   func(*Run)
		facts []with
		want  Class
		says  string // a part of the detail
	}{
		{"exit 0", none, []with{ran, end, exit, exited("app", 0)}, "", ""},
		{"exit 1", none, []with{ran, end, exit, exited("app", 1)}, "EXIT:1", "container app exited with 1"},
		{"exit 137 without a reason", none, []with{ran, end, exit, exited("app", 137)}, "EXIT:137", ""},
		{"exit 137 for memory", none, []with{ran, end, exit, exited("app", 137, "OutOfMemoryError: Container killed due to memory usage")}, OutOfMemory, "OutOfMemoryError"},
		{"out of memory without a code", none, []with{ran, end, exit, exited("app", -1, "OutOfMemory: killed")}, OutOfMemory, ""},
		{"sidecar out of memory", none, []with{ran, end, exit, exited("app", 0), exited("side", 137, "OutOfMemoryError")}, "", ""},
		{"no exit code after running", none, []with{ran, end, exit, exited("app", -1, "CannotInspectContainerError")}, ClassLost, "no exit code: CannotInspectContainerError"},
		{"no exit code and no stop code", none, []with{ran, end, exited("app", -1)}, ClassLost, "no exit code"},
		{"failing sidecar", none, []with{ran, end, exit, exited("side", 1), exited("app", 0)}, "", ""},
		{"sidecar without a code", none, []with{ran, end, exit, exited("side", -1), exited("app", 0)}, "", ""},
		{"injected container fails", none, []with{ran, end, exit, exited("app", 0), exited("aws-guardduty-agent", 1)}, "", ""},
		{"two essentials, second fails", twoEssential, []with{ran, end, exit, exited("app", 0), exited("side", 2)}, "EXIT:2", "container side"},
		{"two essentials, one lost, one fails", twoEssential, []with{ran, end, exit, exited("app", -1), exited("side", 2)}, "EXIT:2", "container side"},
		{"two essentials, one has no code", twoEssential, []with{ran, end, exit, exited("app", 0), exited("side", -1)}, ClassLost, "container side"},
		{"definition unknown: all decide", unknownDefinition, []with{ran, end, exit, exited("app", 0), exited("x", 4)}, "EXIT:4", ""},
		{"definition unknown: all good", unknownDefinition, []with{ran, end, exit, exited("app", 0), exited("x", 0)}, "", ""},
		{"verdict.container is the sidecar", only("side"), []with{ran, end, exit, exited("app", 9), exited("side", 0)}, "", ""},
		{"verdict.container fails", only("side"), []with{ran, end, exit, exited("app", 0), exited("side", 9)}, "EXIT:9", ""},
		{"verdict.container is not there", only("side"), []with{ran, end, exit, exited("app", 0)}, ClassLost, "no container that decides"},
		{"another code is success", only("app", 3), []with{ran, end, exit, exited("app", 3)}, "", ""},
		{"and 0 then is not", only("app", 3), []with{ran, end, exit, exited("app", 0)}, "EXIT:0", ""},
		{"no containers at all", none, []with{ran, end, exit}, ClassLost, ""},

		{"the app never starts beside an essential router", router, []with{end, failedToStart, exited("side", 143), exited("app", -1, cannotStart)}, NeverStarted, "app: CannotStart"},
		{"the app never starts, the task was RUNNING", router, []with{ran, end, exit, exited("side", 0), exited("app", -1, cannotStart)}, NeverStarted, "app: CannotStart"},
		{"a code of Docker's for a process that never began", none, []with{end, failedToStart, exited("app", 128, cannotStart)}, NeverStarted, "app: CannotStart"},
		{"an essential router never decides", router, []with{ran, end, exit, exited("app", 0), exited("side", 137)}, "", ""},
		{"a router alone decides", onlyRouter, []with{ran, end, exit, exited("side", 3)}, "EXIT:3", ""},
		{"one of two workers could not start", twoEssential, []with{ran, end, exit, exited("app", 143), exited("side", -1, cannotStart)}, StartedInPart, "container side could not start: CannotStart"},
		{"one could not start, the other succeeded", twoEssential, []with{ran, end, exit, exited("app", 0), exited("side", -1, cannotStart)}, StartedInPart, "container app ran and exited with 0"},
		{"neither of two workers could start", twoEssential, []with{end, failedToStart, exited("app", -1), exited("side", -1, cannotStart)}, NeverStarted, ""},
		{"Docker's time-out may have begun the process", none, []with{ran, end, exit, exited("app", -1, "DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s")}, ClassLost, ""},
		{"killed after another had succeeded", twoEssential, []with{ran, end, exit, exited("app", 0), exited("side", 137)}, "EXIT:137", `verdict.container "app"`},
		{"ended by SIGTERM after another had succeeded", twoEssential, []with{ran, end, exit, exited("app", 0), exited("side", 143)}, "EXIT:143", "essential: false"},
		{"definition unknown: injected agents do not decide", unknownDefinition, []with{ran, end, exit, exited("app", 0), exited("aws-guardduty-agent-x1", 1), exited("ecs-service-connect-y2", 2)}, "", ""},

		{"failed to start", none, []with{end, failedToStart, because("CannotPullContainerError: no such image"), exited("app", -1)}, NeverStarted, "CannotPullContainerError"},
		{"failed to start, the sidecar was up", none, []with{end, failedToStart, because("x"), exited("app", -1, "CannotStartContainerError"), exited("side", 143)}, NeverStarted, "app: CannotStartContainerError"},
		{"failed to start with a failing code", none, []with{end, failedToStart, exited("app", 127)}, "EXIT:127", ""},
		{"failed to start with success", none, []with{end, failedToStart, exited("app", 0)}, ClassLost, "although"},
		{"failed to start without any word", none, []with{end, failedToStart}, NeverStarted, "ECS gave no reason"},
		{"stopped before it ran, no stop code", none, []with{end, exited("app", -1)}, NeverStarted, ""},
		{"a code although never RUNNING", none, []with{end, exit, exited("app", 2)}, "EXIT:2", ""},
		{"a good code although never RUNNING", none, []with{end, exit, exited("app", 0)}, "", ""},

		{"spot", none, []with{ran, end, code("SpotInterruption"), because("Your Spot Task was interrupted."), exited("app", 143)}, Interrupted, "Spot Task"},
		{"retired", none, []with{ran, end, code("TerminationNotice"), because("ECS is performing maintenance on the underlying infrastructure hosting the task."), exited("app", 143)}, Interrupted, "maintenance"},
		{"retired, as if by a user", none, []with{ran, end, code("UserInitiated"), because("ECS is performing maintenance on the underlying infrastructure hosting the task."), exited("app", 143)}, Interrupted, ""},
		{"image of another platform", none, []with{end, failedToStart, because("CannotPullContainerError: pull image manifest has been retried 5 time(s): image Manifest does not contain descriptor matching platform"), exited("app", -1)}, NeverStarted, ""},
		{"pull through a rate limit", none, []with{end, failedToStart, because("CannotPullContainerError: toomanyrequests: You have reached your pull rate limit"), exited("app", -1)}, NeverStarted, ""},
		{"no network interface", none, []with{end, failedToStart, because("Timeout waiting for network interface provisioning to complete."), exited("app", -1)}, NeverStarted, ""},
		{"no subnet left", none, []with{end, failedToStart, because("Unexpected EC2 error while attempting to Create Network Interface: InsufficientFreeAddressesInSubnet"), exited("app", -1)}, NeverStarted, ""},
		{"secrets", none, []with{end, failedToStart, because("ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed"), exited("app", -1)}, NeverStarted, ""},
		{"log group", none, []with{end, failedToStart, because("ResourceInitializationError: failed to validate logger args: ResourceNotFoundException: The specified log group does not exist."), exited("app", -1)}, NeverStarted, ""},
		{"volume", none, []with{end, failedToStart, because("CannotCreateVolumeError: Get http://localhost/VolumeDriver.Create: timeout"), exited("app", -1)}, NeverStarted, ""},
		{"entry point", none, []with{end, failedToStart, because("Task failed to start"), exited("app", -1, "CannotStartContainerError: API error (400): OCI runtime create failed: no such file or directory")}, NeverStarted, "CannotStartContainerError"},
		{"agent lost the container", none, []with{ran, end, exit, because("CannotInspectContainerError: Could not transition to inspecting; timed out"), exited("app", -1)}, ClassLost, ""},
		{"spot that ended well", none, []with{ran, end, code("SpotInterruption"), exited("app", 0)}, Interrupted, ""},
		{"spot, as written in 2023", none, []with{ran, end, code("TerminationNotice"), exited("app", 143)}, Interrupted, ""},
		{"spot before it ran", none, []with{end, code("SpotInterruption")}, NeverStarted, "interrupted before it ran"},
		{"infrastructure", none, []with{ran, end, code("InfrastructureHealth"), exited("app", -1)}, Interrupted, ""},
		{"host terminated", none, []with{ran, end, because("Host EC2 (instance i-123) terminated."), exited("app", -1)}, Interrupted, "Host EC2"},
		{"host stopped, no stop code, a code", none, []with{ran, end, because("Host EC2 (instance i-123) stopped."), exited("app", 137)}, Interrupted, ""},
		{"host gone before it ran", none, []with{end, because("Host EC2 (instance i-123) terminated.")}, NeverStarted, ""},

		{"unknown stop code, good", none, []with{ran, end, code("SomethingNew"), exited("app", 0)}, "", ""},
		{"unknown stop code, bad", none, []with{ran, end, code("SomethingNew"), exited("app", 5)}, "EXIT:5", ""},
		{"unknown stop code, never ran", none, []with{end, code("SomethingNew")}, NeverStarted, ""},

		{"someone else's stop", none, []with{ran, end, code("UserInitiated"), because("Task stopped by user"), exited("app", 143)}, ClassStopped, "someone other than Davit"},
		{"a service's stop", none, []with{ran, end, code("ServiceSchedulerInitiated"), exited("app", 0)}, ClassStopped, "someone other"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRun(1, c.run)
			s := described("t1", "STOPPED", c.facts...)
			got := r.judge(&Task{ARN: s.TaskARN, Raw: raw(s)})
			if got.Class != c.want || !strings.Contains(got.Detail, c.says) {
				t.Errorf("%q %q, want %q with %q", got.Class, got.Detail, c.want, c.says)
			}
			if (got.Class == "") != (got.Detail == "") {
				t.Errorf("class %q with detail %q", got.Class, got.Detail)
			}
		})
	}
}

// TestJudgeOrderedStops is the verdict of a task that Davit wanted stopped: ECS has the last word.
func TestJudgeOrderedStops(t *testing.T) {
	ran, end, byUs := startedAt(start), stoppedAt(after(time.Minute)), code("UserInitiated")
	for _, c := range []struct {
		name  string
		cause StopCause
		facts []with
		want  Class
		says  string
	}{
		{"by a caller", ByCaller, []with{ran, end, byUs, exited("app", 143)}, ClassStopped, "stopped by a caller: enough"},
		{"by a caller, graceful exit", ByCaller, []with{ran, end, byUs, exited("app", 0)}, ClassStopped, ""},
		{"by a caller, before it ran", ByCaller, []with{end, byUs}, ClassStopped, ""},
		{"by a caller, it had ended well", ByCaller, []with{ran, end, code("EssentialContainerExited"), exited("app", 0)}, "", ""},
		{"by a caller, it had failed", ByCaller, []with{ran, end, code("EssentialContainerExited"), exited("app", 2)}, "EXIT:2", ""},
		{"by a caller, Spot was first", ByCaller, []with{ran, end, code("SpotInterruption"), exited("app", 143)}, Interrupted, ""},
		{"by a caller, a service stopped it", ByCaller, []with{ran, end, code("ServiceSchedulerInitiated"), exited("app", 143)}, ClassStopped, "someone other"},
		{"start timeout", ByStartTimeout, []with{end, byUs}, NeverStarted, "startTimeoutSeconds"},
		{"start timeout, RUNNING meanwhile", ByStartTimeout, []with{ran, end, byUs, exited("app", 143)}, ClassTimeout, "RUNNING only after"},
		{"start timeout, only a code says it ran", ByStartTimeout, []with{end, byUs, exited("app", 143)}, ClassTimeout, ""},
		{"start timeout, it ended well", ByStartTimeout, []with{ran, end, code("EssentialContainerExited"), exited("app", 0)}, "", ""},
		{"start timeout, it failed to start", ByStartTimeout, []with{end, code("TaskFailedToStart")}, NeverStarted, ""},
		{"timeout", ByTimeout, []with{ran, end, byUs, exited("app", 143)}, ClassTimeout, "enough"},
		{"deadline", ByDeadline, []with{ran, end, byUs, exited("app", 0)}, ClassTimeout, "enough"},
		{"deadline, it had failed", ByDeadline, []with{ran, end, code("EssentialContainerExited"), exited("app", 1)}, "EXIT:1", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := described("t1", "STOPPED", c.facts...)
			task := Task{ARN: s.TaskARN, Raw: raw(s), Stop: &StopOrder{Cause: c.cause, Reason: "enough"}}
			if got := newRun(1).judge(&task); got.Class != c.want || !strings.Contains(got.Detail, c.says) {
				t.Errorf("%q %q, want %q with %q", got.Class, got.Detail, c.want, c.says)
			}
		})
	}
}

func TestJudgeLost(t *testing.T) {
	s := described("t1", "RUNNING", startedAt(start))
	if got := newRun(1).judge(&Task{ARN: s.TaskARN, Raw: raw(s), Lost: true}); got.Class != ClassLost {
		t.Errorf("got.Class is %v, want %v", got.Class, ClassLost)
	}
}

func TestStopText(t *testing.T) {
	long := strings.Repeat("é", 300)
	for _, c := range []struct {
		order StopOrder
		want  string
	}{
		{StopOrder{Cause: ByCaller, Reason: "enough"}, "enough"},
		{StopOrder{Cause: ByCaller}, "stopped through Davit"},
		{StopOrder{Cause: ByDeadline, Reason: "deadlineSeconds (9) is over"}, "Davit: deadlineSeconds (9) is over"},
		{StopOrder{Cause: ByCaller, Reason: long}, strings.Repeat("é", 255)},
		{StopOrder{Cause: ByTimeout, Reason: long}, "Davit: " + strings.Repeat("é", 248)},
	} {
		if got := stopText(&c.order); got != c.want {
			t.Errorf("got is %v, want %v", got, c.want)
		}
	}
}

func TestDecidingContainers(t *testing.T) {
	definition := &Definition{Containers: []Container{{Name: "worker", Essential: true}, {Name: "router", Essential: true, ServesOthers: true}, {Name: "helper"}}}
	for name, c := range map[string]struct {
		run  Run
		want []string
	}{
		"the essential ones that do not serve others": {Run{Definition: definition}, []string{"worker"}},
		"the verdict's": {Run{Definition: definition, Policy: Policy{Verdict: Verdict{Container: "helper"}}}, []string{"helper"}},
		"unknown":       {Run{}, nil},
	} {
		if got := c.run.DecidingContainers(); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}
