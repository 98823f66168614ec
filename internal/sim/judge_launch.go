package sim

import (
	"fmt"
	"time"

	"davit/internal/run"
)

// launches is what the judge knows of an attempt's launch calls.
type launches struct {
	calls []*launchCall
	looks []time.Time // successful lists by startedBy
}

// launchCall is one token, or one StartTask.
type launchCall struct {
	token       string
	count       int
	first, last time.Time // tries
	known       int       // tasks that the record knew at its intent
	unclear     bool      // a try was not answered
	answered    bool
}

// tokenLife is how long a call may be repeated, or what was found of it be added to.
const tokenLife = 50 * time.Minute

// launching looks, before a call with a token that ECS does not know is carried out, whether all earlier calls of the attempt are known.
func (j *judge) launching(p *process, in launchInput) {
	l := j.of(in.StartedBy)
	now := j.w.now
	known := p.view.known(in.StartedBy)
	for _, c := range l.calls {
		if in.ClientToken != "" && c.token == in.ClientToken {
			if now.Sub(c.last) > time.Minute+tokenLife {
				j.fail("no launch without proof", runOfStarted(in.StartedBy), "a token is used again that ECS may have forgotten")
			}
			c.last = now
			return
		}
		if c.answered || !c.unclear || known-c.known >= c.count {
			continue
		}
		if why := c.unproven(l.looks, now, known); why != "" {
			j.fail("no launch without proof", runOfStarted(in.StartedBy), why)
		}
	}
	count := in.Count
	l.calls = append(l.calls, &launchCall{token: in.ClientToken, count: count, first: now, last: now, known: known, unclear: true})
}

// unproven is why an unclear call may have launched what is not known; "" if it may not.
func (c *launchCall) unproven(looks []time.Time, now time.Time, known int) string {
	if now.Sub(c.first) > tokenLife+time.Minute {
		return fmt.Sprintf("a call that was never answered is %v old, ECS may have forgotten its tasks", now.Sub(c.first).Round(time.Second))
	}
	var first, last time.Time
	for _, at := range looks {
		if at.Before(c.last) {
			continue
		}
		if first.IsZero() {
			first = at
		}
		last = at
	}
	if first.IsZero() || last.Sub(first) < 50*time.Second {
		return fmt.Sprintf("a call for %d was never answered, %d of its tasks are known, and there were no two looks a minute apart", c.count, known-c.known)
	}
	return ""
}

// known is how many tasks of an attempt a written record knows.
func (s summary) known(startedBy string) int {
	for _, a := range s.attempts {
		if a.startedBy == startedBy {
			return a.known
		}
	}
	return 0
}

// answered takes what the caller of a launch call sees.
func (j *judge) answered(in launchInput, r reply) {
	for _, c := range j.of(in.StartedBy).calls {
		if c.token != in.ClientToken || in.ClientToken == "" && c != j.of(in.StartedBy).last() {
			continue
		}
		if r.fault == None {
			c.answered = true
		}
	}
}

func (l *launches) last() *launchCall {
	if len(l.calls) == 0 {
		return nil
	}
	return l.calls[len(l.calls)-1]
}

func (j *judge) of(startedBy string) *launches {
	l := j.launches[startedBy]
	if l == nil {
		l = &launches{}
		j.launches[startedBy] = l
	}
	return l
}

// looked takes a list of tasks.
func (j *judge) looked(_ *process, q run.TaskQuery, fine bool) {
	if fine && q.StartedBy != "" {
		l := j.of(q.StartedBy)
		l.looks = append(l.looks, j.w.now)
	}
}

func runOfStarted(startedBy string) string {
	id, _, _ := run.ParseStartedBy(startedPrefix, startedBy)
	return id
}

// launched looks whether an attempt has more tasks than it wants, and an overlap key more runs at work.
func (j *judge) launched(_ *process, in launchInput, _ []*ecsTask) {
	id := runOfStarted(in.StartedBy)
	h := j.byID[id]
	if h == nil {
		j.fail("a task has a run", id, in.StartedBy)
		return
	}
	if n, want := len(j.w.ecs.by[in.StartedBy]), h.wants[in.StartedBy]; n > want {
		j.fail("no task too many", id, fmt.Sprintf("attempt %s has %d tasks in ECS and wants %d", in.StartedBy[len(in.StartedBy)-2:], n, want))
	}
	if h.last.overlap != nil && h.last.overlap.Mode != run.OverlapAllow {
		j.checkOverlap(h.last.overlap.Key)
	}
}

// checkOverlap counts the runs of a key that have live tasks.
func (j *judge) checkOverlap(key string) {
	var working []*history
	for _, h := range j.runs {
		o := h.last.overlap
		if o == nil || o.Key != key || o.Mode == run.OverlapAllow || h.last.unclear {
			continue
		}
		if j.live(h) > 0 {
			working = append(working, h)
		}
	}
	for _, h := range working {
		if len(working) > h.last.overlap.Limit {
			j.fail("overlap limit", h.last.id, fmt.Sprintf("%d runs of key %s have live tasks, limit %d", len(working), key, h.last.overlap.Limit))
			return
		}
	}
}

// live is how many tasks of a run have not stopped.
func (j *judge) live(h *history) int {
	n := 0
	for startedBy := range h.wants {
		for _, t := range j.w.ecs.by[startedBy] {
			if !t.over() {
				n++
			}
		}
	}
	return n
}
