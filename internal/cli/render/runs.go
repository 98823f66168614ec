package render

import (
	"io"
	"strconv"
	"time"

	"davit/client"
)

// Runs writes a table of runs, in the order given. On a terminal a row begins with the status's glyph, and the status has the exit code beside it; in a pipe class and
// exit code are columns of their own. A narrow terminal has fewer columns. wide adds when each was submitted, its count, group, owner and key.
func (s Style) Runs(w io.Writer, runs []client.Summary, wide bool) error {
	t := table{style: s, head: s.runsHead(wide), marked: true, drop: []string{"KEY", "OWNER", "GROUP", "COUNT", "SUBMITTED", "TRY", "TOOK"}}
	for i := range runs {
		r := &runs[i]
		l := lookOf(r)
		t.add(cell{l.glyph, l.color}, s.runRow(r, wide)...)
	}
	return t.write(w)
}

func (s Style) runsHead(wide bool) []string {
	head := []string{"RUN", "STATUS"}
	if !s.Terminal {
		head = append(head, "CLASS", "EXIT")
	}
	head = append(head, "FAMILY", "STARTED", "TOOK", "TRY")
	if wide {
		head = append(head, "SUBMITTED", "COUNT", "GROUP", "OWNER", "KEY")
	}
	return append(head, "WHY")
}

func (s Style) runRow(r *client.Summary, wide bool) []cell {
	row := []cell{{text: s.shownID(r.ID)}}
	if s.Terminal {
		row = append(row, cell{statusWord(r), lookOf(r).color})
	} else {
		row = append(row, cell{text: s.cell(string(r.Status))}, cell{text: s.cell(r.Class)}, cell{text: s.cell(exitText(r.ExitCode))})
	}
	row = append(row, cell{text: s.name(r.Family)}, cell{text: s.started(r)}, cell{text: s.runTook(r)}, cell{text: s.try(r)})
	if wide {
		row = append(row, cell{text: s.ago(r.CreatedAt)}, cell{text: s.cell(strconv.Itoa(r.Count))}, cell{text: s.cell(r.Group)}, cell{text: s.cell(r.Owner)},
			cell{text: s.cell(r.Key)})
	}
	return append(row, cell{text: s.text(why(r))})
}

func exitText(code *int) string {
	if code == nil {
		return ""
	}
	return strconv.Itoa(*code)
}

// maxName is how many columns a family takes at most on a terminal.
const maxName = 40

func (s Style) name(name string) string {
	name = s.cell(name)
	if s.Terminal {
		return cut(name, maxName)
	}
	return name
}

// started returns when a run's first task ran. One that is over without that is placed by its submission.
func (s Style) started(r *client.Summary) string {
	if r.StartedAt.IsZero() && r.Status.Final() && s.Terminal {
		return s.ago(r.CreatedAt)
	}
	return s.ago(r.StartedAt)
}

// runTook returns for how long a run ran, or waits since it was submitted.
func (s Style) runTook(r *client.Summary) string {
	from, to := r.StartedAt, r.StoppedAt
	over := r.Status.Final()
	if !over {
		to = s.Now
		if from.IsZero() {
			from = r.CreatedAt
		}
	}
	if from.IsZero() || to.IsZero() {
		return s.none()
	}
	return s.took(max(to.Sub(from), 0), over)
}

// try returns which attempt a run is at, or was at its end, and of how many where it needed more than one.
func (s Style) try(r *client.Summary) string {
	switch {
	case r.Tries == 0:
		return s.none()
	case r.MaxTries > 1 && (r.Tries > 1 || r.Status == client.Failed):
		return strconv.Itoa(r.Tries) + "/" + strconv.Itoa(r.MaxTries)
	default:
		return strconv.Itoa(r.Tries)
	}
}

// elapsed returns the time from a to b; 0 where either is not known.
func elapsed(a, b time.Time) time.Duration {
	if a.IsZero() || b.IsZero() {
		return 0
	}
	return max(b.Sub(a), 0)
}
