// Package render writes what the command line shows: tables of runs, one run explained, refusals, lines of output and the progress of a run. It opens nothing and has no
// clock of its own. Texts of others are written without control characters.
package render

import (
	"io"
	"time"
)

// Style is for whom text is written.
type Style struct {
	// Terminal is set where a person reads: times are relative, ids short, and lines are cut to Width. Otherwise times are RFC 3339, ids whole, and a column is one word.
	Terminal bool
	// Color adds ANSI colours.
	Color bool
	// Width is the number of columns of the terminal; 0 is unknown, and nothing is cut.
	Width int
	// Now is the time that relative times count from.
	Now time.Time
	// Location is the zone of the times on a terminal; nil is UTC.
	Location *time.Location
}

// color is an SGR parameter.
type color string

const (
	plain  color = ""
	red    color = "31"
	green  color = "32"
	yellow color = "33"
	blue   color = "36"
	dim    color = "2"
)

// paint returns text in a colour, where the style has colours.
func (s Style) paint(c color, text string) string {
	if !s.Color || c == plain || text == "" {
		return text
	}
	return "\x1b[" + string(c) + "m" + text + "\x1b[0m"
}

// ID returns a run's id as commands take it: the first 8 characters on a terminal, which every command accepts, and all of it otherwise.
func (s Style) ID(id string) string {
	id = clean(id)
	if r := []rune(id); s.Terminal && len(r) > 8 {
		return string(r[:8])
	}
	return id
}

// shownID returns a run's id as tables show it.
func (s Style) shownID(id string) string {
	if s.Terminal {
		return ShortID(id)
	}
	return s.cell(id)
}

// ShortID returns the first and the last four characters of an id: h5wp…vmso.
func ShortID(id string) string {
	r := []rune(clean(id))
	if len(r) <= 9 {
		return string(r)
	}
	return string(r[:4]) + "…" + string(r[len(r)-4:])
}

func (s Style) location() *time.Location {
	if s.Location == nil {
		return time.UTC
	}
	return s.Location
}

func write(w io.Writer, text string) error {
	_, err := io.WriteString(w, text)
	return err
}
