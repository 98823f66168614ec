package run

import (
	"fmt"
	"slices"
	"strings"
)

// judge returns an ended task's outcome: Class "" is success. Its detail is what a user reads.
func (r *Run) judge(t *Task) Outcome {
	s := t.State()
	switch {
	case t.Lost:
		return Outcome{ClassLost, "ECS no longer knows the task, and no outcome was seen"}
	case retired(s):
		return r.judgeInterrupted(s)
	case s.StopCode == "UserInitiated" || s.StopCode == "ServiceSchedulerInitiated":
		return r.judgeStopped(t, s)
	case s.StopCode == "SpotInterruption" || s.StopCode == "TerminationNotice" || s.StopCode == "InfrastructureHealth" || hostLost(s):
		return r.judgeInterrupted(s)
	case r.neverRan(s):
		return Outcome{NeverStarted, "the task stopped before it ran: " + reasonOf(s)}
	default:
		return r.judgeExit(s)
	}
}

// judgeStopped judges a task that ECS says was stopped on demand: by us for the cause written down, else by
// someone else. A start deadline that stopped a task which had started meanwhile is a time-out: it did run.
func (r *Run) judgeStopped(t *Task, s *TaskState) Outcome {
	if t.Stop == nil || s.StopCode != "UserInitiated" {
		return Outcome{ClassStopped, "stopped by someone other than Davit: " + reasonOf(s)}
	}
	switch {
	case t.Stop.Cause == ByCaller:
		return Outcome{ClassStopped, withReason("stopped by a caller", t.Stop.Reason)}
	case t.Stop.Cause == ByPlacement || t.Stop.Cause == ByReplace:
		return Outcome{ClassStopped, t.Stop.Reason}
	case t.Stop.Cause == ByStartTimeout && r.neverRan(s):
		return Outcome{NeverStarted, "not RUNNING within startTimeoutSeconds, stopped"}
	case t.Stop.Cause == ByStartTimeout:
		return Outcome{ClassTimeout, "RUNNING only after startTimeoutSeconds, stopped"}
	default:
		return Outcome{ClassTimeout, t.Stop.Reason}
	}
}

// judgeInterrupted judges a task whose host or capacity went away. One that never ran never started.
func (r *Run) judgeInterrupted(s *TaskState) Outcome {
	if r.neverRan(s) {
		return Outcome{NeverStarted, "interrupted before it ran: " + reasonOf(s)}
	}
	return Outcome{Interrupted, "interrupted: " + reasonOf(s)}
}

// judgeExit judges by the exit codes of the containers that decide. A missing one is a failure.
func (r *Run) judgeExit(s *TaskState) Outcome {
	deciding := r.deciding(s)
	if o, partly := judgeStart(deciding, s); partly {
		return o
	}
	var worst *Outcome
	for _, c := range deciding {
		o := r.judgeContainer(c, s)
		if o.Class != "" && (worst == nil || worst.Class == ClassLost) {
			worst = &o
		}
	}
	switch {
	case worst != nil:
		worst.Detail += r.killedAfterSuccess(deciding, worst.Class)
		return *worst
	case len(deciding) == 0:
		return Outcome{ClassLost, "no container that decides is among the task's: " + reasonOf(s)}
	case s.StopCode == "TaskFailedToStart":
		return Outcome{ClassLost, "the task failed to start although containers exited with success: " + reasonOf(s)}
	default:
		return Outcome{}
	}
}

func (r *Run) judgeContainer(c ContainerState, s *TaskState) Outcome {
	switch {
	case strings.Contains(c.Reason, "OutOfMemory"):
		return Outcome{OutOfMemory, "container " + c.Name + " was killed for memory: " + c.Reason}
	case c.ExitCode == nil:
		return Outcome{ClassLost, withReason("container "+c.Name+" has no exit code", firstOf(c.Reason, s.StoppedReason))}
	case r.Policy.Verdict.succeeds(*c.ExitCode):
		return Outcome{}
	default:
		return Outcome{ExitClass(*c.ExitCode), withReason(fmt.Sprintf("container %s exited with %d", c.Name, *c.ExitCode), c.Reason)}
	}
}

// deciding lists the containers whose exit codes count: the verdict's, else the essential ones of the definition that do not only serve others, else
// (definition unknown) all but those that ECS injects.
func (r *Run) deciding(s *TaskState) []ContainerState {
	var out []ContainerState
	for _, c := range s.Containers {
		if r.decides(c.Name) {
			out = append(out, c)
		}
	}
	return out
}

func (r *Run) decides(container string) bool {
	if v := r.Policy.Verdict.Container; v != "" {
		return container == v
	}
	if r.Definition == nil {
		return !injected(container)
	}
	for _, c := range r.Definition.Containers {
		if c.Name == container {
			return c.Essential && (!c.ServesOthers || !r.Definition.hasWorker())
		}
	}
	return false // injected by ECS, for example a GuardDuty agent
}

// DecidingContainers returns the names of the containers whose exit codes count, in the definition's order; nil where the definition is not known.
func (r *Run) DecidingContainers() []string {
	if v := r.Policy.Verdict.Container; v != "" {
		return []string{v}
	}
	if r.Definition == nil {
		return nil
	}
	var names []string
	for _, c := range r.Definition.Containers {
		if r.decides(c.Name) {
			names = append(names, c.Name)
		}
	}
	return names
}

// hasWorker reports whether an essential container does not only serve others. Without one, those that serve decide.
func (d *Definition) hasWorker() bool {
	return slices.ContainsFunc(d.Containers, func(c Container) bool { return c.Essential && !c.ServesOthers })
}

// injectedNames begin the names of the containers that ECS adds to a task: agents of Service Connect and of GuardDuty.
var injectedNames = []string{"ecs-service-connect", "aws-guardduty-agent"}

func injected(container string) bool {
	return slices.ContainsFunc(injectedNames, func(name string) bool { return strings.HasPrefix(container, name) })
}

// retired recognises a task that ECS took off its infrastructure for maintenance, whatever stop code it gives.
func retired(s *TaskState) bool {
	return strings.Contains(s.StoppedReason, "performing maintenance on the underlying infrastructure")
}

// hostLost recognises an instance that went away, which has no stop code of its own.
func hostLost(s *TaskState) bool {
	return strings.HasPrefix(s.StoppedReason, "Host EC2 (instance")
}

// neverRan reports whether the task was never RUNNING and no container that decides has an exit code. A sidecar
// that came up before its essential container failed to start has done none of the work.
func (r *Run) neverRan(s *TaskState) bool {
	if s.ran() {
		return false
	}
	for _, c := range s.Containers {
		if c.ExitCode != nil && r.decides(c.Name) {
			return false
		}
	}
	return true
}

// reasonOf is ECS's own account of why a task stopped.
func reasonOf(s *TaskState) string {
	parts := []string{}
	if s.StoppedReason != "" {
		parts = append(parts, s.StoppedReason)
	}
	for _, c := range s.Containers {
		if c.Reason != "" && !strings.Contains(s.StoppedReason, c.Reason) {
			parts = append(parts, c.Name+": "+c.Reason)
		}
	}
	if len(parts) == 0 {
		return "ECS gave no reason"
	}
	return strings.Join(parts, "; ")
}

func withReason(text, reason string) string {
	if reason == "" {
		return text
	}
	return text + ": " + reason
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
