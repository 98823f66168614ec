package render

import (
	"slices"
	"strings"
	"time"

	"davit/client"
)

// phase is a stretch of an attempt's time. Of several tasks it took from min to max.
type phase struct {
	name     string
	min, max time.Duration
	open     bool   // it goes on
	note     string // behind it, in brackets
}

// text returns the phase with its time: running 6m 21s–6m 40s.
func (p phase) text() string {
	text := p.name + " " + span(p.min, p.max)
	if p.note != "" {
		text += " (" + p.note + ")"
	}
	return text
}

// span returns the times between the two, with their unit once where it is the same: 7–9 s.
func span(from, to time.Duration) string {
	a, b := Duration(from), Duration(to)
	if from >= to || a == b {
		return b
	}
	if n, unit, found := strings.Cut(a, " "); found && strings.HasSuffix(b, " "+unit) && !strings.Contains(unit, " ") && strings.Count(b, " ") == 1 {
		a = n
	}
	return a + "–" + b
}

// phaseNames are the phases of a task, in order.
var phaseNames = []string{"provisioning", "pulling", "starting", "running", "stopping"}

// phases returns where the time of an attempt went, up to now.
func (v *view) phases(i int, now time.Time) []phase {
	a := &v.Attempts[i]
	list := v.before(i, now)
	for _, name := range phaseNames {
		if p, has := v.tasksPhase(a, name, now); has {
			list = append(list, p)
		}
	}
	return list
}

// before returns the phases before an attempt's first task was placed.
func (v *view) before(i int, now time.Time) []phase {
	a := &v.Attempts[i]
	began := v.began(i)
	var list []phase
	switch {
	case i == 0 && !began.IsZero():
		d := elapsed(v.CreatedAt, began)
		list = append(list, phase{name: "queued", min: d, max: d})
	case i == 0:
		began = v.CreatedAt
	case began.IsZero():
		began = v.ended(i - 1)
	}
	if began.After(now) {
		return list
	}
	to, open := a.LaunchedAt, false
	if to.IsZero() {
		to, open = v.endOr(i, now)
	}
	d := elapsed(began, to)
	return append(list, phase{name: "placing", min: d, max: d, open: open, note: refusedText(a)})
}

// endOr returns when an attempt without tasks ended, or now with true while it goes on.
func (v *view) endOr(i int, now time.Time) (time.Time, bool) {
	switch {
	case i+1 < len(v.Attempts):
		return v.ended(i), false
	case v.Status.Final():
		return v.StoppedAt, false
	default:
		return now, true
	}
}

// ended returns when an attempt's last task stopped; where that is not known, the last thing that is.
func (v *view) ended(i int) time.Time {
	a := &v.Attempts[i]
	end := a.LaunchedAt
	for k := range a.Tasks {
		end = latest(end, a.Tasks[k].StoppedAt)
	}
	for _, x := range a.Refusals {
		end = latest(end, x.LastAt)
	}
	return end
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// refusedText returns what ECS refused an attempt with: CAPACITY × 3.
func refusedText(a *client.Attempt) string {
	counts := map[string]int{}
	var classes []string
	for _, x := range a.Refusals {
		if class := clean(x.Class); counts[class] == 0 {
			classes = append(classes, class)
		}
		counts[clean(x.Class)] += x.Count
	}
	for i, class := range classes {
		if n := counts[class]; n > 1 {
			classes[i] += " × " + thousands(n)
		}
	}
	return strings.Join(classes, ", ")
}

// tasksPhase returns one phase over the tasks of an attempt that had it.
func (v *view) tasksPhase(a *client.Attempt, name string, now time.Time) (p phase, has bool) {
	for k := range a.Tasks {
		for _, q := range v.taskPhases(a, &a.Tasks[k], now) {
			if q.name != name {
				continue
			}
			if !has {
				p, has = q, true
			}
			p.min, p.max, p.open = min(p.min, q.min), max(p.max, q.max), p.open || q.open
		}
	}
	return p, has
}

// taskPhases returns the phases of a task. The last one goes on unless the task has stopped or the run is over.
func (v *view) taskPhases(a *client.Attempt, t *client.Task, now time.Time) []phase {
	marks := taskMarks(a, t)
	stopped := !t.StoppedAt.IsZero() || v.Status.Final()
	end := t.StoppedAt
	switch {
	case !end.IsZero():
	case v.Status.Final():
		end = v.StoppedAt
	default:
		end = now
	}
	var list []phase
	for i, m := range marks {
		to, open := end, !stopped
		if i+1 < len(marks) {
			to, open = marks[i+1].at, false
		}
		d := elapsed(m.at, to)
		if m.name == "starting" && len(marks) > 2 && d < time.Second && !open {
			continue
		}
		list = append(list, phase{name: m.name, min: d, max: d, open: open})
	}
	return list
}

// mark is when a phase begins.
type mark struct {
	name string
	at   time.Time
}

// taskMarks returns when the phases of a task began, as far as that is known. Without the times of the pull what lies before RUNNING is one phase.
func taskMarks(a *client.Attempt, t *client.Task) []mark {
	first := "provisioning"
	if t.PullStartedAt.IsZero() && !t.StartedAt.IsZero() {
		first = "starting"
	}
	placed := a.LaunchedAt
	if placed.IsZero() {
		placed = t.CreatedAt
	}
	marks := []mark{{first, placed}, {"pulling", t.PullStartedAt}, {"starting", t.PullStoppedAt}, {"running", t.StartedAt}, {"stopping", t.StoppingAt}}
	if t.PullStartedAt.IsZero() {
		marks[2].at = time.Time{}
	}
	return slices.DeleteFunc(marks, func(m mark) bool { return m.at.IsZero() })
}
