package render

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// Duration returns d as tables show it, to the second: 0.4 s, 40 s, 3 min, 1m 52s, 3h 05m, 2d 03h.
func Duration(d time.Duration) string {
	d = rounded(d)
	switch {
	case d < time.Second:
		return tenths(d)
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour && d%time.Minute == 0:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < time.Hour:
		return fmt.Sprintf("%dm %02ds", d/time.Minute, d%time.Minute/time.Second)
	case d < day && d%time.Hour/time.Minute == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d < day:
		return fmt.Sprintf("%dh %02dm", d/time.Hour, d%time.Hour/time.Minute)
	default:
		return fmt.Sprintf("%sd %02dh", thousands(int(d/day)), d%day/time.Hour)
	}
}

// inWords returns d as sentences have it: 40 s, 1 min 52 s, 3 h 5 min, 2 days 3 h.
func inWords(d time.Duration) string {
	d = rounded(d)
	switch {
	case d < time.Second:
		return tenths(d)
	case d < time.Minute:
		return units(d, time.Second, "s", 0, "")
	case d < time.Hour:
		return units(d, time.Minute, "min", time.Second, "s")
	case d < day:
		return units(d, time.Hour, "h", time.Minute, "min")
	case d < 2*day:
		return units(d, day, "day", time.Hour, "h")
	default:
		return units(d, day, "days", time.Hour, "h")
	}
}

func units(d, large time.Duration, largeName string, small time.Duration, smallName string) string {
	text := thousands(int(d/large)) + " " + largeName
	if small > 0 && d%large/small > 0 {
		text += fmt.Sprintf(" %d %s", d%large/small, smallName)
	}
	return text
}

func rounded(d time.Duration) time.Duration {
	if d < 950*time.Millisecond {
		return max(d, 0)
	}
	return d.Round(time.Second)
}

// tenths returns less than a second. What would be 0.0 is 0.
func tenths(d time.Duration) string {
	if n := d.Round(100*time.Millisecond) / (100 * time.Millisecond); n > 0 {
		return fmt.Sprintf("0.%d s", n)
	}
	return "0 s"
}

// age returns d roughly: 40 s, 3 min, 2 h, 3 days.
func age(d time.Duration) string {
	d = max(d, 0)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < day:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d < 2*day:
		return "1 day"
	default:
		return thousands(int(d/day)) + " days"
	}
}

// ago returns a moment of the past: relative on a terminal, RFC 3339 otherwise.
func (s Style) ago(at time.Time) string {
	switch {
	case at.IsZero():
		return s.none()
	case !s.Terminal:
		return rfc3339(at)
	case s.Now.Sub(at) < 8*day:
		return age(s.Now.Sub(at)) + " ago"
	default:
		return at.In(s.location()).Format(time.DateOnly)
	}
}

// took returns how long something took: to the second once it is over, roughly while it goes on. In a pipe it is one word.
func (s Style) took(d time.Duration, over bool) string {
	text := age(d)
	if over || !s.Terminal {
		text = Duration(d)
	}
	if !s.Terminal {
		return strings.ReplaceAll(text, " ", "")
	}
	return text
}

// none is what a column shows that does not apply.
func (s Style) none() string {
	if s.Terminal {
		return "–"
	}
	return "-"
}

func rfc3339(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// thousands returns n with a comma between thousands.
func thousands(n int) string {
	text := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, text = "-", text[1:]
	}
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return sign + text
}

// Ago returns when something was: relative on a terminal, RFC 3339 otherwise.
func (s Style) Ago(at time.Time) string { return s.ago(at) }
