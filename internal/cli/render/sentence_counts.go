package render

import (
	"fmt"
	"strings"

	"davit/client"
	"davit/internal/explain"
)

// triesText returns on which tries a run failed, where there were several.
func (v *view) triesText() string {
	n := v.tries()
	switch {
	case n < 2:
		return ""
	case !v.sameClass():
		return fmt.Sprintf(" on the last of %d tries", n)
	case n == 2:
		return " on both tries"
	default:
		return fmt.Sprintf(" on all %d tries", n)
	}
}

// sameClass reports whether every attempt ended with the run's class.
func (v *view) sameClass() bool {
	for i := range v.Attempts {
		if o := v.Attempts[i].Outcome; o != nil && o.Class != v.Class && !withdrawn(&v.Attempts[i]) {
			return false
		}
	}
	return true
}

func (v *view) successTries() string {
	if n := v.tries(); n > 1 {
		return fmt.Sprintf(" on try %d", n)
	}
	return ""
}

// tryText returns which try a run is at, from the second on.
func (v *view) tryText() string {
	if n := len(v.Attempts); n > 1 {
		return fmt.Sprintf(" on try %d", v.Attempts[n-1].Number)
	}
	return ""
}

// shareText returns how many of several tasks succeeded.
func (v *view) shareText() string {
	if v.Count < 2 {
		return ""
	}
	n := v.successes()
	if v.omitted() && n == 0 {
		return ""
	}
	return fmt.Sprintf("; %s of %s tasks succeeded", thousands(n), thousands(v.Count))
}

// successes returns how many tasks of all attempts succeeded.
func (v *view) successes() int {
	n := 0
	for i := range v.Attempts {
		for k := range v.Attempts[i].Tasks {
			if !withdrawn(&v.Attempts[i]) && v.succeeded(&v.Attempts[i].Tasks[k]) {
				n++
			}
		}
	}
	return n
}

// someSucceeded reports whether a part of several tasks succeeded.
func (v *view) someSucceeded() bool {
	n := v.successes()
	return n > 0 && n < v.Count
}

func (v *view) omitted() bool {
	for i := range v.Attempts {
		if v.Attempts[i].TasksOmitted > 0 {
			return true
		}
	}
	return false
}

// succeeded reports whether every container of a stopped task that may decide has an exit code of success.
func (v *view) succeeded(t *client.Task) bool {
	deciding := 0
	for _, c := range t.Containers {
		if decides, _ := v.decides(c.Name); !decides {
			continue
		}
		if c.ExitCode == nil || !v.successful(*c.ExitCode) {
			return false
		}
		deciding++
	}
	return deciding > 0
}

// countsText returns how many tasks of the last attempt are in which status, where there are several.
func (v *view) countsText() string {
	if v.Count < 2 || len(v.Attempts) == 0 {
		return ""
	}
	a := &v.Attempts[len(v.Attempts)-1]
	counts := map[string]int{}
	var order []string
	for _, t := range a.Tasks {
		status := strings.ToLower(clean(t.LastStatus))
		if counts[status]++; counts[status] == 1 {
			order = append(order, status)
		}
	}
	parts := make([]string, 0, len(order))
	for _, status := range order {
		parts = append(parts, thousands(counts[status])+" "+status)
	}
	if len(parts) == 0 {
		return ""
	}
	return fmt.Sprintf(": %s of %s tasks", strings.Join(parts, ", "), thousands(v.Count))
}

// refusedSentence returns what ECS refused the last attempt with, while it has no task.
func (v *view) refusedSentence() string {
	if len(v.Attempts) == 0 {
		return ""
	}
	a := &v.Attempts[len(v.Attempts)-1]
	if len(a.Refusals) == 0 {
		return ""
	}
	last, n := a.Refusals[len(a.Refusals)-1], 0
	for _, x := range a.Refusals {
		n += x.Count
		if x.LastAt.After(last.LastAt) {
			last = x
		}
	}
	return ": " + refusalText(last) + " (refused " + times(n) + ")"
}

// refusalText returns in a few words what ECS refused.
func refusalText(x client.Refusal) string {
	if c, found := explain.Of(x.Class, x.Reason); found && !generic(c) {
		return c.Short
	}
	return clean(x.Class) + colonText(clean(x.Reason))
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	default:
		return thousands(n) + " times"
	}
}
