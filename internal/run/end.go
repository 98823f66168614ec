package run

import (
	"slices"
	"time"
)

// end makes the run terminal. Only a run that succeeded has the exit code 0: whoever reads nothing else must not take another for a success.
func (r *Run) end(now time.Time, status Status, class Class, reason string) {
	if !r.Status.May(status) {
		return
	}
	r.Status, r.Class, r.StatusReason = status, class, reason
	r.StoppedAt = &now
	r.news.ended = true
	if r.ExitCode = r.exitCode(); status != Succeeded && r.ExitCode != nil && *r.ExitCode == 0 {
		r.ExitCode = nil
	}
}

// exitCode is the first failing code by stop time among the containers that decide, else 0 when one was
// seen, else none. Tasks of earlier attempts count if nothing was launched in their place.
func (r *Run) exitCode() *int {
	var first *int
	var at time.Time
	seen := false
	for _, t := range r.finalTasks() {
		for _, c := range r.deciding(t.State()) {
			if c.ExitCode == nil {
				continue
			}
			seen = true
			if !r.Policy.Verdict.succeeds(*c.ExitCode) && (first == nil || stopTime(t).Before(at)) {
				code := *c.ExitCode
				first, at = &code, stopTime(t)
			}
		}
	}
	if first == nil && seen {
		zero := 0
		return &zero
	}
	return first
}

// finalTasks lists the tasks that the run ends with: those of the last attempt, and of earlier ones those that a caller stopped.
func (r *Run) finalTasks() []*Task {
	_, byCaller := r.countEndings()
	var out []*Task
	for _, e := range byCaller {
		out = append(out, e.task)
	}
	if a := r.attempt(); a != nil && !a.Withdrawn {
		for i := range a.Tasks {
			if t := &a.Tasks[i]; !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	return out
}
