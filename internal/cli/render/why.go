package render

import (
	"regexp"
	"slices"
	"strings"

	"davit/client"
	"davit/internal/explain"
)

var (
	ofTask      = regexp.MustCompile(`^task [0-9A-Za-z-]+: `)
	ofContainer = regexp.MustCompile(`\bcontainer ([A-Za-z0-9_-]+) (?:was|exited|has|could)\b`)
	ofAttempt   = regexp.MustCompile(`^attempt (\d+) ended (\S+): `)
)

// ownReasons are the starts of reasons that only repeat what the class is.
var ownReasons = []string{"the task stopped before it ran: ", "interrupted before it ran: ", "interrupted: "}

// reasonOf returns a run's reason without the task that it is about.
func reasonOf(r *client.Summary) string { return ofTask.ReplaceAllString(r.StatusReason, "") }

// containerOf returns the container that a reason is about; "" where it names none.
func containerOf(reason string) string {
	if m := ofContainer.FindStringSubmatch(reason); m != nil {
		return m[1]
	}
	return ""
}

// why returns in a few words why a run is where it is; "" where there is nothing to say.
func why(r *client.Summary) string {
	reason := reasonOf(r)
	switch r.Status {
	case client.Succeeded:
		return whySucceeded(reason)
	case client.Failed, client.TimedOut, client.Lost:
		return whyFailed(r.Class, reason)
	default:
		return ofAttempt.ReplaceAllString(reason, "try $1 ended $2: ")
	}
}

// whySucceeded returns what is worth saying of a success: that not all was placed.
func whySucceeded(reason string) string {
	if strings.Contains(reason, "BEST_EFFORT") {
		return reason
	}
	return ""
}

// whyFailed returns a cause's words with the container as their subject; where the table only knows the class, the reason itself.
func whyFailed(class, reason string) string {
	c, found := explain.Of(class, reason)
	if !found {
		return strings.TrimSpace(class + " " + reason)
	}
	if generic(c) && reason != "" {
		return trimReason(reason)
	}
	container := containerOf(reason)
	if container == "" {
		container = "a container"
	}
	return strings.Replace(c.Short, "…", container, 1)
}

// generic reports whether the reason itself tells more than the cause's words.
func generic(c explain.Cause) bool {
	return len(c.Words) == 0 && slices.Contains([]string{"NEVER_STARTED", "INVALID", "INTERRUPTED", "LOST"}, c.Class)
}

func trimReason(reason string) string {
	for _, own := range ownReasons {
		reason = strings.TrimPrefix(reason, own)
	}
	return reason
}
