package render

import (
	"fmt"
	"strings"
	"time"

	"davit/client"
)

// newTries writes a line for each attempt that another follows.
func (p *Progress) newTries(v *view) {
	for i := range v.Attempts {
		if i+1 < len(v.Attempts) && i+1 > p.attempt {
			p.line(p.style.text(nextTry(v, i, p.now())))
		}
	}
	p.attempt = max(p.attempt, len(v.Attempts)-1)
}

// nextTry returns how an attempt ended and when the next one is due.
func nextTry(v *view, i int, now time.Time) string {
	a := &v.Attempts[i]
	text := fmt.Sprintf("try %d ended", a.Number)
	if a.Outcome != nil && a.Outcome.Class != "" {
		text += " " + a.Outcome.Class + ": " + whyFailed(a.Outcome.Class, ofTask.ReplaceAllString(a.Outcome.Detail, ""))
	}
	text += fmt.Sprintf("; try %d", v.Attempts[i+1].Number)
	if began := v.began(i + 1); began.After(now) {
		text += " in " + inWords(began.Sub(now).Round(time.Second))
	}
	return text
}

// newRefusals writes a line for each kind of refusal of an attempt.
func (p *Progress) newRefusals(v *view) {
	for i := range v.Attempts {
		a := &v.Attempts[i]
		for _, x := range a.Refusals {
			key := fmt.Sprint(a.Number, " ", x.Class, " ", x.Reason)
			if p.refused[key] {
				continue
			}
			p.refused[key] = true
			p.line(p.style.text("ECS refused (" + x.Class + ")" + colonText(x.Reason) + again(v, x)))
		}
	}
}

// again returns whether a refused call is repeated.
func again(v *view, x client.Refusal) string {
	if v.Status.Final() || x.Class == "INVALID" {
		return ""
	}
	return "; it is asked again"
}

// current returns the phases of the attempt that a run is at. Before the first attempt they are one.
func (p *Progress) current(v *view) (phases []phase, running bool) {
	now := p.now()
	if len(v.Attempts) == 0 {
		return firstPhase(v, now), false
	}
	i := len(v.Attempts) - 1
	phases = v.phases(i, now)
	if len(phases) == 0 {
		d := v.began(i).Sub(now)
		return []phase{{name: "pause", min: d, max: d, open: true}}, false
	}
	if phases[0].name == "queued" && phases[0].max < time.Second {
		phases = phases[1:]
	}
	for _, x := range phases {
		running = running || x.name == "running"
	}
	return phases, running
}

// firstPhase returns the phase of a run without attempts.
func firstPhase(v *view, now time.Time) []phase {
	d := elapsed(v.CreatedAt, now)
	switch v.Status {
	case client.Queued:
		return []phase{{name: "queued", min: d, max: d, open: true, note: v.queuedText(clean(v.StatusReason))}}
	case client.Submitted, client.Launching:
		return []phase{{name: "placing", min: d, max: d, open: true}}
	default:
		return nil
	}
}

// redraw rewrites the live line. Once a task runs the line stays, and nothing is live until the next attempt.
func (p *Progress) redraw(v *view) {
	key := fmt.Sprint("running ", len(v.Attempts))
	if p.paused || v.Status.Final() || p.phases[key] {
		return
	}
	phases, running := p.current(v)
	text := liveText(phases)
	if text == "" {
		return
	}
	if room := p.style.room(); room >= 0 {
		text = cut(text, room-1)
	}
	if running {
		p.phases[key] = true
		p.line(text)
		return
	}
	if text == p.live {
		return
	}
	_ = write(p.out, "\r"+pad(text, columns(p.live)))
	p.live = text
}

// stopping writes once that a run is being stopped, and why.
func (p *Progress) stopping(v *view) {
	if v.Status == client.Stopping && !p.phases["stopping"] {
		p.phases["stopping"] = true
		p.line(p.style.text("being stopped" + colonText(v.StatusReason)))
	}
}

// lastPhases writes the phases of a run that ended between two updates.
func (p *Progress) lastPhases(v *view) {
	if i := len(v.Attempts) - 1; i < 0 || len(v.Attempts[i].Tasks) == 0 {
		return
	}
	if !p.style.Terminal {
		p.phaseLines(v)
		return
	}
	key := fmt.Sprint("running ", len(v.Attempts))
	if phases, running := p.current(v); running && !p.phases[key] {
		p.phases[key] = true
		p.line(liveText(phases))
	}
}

// liveText returns phases in a line: placing … provisioning 11 s … pulling 9 s … running. What took no time worth telling has none.
func liveText(phases []phase) string {
	texts := make([]string, 0, len(phases))
	for _, x := range phases {
		text := x.name
		if x.max >= 2*time.Second && x.name != "running" {
			text += " " + Duration(x.max)
		}
		if x.note != "" {
			text += " (" + x.note + ")"
		}
		texts = append(texts, text)
		if x.name == "running" {
			break
		}
	}
	return strings.Join(texts, " … ")
}

// phaseLines writes a line for each phase that has begun since.
func (p *Progress) phaseLines(v *view) {
	phases, _ := p.current(v)
	var before time.Duration
	for _, x := range phases {
		if x.name == "stopping" {
			return // it has a line with its reason, or is over at once
		}
		key := fmt.Sprint(max(1, len(v.Attempts)), " ", x.name)
		if !p.phases[key] && x.name != "pause" {
			p.phases[key] = true
			text := x.name
			if before >= time.Second {
				text += " after " + inWords(before)
			}
			if x.name == "queued" && x.note != "" {
				text += " (" + x.note + ")"
			}
			p.line(text)
		}
		before += x.max
	}
}
