package run

import (
	"fmt"
	"strings"
)

// startErrors begin the reason of a container whose process was never begun (ECS Developer Guide, stopped task error messages). A time-out of Docker's is not
// among them: the process may have begun.
var startErrors = []string{"CannotStartContainerError", "CannotPull", "CannotCreateContainerError", "CannotCreateVolumeError", "ResourceInitializationError"}

// couldNotStart reports whether the container's process was never begun. Docker may give such a container an exit code all the same.
func (c ContainerState) couldNotStart(s *TaskState) bool {
	for _, e := range startErrors {
		if strings.HasPrefix(c.Reason, e) {
			return true
		}
	}
	return c.ExitCode == nil && s.StopCode == "TaskFailedToStart"
}

// judgeStart judges a task of which a container that decides could not start: NEVER_STARTED where none of them ran, and so may run again without doing
// anything twice, STARTED_IN_PART otherwise. partly is false where all of them started.
func judgeStart(deciding []ContainerState, s *TaskState) (o Outcome, partly bool) {
	var not, ran []string
	for _, c := range deciding {
		switch {
		case c.couldNotStart(s):
			not = append(not, withReason("container "+c.Name+" could not start", firstOf(c.Reason, s.StoppedReason)))
		case c.ExitCode != nil:
			ran = append(ran, fmt.Sprintf("container %s ran and exited with %d", c.Name, *c.ExitCode))
		default:
			ran = append(ran, "container "+c.Name+" may have run")
		}
	}
	switch {
	case len(not) == 0:
		return Outcome{}, false
	case len(ran) == 0:
		return Outcome{NeverStarted, "the task stopped before it ran: " + reasonOf(s)}, true
	default:
		return Outcome{StartedInPart, strings.Join(append(not, ran...), "; ")}, true
	}
}

// killedAfterSuccess adds to the detail of a container that was killed after another essential one had ended with success, which makes ECS stop the task.
// It stays a failure, because the container may have been working.
func (r *Run) killedAfterSuccess(deciding []ContainerState, class Class) string {
	if class != ExitClass(137) && class != ExitClass(143) {
		return ""
	}
	for _, c := range deciding {
		if c.ExitCode != nil && r.Policy.Verdict.succeeds(*c.ExitCode) {
			return fmt.Sprintf("; essential container %s had ended with success, so ECS stopped the task while the other may have been working. "+
				"If it only serves %s, register it with essential: false, or submit with policy.verdict.container %q", c.Name, c.Name, c.Name)
		}
	}
	return ""
}
