package render

import (
	"fmt"
	"strconv"
	"strings"

	"davit/client"
	"davit/internal/explain"
)

// Sentence returns how a run stands, or how it ended and why, in one sentence.
func Sentence(r *client.Run) string { return viewOf(r).sentence() }

func (v *view) sentence() string {
	reason := clean(reasonOf(&v.Summary))
	switch v.Status {
	case client.Succeeded:
		return v.name() + " succeeded" + v.successTries() + partText(reason) + "."
	case client.Failed:
		return v.name() + " " + v.failure() + v.triesText() + v.shareText() + "."
	case client.TimedOut:
		return v.name() + " timed out: " + v.clause() + v.shareText() + "."
	case client.Lost:
		return v.name() + " is lost: " + v.clause() + v.shareText() + "."
	case client.Stopped:
		return v.name() + " was " + stoppedText(reason) + "."
	case client.Skipped:
		return v.name() + " was skipped: " + orText(reason, "by its overlap policy") + "."
	default:
		return v.openSentence(reason)
	}
}

// openSentence is about a run that goes on.
func (v *view) openSentence(reason string) string {
	switch v.Status {
	case client.Submitted:
		return v.name() + " is recorded and about to be placed."
	case client.Queued:
		return v.name() + " is queued: " + orText(reason, "its overlap policy holds it") + "."
	case client.Launching:
		return v.name() + " is being placed" + v.tryText() + v.refusedSentence() + "."
	case client.Pending:
		return v.name() + " is starting" + v.tryText() + v.countsText() + "."
	case client.Running:
		return v.name() + " is running" + v.tryText() + v.countsText() + "."
	case client.Stopping:
		return v.name() + " is being stopped" + colonText(reason) + v.countsText() + "."
	default:
		return v.name() + " has the status " + clean(string(v.Status)) + colonText(reason) + "."
	}
}

func orText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return strings.TrimSuffix(text, ".")
}

func colonText(text string) string {
	if text == "" {
		return ""
	}
	return ": " + strings.TrimSuffix(text, ".")
}

func partText(reason string) string {
	if part := whySucceeded(reason); part != "" {
		return ": " + part
	}
	return ""
}

// stoppedText returns who stopped a run, and with which words: stopped by a caller (“wrong month”).
func stoppedText(reason string) string {
	for _, who := range []string{"stopped by a caller before it was launched", "stopped by a caller", "stopped by someone other than Davit"} {
		if words, found := strings.CutPrefix(reason, who+": "); found {
			return who + " (“" + words + "”)"
		}
	}
	return orText(reason, "stopped")
}

// failure returns how a run failed, from the verb on.
func (v *view) failure() string {
	switch v.Class {
	case "NEVER_STARTED":
		return "never started: " + v.clause()
	case "CAPACITY", "THROTTLED", "UNAVAILABLE":
		return "was not placed: " + v.clause()
	default:
		return "failed: " + v.clause()
	}
}

// clause returns what happened, with the container as its subject and its exit code.
func (v *view) clause() string {
	reason := reasonOf(&v.Summary)
	c, found := explain.Of(v.Class, reason)
	switch {
	case !found:
		return orText(clean(strings.TrimSpace(v.Class+" "+reason)), "for no reason that is known")
	case generic(c) && reason != "":
		return orText(clean(trimReason(reason)), c.Short)
	}
	container := containerOf(reason)
	subject := "a container"
	if container != "" {
		subject = "the container `" + clean(container) + "`"
	}
	return strings.Replace(c.Short, "…", subject, 1) + v.facts(container)
}

// facts returns a failure's figures in brackets.
func (v *view) facts(container string) string {
	var facts []string
	if v.ExitCode != nil && *v.ExitCode != 0 {
		facts = append(facts, "exit "+strconv.Itoa(*v.ExitCode))
	}
	if v.Class == "OUT_OF_MEMORY" {
		if limit := v.limit(container); limit != "" {
			facts = append(facts, "limit "+mebibytes(limit))
		}
	}
	if seconds := v.deadline(); seconds > 0 {
		facts = append(facts, inWords(seconds))
	}
	if len(facts) == 0 {
		return ""
	}
	return " (" + strings.Join(facts, ", ") + ")"
}

func mebibytes(text string) string {
	if n, err := strconv.Atoi(text); err == nil {
		text = thousands(n)
	}
	return clean(text) + " MiB"
}

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
	n := 0
	for i := range v.Attempts {
		for k := range v.Attempts[i].Tasks {
			if !withdrawn(&v.Attempts[i]) && v.succeeded(&v.Attempts[i].Tasks[k]) {
				n++
			}
		}
	}
	if v.omitted() && n == 0 {
		return ""
	}
	return fmt.Sprintf("; %s of %s tasks succeeded", thousands(n), thousands(v.Count))
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
	return fmt.Sprintf(": of %s tasks %s", thousands(v.Count), strings.Join(parts, ", "))
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
	last := a.Refusals[len(a.Refusals)-1]
	for _, x := range a.Refusals {
		if x.LastAt.After(last.LastAt) {
			last = x
		}
	}
	return ": ECS refused, " + refusedText(a) + colonText(clean(last.Reason))
}
