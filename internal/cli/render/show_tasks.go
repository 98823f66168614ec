package render

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"davit/client"
)

var arnHead = regexp.MustCompile(`\barn:[a-z0-9-]*:[a-z0-9-]*:[a-z0-9-]*:[0-9]*:`)

// fewTasks is up to how many tasks of an attempt have a line each.
const fewTasks = 4

// tasks adds a line for each of a few tasks; of many, how many there are and how many the record no longer has.
func (f *facts) tasks(a *client.Attempt) {
	n := len(a.Tasks)
	if a.TasksOmitted > 0 {
		f.add(fact{text: fmt.Sprintf("%s tasks, %s of them no longer in the record", thousands(n+a.TasksOmitted), thousands(a.TasksOmitted))})
	}
	if n < 2 || n > fewTasks {
		return
	}
	for k := range a.Tasks {
		t := &a.Tasks[k]
		phases := f.view.taskPhases(a, t, f.style.Now)
		texts := make([]string, 0, len(phases))
		for _, p := range phases {
			texts = append(texts, p.text())
		}
		id := clean(shortTask(t.ARN))
		if !f.style.Terminal {
			id = clean(t.ARN[strings.LastIndexByte(t.ARN, '/')+1:])
		}
		f.add(fact{name: "  task", state: id, text: strings.Join(texts, " · ")})
	}
}

// ending is how containers of one name ended, and how many of them.
type ending struct {
	name, state, reason string
	bad                 bool
	count               int
}

// rank orders endings: containers that decide, then the others, and failures first among them.
func (f *facts) rank(e ending) int {
	rank := 0
	if decides, known := f.view.decides(e.name); known && !decides {
		rank += 2
	}
	if !e.bad {
		rank++
	}
	return rank
}

// containers adds how the containers of the last attempt ended, those that ended alike together.
func (f *facts) containers() {
	i := f.view.last()
	if i < 0 {
		return
	}
	tasks := f.view.Attempts[i].Tasks
	for _, e := range f.endings(tasks) {
		var parts []string
		if e.reason != "" {
			parts = append(parts, e.reason)
		}
		if decides, known := f.view.decides(e.name); known && !decides {
			parts = append(parts, "does not decide")
		}
		if len(tasks) > 1 {
			parts = append(parts, fmt.Sprintf("%s of %s tasks", thousands(e.count), thousands(len(tasks))))
		}
		f.add(fact{name: clean(e.name), state: e.state, text: strings.Join(parts, ", ")})
	}
}

// maxEndings bounds the lines of containers.
const maxEndings = 20

func (f *facts) endings(tasks []client.Task) (list []ending) {
	// Those that failed come first.
	defer func() {
		slices.SortStableFunc(list, func(a, b ending) int { return cmp.Compare(f.rank(a), f.rank(b)) })
	}()
	at := map[ending]int{}
	for _, t := range tasks {
		for _, c := range t.Containers {
			e := ending{name: c.Name, state: containerState(&c), reason: f.style.arn(c.Reason)}
			e.bad = c.ExitCode != nil && !f.view.successful(*c.ExitCode)
			k, known := at[e]
			if !known {
				if k = len(list); k == maxEndings {
					return list
				}
				at[e] = k
				list = append(list, e)
			}
			list[k].count++
		}
	}
	return list
}

// containerState returns a container's exit code, or where it stands without one.
func containerState(c *client.Container) string {
	switch {
	case c.ExitCode != nil:
		return "exit " + strconv.Itoa(*c.ExitCode)
	case c.LastStatus == "STOPPED" || c.LastStatus == "":
		return "no exit"
	default:
		return strings.ToLower(clean(c.LastStatus))
	}
}

// waiting adds for how long a run without an attempt has waited, or when it ended.
func (f *facts) waiting() {
	v := f.view
	if len(v.Attempts) > 0 {
		return
	}
	switch {
	case v.Status == client.Queued || v.Status == client.Submitted:
		f.add(fact{name: strings.ToLower(string(v.Status)), state: f.clock(v.CreatedAt), text: "for " + age(f.style.Now.Sub(v.CreatedAt)) + " so far"})
	case v.Status.Final():
		f.add(fact{name: "ended", state: f.clock(v.StoppedAt), text: "after " + Duration(elapsed(v.CreatedAt, v.StoppedAt))})
	}
}

// asked adds what the run was asked with, where that is not the default.
func (f *facts) asked() {
	v := f.view
	for _, x := range []struct{ name, text string }{
		{"rerun of", v.RerunOf}, {"group", v.Group}, {"startedBy", v.startedBy()}, {"owner", f.owner()}, {"policy", v.policy.words()},
	} {
		if x.text != "" {
			f.add(fact{name: x.name, text: f.style.arn(x.text)})
		}
	}
}

// startedBy returns the caller's startedBy; a schedule's name stands in the first line already.
func (v *view) startedBy() string {
	if strings.HasPrefix(v.Owner, "schedule:") && strings.HasSuffix(v.Owner, v.StartedBy) {
		return ""
	}
	return v.StartedBy
}

// owner returns the run's owner where the first line has somebody else.
func (f *facts) owner() string {
	v := f.view
	if strings.HasPrefix(v.Owner, "schedule:") || v.SubmittedBy == nil && v.Schedule == "" {
		return ""
	}
	return v.Owner
}
