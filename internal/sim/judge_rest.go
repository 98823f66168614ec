package sim

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"davit/internal/run"
)

// rest holds what is left, once everything has come to rest, against the invariants.
func (j *judge) rest() {
	w := j.w
	w.plan = script(nil)
	p := &process{w: w, name: "judge", sure: true, coroutine: &coroutine{s: w.scheduler, ended: true}, ctx: &processContext{done: make(chan struct{})}}
	s := p.store()
	if j.endless() {
		return
	}
	for _, h := range j.runs {
		r, err := s.Get(context.Background(), h.last.id)
		if err != nil {
			j.fail("records can be read", h.last.id, err.Error())
			continue
		}
		j.restOf(h, r)
	}
	for _, key := range slices.Sorted(maps.Keys(j.locks)) {
		l, err := s.Lock(context.Background(), key)
		switch {
		case err != nil:
			j.fail("records can be read", "", err.Error())
		case !l.Empty():
			j.fail("no run forgotten", firstOf(l), "the key "+key+" is "+summary{lock: l}.lockText()+" at rest")
		}
	}
}

func firstOf(l *run.Lock) string { return append(l.Holders, l.Waiters...)[0].Run }

func (j *judge) restOf(h *history, r *run.Run) {
	if !r.Status.Terminal() {
		j.fail("an accepted run ends", r.ID, fmt.Sprintf("it is %s, accepted %v", r.Status, h.accepted))
		return
	}
	if n := j.live(h); n > 0 {
		j.fail("no task outlives its run", r.ID, fmt.Sprintf("%d tasks are live, the run is %s", n, r.Status))
	}
	j.published(h, r)
	if r.Status == run.Succeeded {
		if good := j.good(h); good < r.Count-r.UnplacedByPolicy {
			j.fail("the record agrees with ECS", r.ID, fmt.Sprintf("SUCCEEDED with %d of %d tasks that succeeded", good, r.Count-r.UnplacedByPolicy))
		}
	}
	j.compare(h, r)
	j.strangers(r)
	if j.w.scenario.Prompt {
		j.prompt(r)
	}
	if j.w.scenario.Blind && r.Policy.DeadlineSeconds > 0 {
		j.deadline(h, r)
	}
}

// patience is how long something may take beside the policy's pauses where nothing goes wrong: less than a sweep needs to find it.
const patience = time.Minute

// prompt looks whether a run went on as soon as it could.
func (j *judge) prompt(r *run.Run) {
	var ended time.Time
	for i := range r.Attempts {
		real := j.w.ecs.by[r.Attempts[i].StartedBy]
		if len(real) == 0 {
			continue
		}
		pause := time.Duration(10<<i) * time.Second
		if began := real[0].created; !ended.IsZero() && began.Sub(ended) > pause+patience {
			j.fail("nothing waits for the sweep", r.ID, fmt.Sprintf("attempt %d began %v after the one before", i+1, began.Sub(ended)))
		}
		for _, t := range real {
			if t.stopped.After(ended) {
				ended = t.stopped
			}
		}
	}
	if !ended.IsZero() && r.StoppedAt.Sub(ended) > patience {
		j.fail("nothing waits for the sweep", r.ID, fmt.Sprintf("it ended %v after its last task", r.StoppedAt.Sub(ended)))
	}
}

// strangers looks for tasks in the record that ECS never placed for the run.
func (j *judge) strangers(r *run.Run) {
	for i := range r.Attempts {
		for k := range r.Attempts[i].Tasks {
			if arn := r.Attempts[i].Tasks[k].ARN; j.w.ecs.byARN[arn] == nil {
				j.fail("only its own tasks", r.ID, "the record holds "+arn+", which was not placed for it")
			}
		}
	}
}

// deadline looks whether tasks were told to stop within three sweeps of the run's deadline.
func (j *judge) deadline(h *history, r *run.Run) {
	by := r.CreatedAt.Add(time.Duration(r.Policy.DeadlineSeconds)*time.Second + 3*sweepEvery)
	for startedBy := range h.wants {
		for _, t := range j.w.ecs.by[startedBy] {
			if over := t.stopped.IsZero() || t.stopped.After(by); over && (t.stopping.IsZero() || t.stopping.After(by)) {
				j.fail("a deadline is kept", r.ID, fmt.Sprintf("deadlineSeconds is %d, a task was told to stop after %v", r.Policy.DeadlineSeconds, t.stopping.Sub(r.CreatedAt)))
			}
		}
	}
}

// endless reports whether a task goes on for ever that nobody asked to be stopped: a scenario that was shrunk too far.
func (j *judge) endless() bool {
	for _, h := range j.runs {
		if h.last.stops || h.last.status.Terminal() {
			continue
		}
		for startedBy := range h.wants {
			for _, t := range j.w.ecs.by[startedBy] {
				if !t.over() && t.plan.ends == 0 {
					return true
				}
			}
		}
	}
	return false
}

// good counts the tasks of a run that succeeded.
func (j *judge) good(h *history) int {
	n := 0
	for startedBy := range h.wants {
		for _, t := range j.w.ecs.by[startedBy] {
			if t.exit == 0 && t.stopCode == "EssentialContainerExited" {
				n++
			}
		}
	}
	return n
}

// compare holds the record's tasks against ECS's.
func (j *judge) compare(h *history, r *run.Run) {
	known, last := map[string]*run.Task{}, ""
	for i := range r.Attempts {
		last = r.Attempts[i].StartedBy
		for k := range r.Attempts[i].Tasks {
			t := &r.Attempts[i].Tasks[k]
			known[t.ARN] = t
		}
	}
	for startedBy := range h.wants {
		for _, real := range j.w.ecs.by[startedBy] {
			t := known[real.arn]
			switch {
			case t == nil && startedBy != last && h.known[startedBy] >= len(j.w.ecs.by[startedBy]): // the record had it, and has cut its attempt down
			case t == nil && (h.last.unclear || r.Status == run.Lost || strings.HasPrefix(real.reason, "Davit: the run of this task is over")):
			case t == nil:
				j.fail("the record knows its tasks", r.ID, fmt.Sprintf("a task of attempt %d is unknown: %s, exit %d; the run is %s", real.attempt, real.stopCode, real.exit, r.Status))
			default:
				j.compareTask(r, t, real)
			}
		}
	}
}

func (j *judge) compareTask(r *run.Run, t *run.Task, real *ecsTask) {
	s := t.State()
	if t.Lost || s.LastStatus != "STOPPED" {
		return
	}
	code := -1
	for _, c := range s.Containers {
		if c.Name == "main" && c.ExitCode != nil {
			code = *c.ExitCode
		}
	}
	if code != real.exit && len(s.Containers) > 0 {
		j.fail("the record agrees with ECS", r.ID, fmt.Sprintf("a task's exit code is %d, the record says %d", real.exit, code))
	}
}

// published looks whether every change of status was.
func (j *judge) published(h *history, r *run.Run) {
	told := j.w.bus.published[r.ID+"."+r.Incarnation[:min(8, len(r.Incarnation))]]
	for _, c := range h.changes {
		if e, has := told[c.sequence]; !has || e.To != string(c.to) || e.From != string(c.from) {
			j.fail("every change is published", r.ID, fmt.Sprintf("%s to %s, version %d", c.from, c.to, c.sequence))
		}
	}
}
