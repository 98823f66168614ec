package render

import (
	"strconv"

	"davit/client"
)

// look is how a status is shown: a glyph and a colour beside its word.
type look struct {
	glyph string
	color color
}

var looks = map[client.Status]look{
	client.Submitted: {"◌", yellow},
	client.Queued:    {"◌", yellow},
	client.Launching: {"◌", yellow},
	client.Pending:   {"◌", blue},
	client.Running:   {"●", blue},
	client.Stopping:  {"●", yellow},
	client.Succeeded: {"✓", green},
	client.Failed:    {"✗", red},
	client.TimedOut:  {"✗", red},
	client.Lost:      {"!", red},
	client.Stopped:   {"■", dim},
	client.Skipped:   {"»", dim},
}

// lookOf returns how a run's status is shown. A run that failed without an exit code did no work of its own, and has the glyph of those.
func lookOf(r *client.Summary) look {
	l, known := looks[r.Status]
	switch {
	case !known:
		return look{"?", yellow}
	case r.Status == client.Failed && r.ExitCode == nil:
		return look{"!", red}
	default:
		return l
	}
}

// statusWord returns a run's status for a person: FAILED 137 with its exit code, and the class where no exit code is the reason.
func statusWord(r *client.Summary) string {
	switch {
	case r.Status != client.Failed:
		return clean(string(r.Status))
	case r.ExitCode != nil:
		return clean(string(r.Status)) + " " + strconv.Itoa(*r.ExitCode)
	case r.Class != "":
		return clean(r.Class)
	default:
		return clean(string(r.Status))
	}
}
