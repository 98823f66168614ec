package render

import (
	"fmt"
	"io"
	"strings"
	"time"

	"davit/client"
)

// Progress writes how a run goes on: on a terminal one line that is rewritten until the run runs, and a line for each refusal and try; otherwise a line a phase. Errors of
// the writer are ignored, since there is nowhere to report them. Its methods must not be called at the same time.
type Progress struct {
	out   io.Writer
	style Style
	now   func() time.Time
	run   *client.Run

	live    string // the line that stands without an end
	paused  bool
	attempt int             // how many attempts were announced
	phases  map[string]bool // what was written: phases of a pipe, lines that are committed
	refused map[string]bool
}

// NewProgress returns a Progress. now is the clock that durations are measured with.
func NewProgress(w io.Writer, s Style, now func() time.Time) *Progress {
	return &Progress{out: w, style: s, now: now, phases: map[string]bool{}, refused: map[string]bool{}}
}

// Submitted writes the run's id, what runs, and its key.
func (p *Progress) Submitted(r *client.Run, key string) {
	v := viewOf(r)
	text := "run " + p.style.plainID(r.ID) + "  " + v.name()
	if key != "" {
		text += "  key " + clean(key) + " (repeats are safe)"
	}
	if r.Replayed {
		text += ", recorded before"
	}
	p.line(text)
}

// plainID returns an id within a line, short on a terminal.
func (s Style) plainID(id string) string {
	if s.Terminal {
		return ShortID(id)
	}
	return clean(id)
}

// Update writes what has changed since the update before.
func (p *Progress) Update(r *client.Run) {
	p.run = r
	v := viewOf(r)
	p.newTries(v)
	if !p.style.Terminal {
		p.phaseLines(v)
	}
	p.newRefusals(v)
	p.stopping(v)
	if p.style.Terminal {
		p.redraw(v)
	}
}

// Tick rewrites the live line with the time that has passed.
func (p *Progress) Tick() {
	if p.run != nil && p.style.Terminal {
		p.redraw(viewOf(p.run))
	}
}

// Resize sets how many columns the terminal has now; 0 is unknown.
func (p *Progress) Resize(width int) { p.style.Width = width }

// Pause takes the live line away, so that lines of output can be written.
func (p *Progress) Pause() {
	p.clear()
	p.paused = true
}

// Resume shows the live line again.
func (p *Progress) Resume() {
	p.paused = false
	p.Tick()
}

// Ended writes how the run ended and, unless it succeeded, what to do.
func (p *Progress) Ended(r *client.Run) {
	p.run = nil
	p.paused = false
	v := viewOf(r)
	p.newTries(v)
	p.lastPhases(v)
	p.newRefusals(v)
	if r.Status == client.Succeeded {
		p.line(p.style.paint(green, "succeeded after "+inWords(elapsed(r.CreatedAt, r.StoppedAt))) + startedText(v))
		return
	}
	p.line(p.style.paint(lookOf(&r.Summary).color, p.style.text(v.sentence())))
	if do := p.style.advice(v); do != "" {
		p.line("  " + clean(do))
	}
}

// startedText returns how long a run took to be placed and to start, and on which try.
func startedText(v *view) string {
	var parts []string
	if len(v.Attempts) > 0 && !v.Attempts[0].LaunchedAt.IsZero() {
		parts = append(parts, "placed in "+inWords(elapsed(v.CreatedAt, v.Attempts[0].LaunchedAt)))
	}
	if !v.StartedAt.IsZero() {
		parts = append(parts, "started after "+inWords(elapsed(v.CreatedAt, v.StartedAt)))
	}
	if n := v.tries(); n > 1 {
		parts = append(parts, fmt.Sprintf("%d tries", n))
	}
	if part := whySucceeded(reasonOf(&v.Summary)); part != "" {
		parts = append(parts, clean(part))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// line writes a line above the live one.
func (p *Progress) line(text string) {
	p.clear()
	_ = write(p.out, text+"\n")
}

// clear removes the live line. It needs no control sequence, so that any terminal does it.
func (p *Progress) clear() {
	if p.live != "" {
		_ = write(p.out, "\r"+strings.Repeat(" ", columns(p.live))+"\r")
		p.live = ""
	}
}
