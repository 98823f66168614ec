package render

import (
	"fmt"
	"io"
	"strings"
	"time"

	"davit/client"
)

// Run explains a run: how it stands, what to do, where the time of each attempt went, how the containers ended, and what it was asked with.
func (s Style) Run(w io.Writer, r *client.Run) error {
	v := viewOf(r)
	f := facts{style: s, view: v}
	f.submitted()
	for i := range v.Attempts {
		f.attempt(i)
	}
	f.waiting()
	f.containers()
	f.asked()
	var b strings.Builder
	b.WriteString(s.paint(lookOf(&r.Summary).color, s.text(v.sentence())) + "\n")
	if do := s.advice(v); do != "" {
		b.WriteString("  " + clean(do) + "\n")
	}
	b.WriteByte('\n')
	f.write(&b)
	return write(w, b.String())
}

// facts are the lines below a run's sentence: a name, a time or state, what there is to say, and how it ended.
type facts struct {
	style Style
	view  *view
	lines []fact
}

type fact struct {
	name, state, text string
	end               string
	color             color // of the end
}

func (f *facts) add(line fact) { f.lines = append(f.lines, line) }

// write writes the lines in columns. An end stands behind the longest text of those that have one.
func (f *facts) write(b *strings.Builder) {
	name, state, text := 0, 0, 0
	for _, l := range f.lines {
		name, state = max(name, columns(l.name)), max(state, columns(l.state))
		if l.end != "" {
			text = max(text, columns(l.text))
		}
	}
	for _, x := range f.lines {
		l := line{style: f.style, room: -1}
		l.gap(2)
		l.add(cell{x.name, dim}, min(name, maxName))
		l.gap(2)
		l.add(cell{text: x.state}, state)
		l.gap(2)
		if x.end == "" {
			l.add(cell{text: x.text}, 0)
		} else {
			l.add(cell{text: x.text}, text)
			l.gap(2)
			l.add(cell{x.end, x.color}, 0)
		}
		b.WriteString(l.String() + "\n")
	}
}

// clock returns a time of the run. Where not all of them are of the style's own day, each has its date.
func (f *facts) clock(at time.Time) string {
	s := f.style
	switch {
	case at.IsZero():
		return s.none()
	case !s.Terminal:
		return rfc3339(at)
	case s.sameDay(f.view.CreatedAt) && (f.view.StoppedAt.IsZero() || s.sameDay(f.view.StoppedAt)):
		return at.In(s.location()).Format(time.TimeOnly)
	default:
		return at.In(s.location()).Format(time.DateTime)
	}
}

// submitted adds when, by whom and with which key the run was asked for.
func (f *facts) submitted() {
	v := f.view
	text := "by " + f.by()
	if v.Key != "" {
		text += ", key " + f.style.arn(v.Key)
	}
	f.add(fact{name: "submitted", state: f.clock(v.CreatedAt), text: text})
}

// by returns who submitted the run: its schedule, the person of a session, or the owner.
func (f *facts) by() string {
	v := f.view
	owned := strings.HasPrefix(v.Owner, "schedule:")
	switch {
	case v.Schedule != "":
		return "schedule " + clean(v.Schedule)
	case owned:
		return "schedule " + clean(v.Owner[strings.LastIndexAny(v.Owner, "/:")+1:])
	case v.SubmittedBy != nil && v.SubmittedBy.Session != "":
		return clean(v.SubmittedBy.Session) + " (" + f.style.arn(orText(v.SubmittedBy.Principal, v.Owner)) + ")"
	case v.SubmittedBy != nil && v.SubmittedBy.Principal != "":
		return f.style.arn(v.SubmittedBy.Principal)
	default:
		return orText(f.style.arn(v.Owner), "an unknown caller")
	}
}

// arn returns a text with ARNs in it, on a terminal without their partitions, Regions and accounts.
func (s Style) arn(text string) string {
	text = clean(text)
	if s.Terminal {
		text = arnHead.ReplaceAllString(text, "arn:…:")
	}
	return text
}

// attempt adds an attempt's lines: the pause before it, where its time went, and its tasks where there are a few.
func (f *facts) attempt(i int) {
	v, a := f.view, &f.view.Attempts[i]
	if i > 0 {
		f.pause(i)
	}
	name := fmt.Sprintf("try %d", a.Number)
	phases := v.phases(i, f.style.Now)
	if len(phases) == 0 {
		return // it is not due yet
	}
	texts := make([]string, 0, len(phases))
	for _, p := range phases {
		texts = append(texts, p.text())
	}
	line := fact{name: name, state: f.clock(f.attemptBegan(i)), text: strings.Join(texts, " · ")}
	line.end, line.color = endOf(a)
	f.add(line)
	f.refusals(a)
	f.tasks(a)
}

func (f *facts) attemptBegan(i int) time.Time {
	v := f.view
	switch {
	case !v.began(i).IsZero():
		return v.began(i)
	case i == 0:
		return v.CreatedAt
	default:
		return v.Attempts[i].LaunchedAt
	}
}

// endOf returns how an attempt ended; "" while it goes on.
func endOf(a *client.Attempt) (string, color) {
	switch {
	case a.Outcome == nil:
		return "", plain
	case a.Outcome.Class == "":
		return "succeeded", green
	case a.Outcome.Class == "STOPPED":
		return "STOPPED", dim
	default:
		return clean(a.Outcome.Class), red
	}
}

// pause adds the pause before an attempt.
func (f *facts) pause(i int) {
	v, before := f.view, &f.view.Attempts[i-1]
	began, ended := v.began(i), v.ended(i-1)
	if began.IsZero() || ended.IsZero() || !began.After(ended) {
		return
	}
	cause := ""
	switch {
	case withdrawn(before):
		cause = " (ALL_OR_NOTHING)"
	case before.Outcome != nil && before.Outcome.Class != "":
		cause = " (retry.on " + clean(before.Outcome.Class) + ")"
	}
	left := ""
	if d := began.Sub(f.style.Now); d > 0 && !v.Status.Final() {
		left = ", " + Duration(d) + " left"
	}
	f.add(fact{state: f.clock(ended), text: "pause " + Duration(began.Sub(ended)) + cause + left})
}

// refusals adds ECS's words where they are why an attempt has no task.
func (f *facts) refusals(a *client.Attempt) {
	if len(a.Tasks)+a.TasksOmitted > 0 {
		return
	}
	for _, x := range a.Refusals {
		text := clean(x.Class)
		if x.Count > 1 {
			text += " × " + thousands(x.Count)
		}
		text += colonText(f.style.arn(x.Reason))
		if x.Rule != "" {
			text += " (rule " + clean(x.Rule) + ")"
		}
		f.add(fact{state: f.clock(x.LastAt), text: "refused, " + text})
	}
}
