package render

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"davit/client"
	"davit/internal/explain"
)

// advice returns what to do about a run, with the commands; "" where there is nothing to do.
func (s Style) advice(v *view) string {
	id := s.ID(v.ID)
	rerun, logs := "`davit rerun "+id+"`", "`davit logs "+id+" -n 50`"
	switch v.Status {
	case client.Succeeded:
		return "Its output: `davit logs " + id + "`."
	case client.Failed, client.TimedOut, client.Lost:
		return s.failedAdvice(v, rerun, logs)
	case client.Stopped:
		return "If it is still wanted: " + rerun + "."
	case client.Skipped:
		return s.skippedAdvice(v, rerun)
	case client.Submitted, client.Queued, client.Launching:
		return "Wait for it: `davit wait " + id + "`, or stop it: `davit stop " + id + "`."
	case client.Pending, client.Running:
		return "Follow it: `davit logs -f " + id + "`, or stop it: `davit stop " + id + "`."
	default:
		return "Wait for it: `davit wait " + id + "`."
	}
}

func (s Style) failedAdvice(v *view, rerun, logs string) string {
	c, found := explain.Of(v.Class, v.StatusReason)
	if v.someSucceeded() {
		rerun = withFlag(rerun, "--failed-only")
	}
	seconds := v.deadline()
	switch {
	case v.Class == "OUT_OF_MEMORY":
		return "Give it more: " + withFlag(rerun, "--memory "+v.moreMemory()) + ", or see what it did: " + logs + "."
	case v.Class == "TIMED_OUT" && seconds > 0 && seconds == time.Duration(v.policy.TimeoutSeconds)*time.Second:
		return "Give it longer: " + withFlag(rerun, "--timeout "+flagDuration(2*seconds)) + ", or see what it waited for: " + logs + "."
	case found && c.Class == "EXIT:*":
		return "See what it did: " + logs + ", or run it again: " + rerun + ". If the code means success, name it in policy.verdict.successExitCodes."
	case found && (v.last() < 0 || v.Class == "LOST" || v.Class == "NEVER_STARTED" || v.Class == "INTERRUPTED"):
		return c.Do + " Then: " + rerun + "."
	case found:
		return c.Do + " See what it did: " + logs + "; then: " + rerun + "."
	default:
		return "See what it did: " + logs + "."
	}
}

func withFlag(command, flag string) string {
	return strings.TrimSuffix(command, "`") + " " + flag + "`"
}

// moreMemory returns twice the memory that was not enough, in MiB.
func (v *view) moreMemory() string {
	n, err := strconv.Atoi(v.limit(containerOf(v.StatusReason)))
	if err != nil || n <= 0 || n > 1<<24 {
		return "MiB"
	}
	return strconv.Itoa(2 * n)
}

// deadline returns the deadline of the policy that ended a run; 0 for none.
func (v *view) deadline() time.Duration {
	if v.Class != "TIMED_OUT" && !strings.Contains(v.StatusReason, "startTimeoutSeconds") {
		return 0
	}
	seconds := v.policy.TimeoutSeconds
	switch {
	case strings.Contains(v.StatusReason, "deadlineSeconds"):
		seconds = v.policy.DeadlineSeconds
	case strings.Contains(v.StatusReason, "startTimeoutSeconds"):
		seconds = v.policy.StartTimeoutSeconds
	}
	return inSeconds(seconds)
}

// inSeconds returns a policy's seconds; one that no policy may have is 0.
func inSeconds(n int) time.Duration {
	if n < 0 || n > 366*86400 {
		return 0
	}
	return time.Duration(n) * time.Second
}

// flagDuration returns d as a flag takes it: 2h, 90m, 45s.
func flagDuration(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return strconv.Itoa(int(d/time.Hour)) + "h"
	case d%time.Minute == 0:
		return strconv.Itoa(int(d/time.Minute)) + "m"
	default:
		return strconv.Itoa(int(d/time.Second)) + "s"
	}
}

var holder = regexp.MustCompile(`\brun ([a-z2-7]{26})\b`)

func (s Style) skippedAdvice(v *view, rerun string) string {
	if m := holder.FindStringSubmatch(v.StatusReason); m != nil {
		return "See that run: `davit show " + s.ID(m[1]) + "`, or try again: " + rerun + "."
	}
	return "Try again: " + rerun + "."
}

// Rerun returns the line about a run that repeats another, with what was changed: rerun of zys7…nzom as m4tq…0r2e (memory 512 → 1024).
func (s Style) Rerun(first, rerun string, changes ...string) string {
	text := "rerun of " + s.plainID(first) + " as " + s.plainID(rerun)
	if len(changes) > 0 {
		text += " (" + clean(strings.Join(changes, ", ")) + ")"
	}
	return text
}
