package logs

import (
	"cmp"
	"fmt"
	"time"

	"davit/internal/run"
)

// choice is what a request asks of a run as it is now.
type choice struct {
	streams []Stream // by attempt, then as the record has its tasks
	// omitted are attempts of which the record no longer holds every task.
	omitted []Missing
	// over is true when no further stream comes and all of them are over; at is since when.
	over bool
	at   time.Time
}

// choose returns the streams that a request asks for. CodeNotFound: the run has no such attempt, task or container, and will not have it.
func choose(r *run.Run, q Request) (choice, error) {
	var c choice
	c.over, c.at = end(r, q.Attempt)
	for i := range r.Attempts {
		a := &r.Attempts[i]
		if q.Attempt != 0 && q.Attempt != a.Number {
			continue
		}
		for j := range a.Tasks {
			if t := &a.Tasks[j]; q.Task == "" || q.Task == t.ARN || q.Task == t.ShortID() {
				c.add(r, a, t, q.Container)
			}
		}
		if a.OmittedTasks > 0 && q.Task == "" {
			c.omitted = append(c.omitted, Missing{Attempt: a.Number, Container: q.Container,
				Reason: fmt.Sprintf("the run's record no longer holds %d of the attempt's tasks", a.OmittedTasks)})
		}
	}
	return c, c.check(r, q)
}

// check returns an error when nothing will ever match the request.
func (c *choice) check(r *run.Run, q Request) error {
	switch {
	case q.Attempt > len(r.Attempts) && r.Status.Terminal():
		return unknown("attempt", "the run has no such attempt")
	case q.Task != "" && !hasTask(r, q):
		return unknown("task", "not a task of this run, or not of this attempt; give the id or ARN of one of attempts[].tasks[]")
	case q.Container != "" && len(c.streams) == 0 && r.Definition != nil && !defines(r.Definition, q.Container):
		return unknown("container", "the run's task definition has no such container")
	}
	return nil
}

func unknown(name, detail string) error {
	return &run.Error{Code: run.CodeNotFound, Message: "the run has no such output", Violations: []run.Violation{
		{Field: "query:" + name, Rule: run.RuleQuery, Detail: detail}}}
}

func hasTask(r *run.Run, q Request) bool {
	for i := range r.Attempts {
		for j := range r.Attempts[i].Tasks {
			t := &r.Attempts[i].Tasks[j]
			if (q.Attempt == 0 || q.Attempt == r.Attempts[i].Number) && (q.Task == t.ARN || q.Task == t.ShortID()) {
				return true
			}
		}
	}
	return false
}

func defines(d *run.Definition, container string) bool {
	for _, c := range d.Containers {
		if c.Name == container {
			return true
		}
	}
	return false
}

// end reports whether the run, or the attempt if one is named, is over, and since when.
func end(r *run.Run, attempt int) (bool, time.Time) {
	if attempt != 0 && attempt < len(r.Attempts) && r.Attempts[attempt-1].Outcome != nil {
		return true, r.Attempts[attempt].BeganAt
	}
	if r.Status.Terminal() && r.StoppedAt != nil {
		return true, *r.StoppedAt
	}
	return false, time.Time{}
}

// add appends a task's streams, in the order of its definition's containers.
func (c *choice) add(r *run.Run, a *run.Attempt, t *run.Task, only string) {
	s := Stream{
		Attempt: a.Number, Task: t.ShortID(), TaskARN: t.ARN, Defined: r.Definition != nil, LaunchedAt: t.LaunchedAt,
		Over: t.Ended() || r.Status.Terminal(),
	}
	if s.Over {
		s.OverAt = t.SeenAt
		if !t.Ended() && r.StoppedAt != nil {
			s.OverAt = *r.StoppedAt
		}
	}
	for _, container := range containers(r, t) {
		if only != "" && only != container.Name {
			continue
		}
		s.Container, s.Driver, s.Options = container.Name, container.LogDriver, container.LogOptions
		c.streams = append(c.streams, s)
	}
}

// containers returns those of the run's definition; while that is not known, those that ECS shows of the task, by name alone.
func containers(r *run.Run, t *run.Task) []run.Container {
	if r.Definition != nil {
		return r.Definition.Containers
	}
	var shown []run.Container
	for _, c := range t.State().Containers {
		shown = append(shown, run.Container{Name: c.Name})
	}
	return shown
}

// expected returns how many streams the request asks for, also of tasks that are still to be placed.
func (c *choice) expected(r *run.Run, q Request) int {
	if q.Task != "" || c.over {
		return len(c.streams)
	}
	each := 1
	if q.Container == "" && r.Definition != nil {
		each = len(r.Definition.Containers)
	}
	if len(r.Attempts) == 0 {
		return r.Count * each
	}
	n := len(c.streams)
	if last := r.Attempts[len(r.Attempts)-1]; cmp.Or(q.Attempt, last.Number) == last.Number && last.Outcome == nil {
		n += max(0, last.Want-len(last.Tasks)) * each
	}
	return n
}

// tooMany returns the error of a request for more than MaxStreams.
func tooMany(n int) error {
	detail := fmt.Sprintf("%d streams are asked for; allowed: at most %d. Name a task, a container or an attempt", n, MaxStreams)
	return run.InvalidRequest(
		run.Violation{Field: "query:task", Rule: run.RuleQuery, Detail: detail},
		run.Violation{Field: "query:container", Rule: run.RuleQuery, Detail: detail})
}
