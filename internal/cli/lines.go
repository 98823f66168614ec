package cli

import (
	"fmt"

	"davit/client"
	"davit/internal/cli/render"
)

// lineWriter makes lines of events. A long line comes in parts: they are put together again, and where another stream comes between them the line is broken there.
type lineWriter struct {
	style   render.Style
	options render.LogOptions
	open    string // the stream whose line has no end yet
}

// text returns what to write for an event.
func (l *lineWriter) text(e client.LogEvent) string {
	stream, text := fmt.Sprint(e.Attempt, e.Task, e.Container), ""
	options := l.options
	switch l.open {
	case "":
	case stream:
		options = render.LogOptions{}
	default:
		text = "\n"
	}
	text += l.style.LogLine(e, options)
	if l.open = ""; e.Partial {
		l.open = stream
		return text
	}
	return text + "\n"
}
