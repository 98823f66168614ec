package timetable

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// lastYear is the last year that EventBridge's cron expressions reach.
const lastYear = 2199

// cron fires by EventBridge's six fields.
type cron struct {
	location               *time.Location
	minutes, hours, months []int
	years                  map[int]bool
	days                   []dayRule
}

var errFields = errors.New("allowed: six fields: minutes, hours, day of month, month, day of week, year")

// The fields of numbers, with the names that stand for them.
var (
	minuteField = numbers{name: "minutes", low: 0, high: 59}
	hourField   = numbers{name: "hours", low: 0, high: 23}
	dayField    = numbers{name: "day of month", low: 1, high: 31}
	monthField  = numbers{name: "month", low: 1, high: 12, names: names("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")}
	weekField   = numbers{name: "day of week", low: 1, high: 7, names: names("SUN MON TUE WED THU FRI SAT")}
	yearField   = numbers{name: "year", low: 1970, high: lastYear, straight: true}
)

// names numbers the words of a list from 1.
func names(list string) map[string]int {
	out := map[string]int{}
	for i, name := range strings.Fields(list) {
		out[name] = i + 1
	}
	return out
}

func parseCron(body string, location *time.Location) (Expression, error) {
	fields := strings.Fields(strings.ToUpper(body))
	switch {
	case len(fields) != 6:
		return nil, fmt.Errorf("cron(%s) has %d fields; %w", body, len(fields), errFields)
	case (fields[2] == "?") == (fields[4] == "?"):
		return nil, fmt.Errorf("cron(%s): exactly one of day of month and day of week is ?", body)
	}
	c := &cron{location: location, years: map[int]bool{}}
	var faults [5]error
	c.minutes, faults[0] = minuteField.parse(fields[0])
	c.hours, faults[1] = hourField.parse(fields[1])
	if fields[2] == "?" {
		c.days, faults[2] = parseWeekDays(fields[4])
	} else {
		c.days, faults[2] = parseMonthDays(fields[2])
	}
	c.months, faults[3] = monthField.parse(fields[3])
	years, err := yearField.parse(fields[5])
	faults[4] = err
	for _, year := range years {
		c.years[year] = true
	}
	if err := errors.Join(faults[:]...); err != nil {
		return nil, fmt.Errorf("cron(%s): %w", body, err)
	}
	return c, nil
}

// Next goes through the local times that the fields name. Each is one instant, or none where the clock leaves it out.
func (c *cron) Next(after time.Time) (time.Time, bool) {
	// A clock that is set back shows again what it has shown. It never comes to a time that it left out before.
	s := search{c, after, wallClock(after.In(c.location))}
	for year := s.from.Year(); year <= lastYear; year++ {
		if !c.years[year] {
			continue
		}
		for _, month := range c.months {
			if at, ok := s.inMonth(yearMonth{year, time.Month(month)}); ok {
				return at, true
			}
		}
	}
	return time.Time{}, false
}

// wallClock returns what a clock shows, as a time in UTC.
func wallClock(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// search looks for the first instant after a time, among local times not before from.
type search struct {
	*cron
	after, from time.Time
}

func (s search) inMonth(m yearMonth) (time.Time, bool) {
	year, month, first := s.from.Date()
	switch {
	case m.year == year && m.month < month:
		return time.Time{}, false
	case m.year != year || m.month != month:
		first = 1
	}
	for day, last := first, m.length(); day <= last; day++ {
		if !s.onDay(m, day) {
			continue
		}
		if at, ok := s.inDay(m.date(day)); ok {
			return at, true
		}
	}
	return time.Time{}, false
}

// inDay looks at the local times of a day, which is given as its midnight.
func (s search) inDay(day time.Time) (time.Time, bool) {
	for _, hour := range s.hours {
		for _, minute := range s.minutes {
			wall := day.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
			if wall.Before(s.from) {
				continue
			}
			if at, ok := instant(wall, s.location); ok && at.After(s.after) {
				return at, true
			}
		}
	}
	return time.Time{}, false
}

func (c *cron) onDay(m yearMonth, day int) bool {
	for _, fits := range c.days {
		if fits(m, day) {
			return true
		}
	}
	return false
}

// instant is the first time at which the clocks of a location show what wall, a time in UTC, shows. ok is false when they never do.
func instant(wall time.Time, location *time.Location) (at time.Time, ok bool) {
	const most = 26 * time.Hour // more than the offset of any zone
	for t := wall.Add(-most).In(location); ; {
		_, offset := t.Zone()
		start, end := t.ZoneBounds()
		at = wall.Add(-time.Duration(offset) * time.Second)
		if !at.Before(start) && (end.IsZero() || at.Before(end)) {
			return at, true
		}
		if end.IsZero() || end.After(wall.Add(most)) {
			return time.Time{}, false
		}
		t = end
	}
}
