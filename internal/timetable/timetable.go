// Package timetable reads EventBridge's schedule expressions: rate(5 minutes), cron(0 2 * * ? *), at(2026-11-30T02:00:00).
package timetable

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/reugn/go-quartz/quartz"
)

// Expression is when a schedule fires.
type Expression interface {
	// Next is the first time after a time; ok is false when there is none any more.
	Next(after time.Time) (at time.Time, ok bool)
}

// Parse reads an expression. zone is an IANA name such as Europe/Berlin, "" for UTC; cron and at are in its time, daylight saving included: a
// time that a day does not have is fired as soon as the clock has passed it, one that it has twice is fired once. A rate counts from anchor.
func Parse(expression, zone string, anchor time.Time) (Expression, error) {
	location, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" {
		return nil, fmt.Errorf("%q is no time zone; allowed: a name of the IANA database such as Europe/Berlin, or none for UTC", zone)
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

func errForm(expression string) error {
	return fmt.Errorf("%q is no schedule expression; allowed: rate(5 minutes), cron(0 2 * * ? *), at(2026-11-30T02:00:00)", expression)
}

// rate fires every period.
type rate struct {
	anchor time.Time
	period time.Duration
}

var units = map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}

func parseRate(body string, anchor time.Time) (Expression, error) {
	value, unit, _ := strings.Cut(body, " ")
	n, err := strconv.Atoi(value)
	singular, isPlural := strings.CutSuffix(unit, "s")
	if err != nil || n < 1 || n > 1_000_000 || units[singular] == 0 || isPlural != (n > 1) {
		return nil, fmt.Errorf("rate(%s): allowed: 1 minute, 5 minutes, 1 hour, 2 hours, 1 day, 7 days and the like", body)
	}
	return rate{anchor, time.Duration(n) * units[singular]}, nil
}

func (r rate) Next(after time.Time) (time.Time, bool) {
	if after.Before(r.anchor) {
		return r.anchor.Add(r.period), true
	}
	return r.anchor.Add((after.Sub(r.anchor)/r.period + 1) * r.period), true
}

// at fires once.
type at struct{ time.Time }

func parseAt(body string, location *time.Location) (Expression, error) {
	const layout = "2006-01-02T15:04:05"
	t, err := time.ParseInLocation(layout, body, location)
	if err != nil || len(body) != len(layout) { // it would take fractions, and an hour of one digit
		return nil, fmt.Errorf("at(%s): allowed: a time such as 2026-11-30T02:00:00", body)
	}
	return at{t}, nil
}

func (a at) Next(after time.Time) (time.Time, bool) { return a.Time, a.After(after) }

// cron fires by EventBridge's six fields, which are Quartz's without seconds.
type cron struct{ trigger *quartz.CronTrigger }

var errFields = errors.New("allowed: six fields: minutes, hours, day of month, month, day of week, year")

func parseCron(body string, location *time.Location) (Expression, error) {
	fields := strings.Fields(body)
	switch {
	case len(fields) != 6:
		return nil, fmt.Errorf("cron(%s) has %d fields; %w", body, len(fields), errFields)
	case (fields[2] == "?") == (fields[4] == "?"):
		return nil, fmt.Errorf("cron(%s): exactly one of day of month and day of week is ?", body)
	}
	trigger, err := quartz.NewCronTriggerWithLoc("0 "+strings.ToUpper(strings.Join(fields, " ")), location)
	if err != nil {
		return nil, fmt.Errorf("cron(%s): %w; %w", body, err, errFields)
	}
	return cron{trigger}, nil
}

func (c cron) Next(after time.Time) (time.Time, bool) {
	ns, err := c.trigger.NextFireTime(after.UnixNano())
	if err != nil {
		return time.Time{}, false
	}
	return time.Unix(0, ns).UTC(), true
}
