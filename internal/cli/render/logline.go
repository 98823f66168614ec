package render

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"davit/client"
)

// LogOptions is what stands before a line of output.
type LogOptions struct {
	// Times adds when it was written.
	Times bool
	// Streams adds task and container, for output of several streams.
	Streams bool
}

// LogLine returns a line of output, without its end; where the event has several, each has the prefix. In a pipe the text is as it was written. On a terminal only colours are left of its control sequences, where the
// style has colours, and what a carriage return overwrites is left out.
func (s Style) LogLine(e client.LogEvent, o LogOptions) string {
	prefix := ""
	if o.Times {
		prefix = s.paint(dim, s.clock(e.At)) + " "
	}
	if o.Streams {
		prefix += s.paint(blue, clean(shortTask(e.Task))+"/"+clean(e.Container)) + " | "
	}
	lines := strings.Split(strings.TrimRight(e.Text, "\r\n"), "\n")
	for i, text := range lines {
		lines[i] = prefix + s.logText(text)
	}
	return strings.Join(lines, "\n")
}

// Unavailable returns a line about output that cannot be read, and why.
func (s Style) Unavailable(u client.Unavailable) string {
	text := fmt.Sprintf("no output of try %d, task %s, container %s", u.Attempt, shortTask(u.Task), u.Container)
	if u.Driver != "" {
		text += " (" + u.Driver + ")"
	}
	return clean(text + colonText(u.Reason))
}

// clock returns a time of day on a terminal, with the date where that is not the style's own day, and RFC 3339 in a pipe.
func (s Style) clock(at time.Time) string {
	switch {
	case at.IsZero():
		return s.none()
	case !s.Terminal:
		return rfc3339(at)
	case s.sameDay(at):
		return at.In(s.location()).Format(time.TimeOnly)
	default:
		return at.In(s.location()).Format(time.DateTime)
	}
}

func (s Style) sameDay(at time.Time) bool {
	return at.In(s.location()).Format(time.DateOnly) == s.Now.In(s.location()).Format(time.DateOnly)
}

// shortTask returns the first 8 characters of a task's id.
func shortTask(task string) string {
	id := []rune(task[strings.LastIndexByte(task, '/')+1:])
	return string(id[:min(8, len(id))])
}

// sequence matches ANSI control sequences: CSI, OSC and the other strings with their ends, and escapes of two characters.
var sequence = regexp.MustCompile("\x1b\\[[0-?]*[ -/]*[@-~]|\x1b[\\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\\\)?|\x1b[ -/]*[0-~]")

// painting matches the sequences that only colour.
var painting = regexp.MustCompile("^\x1b\\[[0-9;:]*m$")

func (s Style) logText(text string) string {
	if !s.Terminal {
		return text
	}
	text = strings.TrimRight(text, "\r")
	text = text[strings.LastIndexByte(text, '\r')+1:]
	var b strings.Builder
	end, colored := 0, false
	for _, at := range sequence.FindAllStringIndex(text, -1) {
		writeShown(&b, text[end:at[0]])
		end = at[1]
		if code := text[at[0]:at[1]]; s.Color && painting.MatchString(code) {
			b.WriteString(code)
			colored = true
		}
	}
	writeShown(&b, text[end:])
	if colored {
		b.WriteString("\x1b[0m")
	}
	return b.String()
}

// writeShown writes text as it is shown. Tabs stay; white space is a blank, and what does not print is left out.
func writeShown(b *strings.Builder, text string) {
	for _, r := range text {
		switch {
		case r == '\t' || unicode.IsPrint(r) || r == '\u200d':
			b.WriteRune(r)
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		}
	}
}
