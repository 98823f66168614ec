package timetable

import (
	"fmt"
	"testing"
	"time"
)

// oracle is what an expression means, said of one minute that a local clock shows. It knows nothing of the expression's text.
type oracle struct {
	expression string
	fires      func(local reading) bool
}

// reading is a minute as a clock and a calendar show it. Taking a time apart once a minute, and not once an oracle, makes the walk many times as fast.
type reading struct {
	year, day, hour, minute int
	month                   time.Month
	weekday                 time.Weekday
}

func readingOf(t time.Time) reading {
	year, month, day := t.Date()
	hour, minute, _ := t.Clock()
	return reading{year, day, hour, minute, month, t.Weekday()}
}

// Year and the others are what the reading shows.
func (r reading) Year() int             { return r.year }
func (r reading) Month() time.Month     { return r.month }
func (r reading) Day() int              { return r.day }
func (r reading) Hour() int             { return r.hour }
func (r reading) Minute() int           { return r.minute }
func (r reading) Weekday() time.Weekday { return r.weekday }

func clock(hour, minute int, local reading) bool {
	return local.Hour() == hour && local.Minute() == minute
}

func lastDay(local reading) int {
	return time.Date(local.Year(), local.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

var oracles = []oracle{
	{"cron(0/5 * * * ? *)", func(l reading) bool { return l.Minute()%5 == 0 }},
	{"cron(0/15 1-3 * * ? *)", func(l reading) bool { return l.Hour() >= 1 && l.Hour() <= 3 && l.Minute()%15 == 0 }},
	{"cron(0 * * * ? *)", func(l reading) bool { return l.Minute() == 0 }},
	{"cron(0 2 * * ? *)", func(l reading) bool { return clock(2, 0, l) }},
	{"cron(30 2 * * ? *)", func(l reading) bool { return clock(2, 30, l) }},
	{"cron(30 1 * * ? *)", func(l reading) bool { return clock(1, 30, l) }},
	{"cron(0 0 * * ? *)", func(l reading) bool { return clock(0, 0, l) }},
	{"cron(59 23 L * ? *)", func(l reading) bool { return clock(23, 59, l) && l.Day() == lastDay(l) }},
	{"cron(0 3 31 * ? *)", func(l reading) bool { return clock(3, 0, l) && l.Day() == 31 }},
	{"cron(0 2 31 2 ? *)", func(reading) bool { return false }},
	{"cron(0 2 29 2 ? *)", func(l reading) bool { return clock(2, 0, l) && l.Month() == time.February && l.Day() == 29 }},
	{"cron(0 2 31 4,6 ? *)", func(reading) bool { return false }},
	{"cron(20 4 29-31 * ? *)", func(l reading) bool { return clock(4, 20, l) && l.Day() >= 29 }},
	{"cron(0 22-2 * * ? *)", func(l reading) bool { return l.Minute() == 0 && (l.Hour() >= 22 || l.Hour() <= 2) }},
	{"cron(50-10/10 12 * * ? *)", func(l reading) bool {
		return l.Hour() == 12 && (l.Minute() == 50 || l.Minute() == 0 || l.Minute() == 10)
	}},
	{"cron(15 10 ? * FRI-MON *)", func(l reading) bool {
		return clock(10, 15, l) && (l.Weekday() >= time.Friday || l.Weekday() <= time.Monday)
	}},
	{"cron(0 2 ? NOV-MAR SUN *)", func(l reading) bool {
		return clock(2, 0, l) && l.Weekday() == time.Sunday && (l.Month() >= time.November || l.Month() <= time.March)
	}},
	{"cron(0 9 ? * 3#2 *)", func(l reading) bool {
		return clock(9, 0, l) && l.Weekday() == time.Tuesday && l.Day() > 7 && l.Day() <= 14
	}},
	{"cron(15 10 ? * 6L *)", func(l reading) bool {
		return clock(10, 15, l) && l.Weekday() == time.Friday && l.Day()+7 > lastDay(l)
	}},
	{"cron(0 8 15W * ? *)", func(l reading) bool {
		switch l.Weekday() {
		case time.Saturday, time.Sunday:
			return false
		case time.Friday:
			return clock(8, 0, l) && (l.Day() == 15 || l.Day() == 14)
		case time.Monday:
			return clock(8, 0, l) && (l.Day() == 15 || l.Day() == 16)
		}
		return clock(8, 0, l) && l.Day() == 15
	}},
	{"cron(5/20 0-4/2 1/10 1-12/5 ? 2026-2027)", func(l reading) bool {
		day := l.Day() == 1 || l.Day() == 11 || l.Day() == 21 || l.Day() == 31
		month := l.Month() == 1 || l.Month() == 6 || l.Month() == 11
		minute := l.Minute() == 5 || l.Minute() == 25 || l.Minute() == 45
		return day && month && minute && l.Hour()%2 == 0 && l.Hour() <= 4 && (l.Year() == 2026 || l.Year() == 2027)
	}},
}

// walk goes through every minute of a year, in the zone's time. It returns when each oracle fires: a minute that the clock shows twice counts
// the first time, one that it does not show does not.
func walk(location *time.Location, year int) (fires [][]time.Time) {
	fires = make([][]time.Time, len(oracles))
	begin := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
	end := begin.AddDate(1, 0, 0)
	first := begin.Add(-48 * time.Hour)
	shown := make([]bool, 380*24*60) // by the local minutes since two days before first
	for t := first; t.Before(end); t = t.Add(time.Minute) {
		_, offset := t.In(location).Zone()
		local := t.Add(time.Duration(offset) * time.Second) // what the clock shows, as a time in UTC
		key := int(local.Sub(first)/time.Minute) + 2*24*60
		if shown[key] {
			continue
		}
		shown[key] = true
		if t.Before(begin) {
			continue
		}
		now := readingOf(local)
		for i, o := range oracles {
			if o.fires(now) {
				fires[i] = append(fires[i], t)
			}
		}
	}
	return fires
}

func TestNext_LikeEveryMinuteOfLocalTime(t *testing.T) {
	t.Parallel()
	for n, c := range []struct {
		zone  string
		years []int
	}{
		{"UTC", []int{2026}},
		{"America/New_York", []int{2024, 2026, 2027}},
		{"Europe/Berlin", []int{2026, 2027, 2028}},
		{"Europe/Dublin", []int{2026}},           // winter is the shifted time
		{"Australia/Lord_Howe", []int{2026}},     // half an hour
		{"Antarctica/Troll", []int{2026}},        // two hours
		{"America/Havana", []int{2026}},          // at midnight
		{"Africa/Casablanca", []int{2026, 2027}}, // twice a year for Ramadan
		{"America/St_Johns", []int{2010}},        // a minute after midnight
		{"Pacific/Apia", []int{2011}},            // without 30 December
		{"Asia/Kathmandu", []int{2026}},
	} {
		location, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		years := c.years
		if raceEnabled && n%4 != 1 {
			years = nil
		}
		for _, year := range years {
			t.Run(fmt.Sprint(c.zone, " ", year), func(t *testing.T) {
				t.Parallel()
				for i, want := range walk(location, year) {
					compareYear(t, oracles[i].expression, c.zone, year, want)
				}
			})
		}
	}
}

func compareYear(t *testing.T, expression, zone string, year int, want []time.Time) {
	t.Helper()
	e, err := Parse(expression, zone, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	var got []time.Time
	end := time.Date(year+1, 1, 1, 0, 0, 0, 0, time.UTC)
	for last := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Add(-time.Nanosecond); ; {
		next, ok := e.Next(last)
		if !ok || !next.Before(end) {
			break
		}
		if !next.After(last) {
			t.Fatalf("%s: got %v after %v, want a later time", expression, next, last)
		}
		got, last = append(got, next), next
	}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || !got[i].Equal(want[i]) {
			t.Errorf("%s: occurrence %d: got %v, want %v", expression, i, some(got, i), some(want, i))
			return
		}
	}
}

// some returns the i-th occurrence, or none.
func some(list []time.Time, i int) []time.Time { return list[min(i, len(list)):min(i+1, len(list))] }
