// Package timetable reads EventBridge's schedule expressions: rate(5 minutes), cron(0 2 * * ? *), at(2026-11-30T02:00:00).
package timetable

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Expression is when a schedule fires.
type Expression interface {
	// Next is the first time after a time; ok is false when there is none any more.
	Next(after time.Time) (at time.Time, ok bool)
}

// Parse reads an expression. zone is an IANA name such as Europe/Berlin, "" for UTC; cron and at are in its time, daylight saving included: a
// local time that does not exist is skipped, one that exists twice is fired the first time only. Days that a month lacks are skipped too. A
// rate counts from anchor.
func Parse(expression, zone string, anchor time.Time) (Expression, error) {
	location, err := Zone(zone)
	if err != nil {
		return nil, err
	}
	kind, rest, _ := strings.Cut(strings.TrimSpace(expression), "(")
	body, ok := strings.CutSuffix(rest, ")")
	if !ok {
		return nil, errForm(expression)
	}
	switch kind {
	case "rate":
		return parseRate(body, anchor)
	case "cron":
		return parseCron(body, location)
	case "at":
		return parseAt(body, location)
	default:
		return nil, errForm(expression)
	}
}

// Zone returns the time zone of an IANA name, UTC for "".
func Zone(name string) (*time.Location, error) {
	location, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, fmt.Errorf("%q is no time zone; allowed: a name of the IANA database such as Europe/Berlin, or none for UTC", name)
	}
	return location, nil
}

func errForm(expression string) error {
	return fmt.Errorf("%q is no schedule expression; allowed: rate(5 minutes), cron(0 2 * * ? *), at(2026-11-30T02:00:00)", expression)
}

// rate fires every period.
type rate struct {
	anchor time.Time
	period time.Duration
}

// longestRate keeps a rate within what a time.Duration holds.
const longestRate = 250 * 365 * 24 * time.Hour

var units = map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}

func parseRate(body string, anchor time.Time) (Expression, error) {
	value, unit, _ := strings.Cut(body, " ")
	n, err := strconv.Atoi(value)
	singular, isPlural := strings.CutSuffix(unit, "s")
	unitLength := units[singular]
	if err != nil || n < 1 || n > 1_000_000 || unitLength == 0 || isPlural != (n > 1) || time.Duration(n) > longestRate/unitLength {
		return nil, fmt.Errorf("rate(%s): allowed: 1 minute, 5 minutes, 1 hour, 2 hours, 1 day, 7 days and the like", body)
	}
	return rate{anchor, time.Duration(n) * unitLength}, nil
}

func (r rate) Next(after time.Time) (time.Time, bool) {
	if after.Before(r.anchor) {
		return r.anchor.Add(r.period), true
	}
	return r.anchor.Add((after.Sub(r.anchor)/r.period + 1) * r.period), true
}

// at fires once, or never where its local time does not exist.
type at struct {
	time   time.Time
	exists bool
}

func parseAt(body string, location *time.Location) (Expression, error) {
	const layout = "2006-01-02T15:04:05"
	wall, err := time.Parse(layout, body)
	if err != nil || len(body) != len(layout) { // it would take fractions, and an hour of one digit
		return nil, fmt.Errorf("at(%s): allowed: a time such as 2026-11-30T02:00:00", body)
	}
	t, ok := instant(wall, location)
	return at{t, ok}, nil
}

func (a at) Next(after time.Time) (time.Time, bool) { return a.time, a.exists && a.time.After(after) }
