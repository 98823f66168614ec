package render

import (
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
		return v.name() + " succeeded" + v.afterText() + v.successTries() + partText(reason) + "."
	case client.Failed:
		return v.name() + " " + v.failure() + v.shareText() + "."
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
		return v.name() + " is queued: " + v.queuedText(reason) + "."
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
	verb, clause, tries := "failed", v.clause(), v.triesText()
	switch v.Class {
	case "NEVER_STARTED":
		verb = "never started"
	case "CAPACITY", "THROTTLED", "UNAVAILABLE":
		verb = "was not placed"
	}
	if tries != "" && strings.Contains(clause, ": ") {
		tries = "," + tries
	}
	return verb + ": " + clause + tries
}

// afterText returns how long an ended run took in all.
func (v *view) afterText() string {
	if v.CreatedAt.IsZero() || v.StoppedAt.IsZero() {
		return ""
	}
	return " after " + inWords(elapsed(v.CreatedAt, v.StoppedAt))
}

// queuedText names the overlap key that a run waits for.
func (v *view) queuedText(reason string) string {
	if key := v.policy.Overlap.Key; key != "" && (reason == "" || reason == "waits for its overlap key") {
		return "it waits for overlap key `" + clean(key) + "`"
	}
	return orText(reason, "its overlap policy holds it")
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
