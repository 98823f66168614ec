package timetable

import (
	"fmt"
	"strings"
	"time"
)

// yearMonth is a month of a year.
type yearMonth struct {
	year  int
	month time.Month
}

// date is the midnight of a day of the month, in UTC; days beyond the month are those of the next.
func (m yearMonth) date(day int) time.Time {
	return time.Date(m.year, m.month, day, 0, 0, 0, 0, time.UTC)
}

// length is how many days the month has.
func (m yearMonth) length() int { return time.Date(m.year, m.month+1, 0, 0, 0, 0, 0, time.UTC).Day() }

func (m yearMonth) weekday(day int) time.Weekday { return m.date(day).Weekday() }

// The numbers that stand beside a letter or #.
var (
	offsetField = numbers{low: 1, high: 30}
	nthField    = numbers{low: 1, high: 5}
)

// dayRule reports whether a day of a month is meant.
type dayRule func(m yearMonth, day int) bool

// parseMonthDays reads the day of month: numbers, and L, L-n, LW and nW.
func parseMonthDays(field string) ([]dayRule, error) {
	return parseDays(field, func(item string) (dayRule, bool) {
		if number, ok := strings.CutSuffix(item, "W"); ok {
			return parseWorkday(number)
		}
		return parseLast(item)
	}, dayField, func(days []int) dayRule {
		meant := set(days)
		return func(_ yearMonth, day int) bool { return meant[day] }
	})
}

// parseLast reads L, the last day of the month, and L-n, n days before it.
func parseLast(item string) (dayRule, bool) {
	less, ok := 0, item == "L"
	if text, isOffset := strings.CutPrefix(item, "L-"); isOffset {
		less, ok = offsetField.number(text)
	}
	return func(m yearMonth, day int) bool { return day == m.length()-less }, ok
}

// parseWorkday reads what stands before W: the weekday closest to that day of the month, without leaving the month.
func parseWorkday(number string) (dayRule, bool) {
	n, ok := dayField.number(number)
	if !ok && number != "L" {
		return nil, false
	}
	return func(m yearMonth, day int) bool {
		wanted := n
		if number == "L" {
			wanted = m.length()
		}
		return wanted <= m.length() && day == closestWorkday(m, wanted)
	}, true
}

func closestWorkday(m yearMonth, day int) int {
	switch weekday := m.weekday(day); {
	case weekday == time.Saturday && day == 1:
		return 3
	case weekday == time.Saturday:
		return day - 1
	case weekday == time.Sunday && day == m.length():
		return day - 2
	case weekday == time.Sunday:
		return day + 1
	}
	return day
}

// parseWeekDays reads the day of week: numbers from 1, Sunday, and L, nL and n#k.
func parseWeekDays(field string) ([]dayRule, error) {
	if strings.Contains(field, "#") && strings.Contains(field, ",") {
		return nil, weekField.refuse(field)
	}
	return parseDays(field, func(item string) (dayRule, bool) {
		if name, nth, ok := strings.Cut(item, "#"); ok {
			n, isWeekday := weekField.number(name)
			k, isNth := nthField.number(nth)
			return func(m yearMonth, day int) bool { return cronWeekday(m, day) == n && (day+6)/7 == k }, isWeekday && isNth
		}
		name, ok := strings.CutSuffix(item, "L")
		if !ok {
			return nil, false
		}
		if name == "" { // the last day of the week
			return func(m yearMonth, day int) bool { return cronWeekday(m, day) == weekField.high }, true
		}
		n, ok := weekField.number(name)
		return func(m yearMonth, day int) bool { return cronWeekday(m, day) == n && day+7 > m.length() }, ok
	}, weekField, func(days []int) dayRule {
		meant := set(days)
		return func(m yearMonth, day int) bool { return meant[cronWeekday(m, day)] }
	})
}

// cronWeekday is the weekday of a day as cron counts it: Sunday is 1.
func cronWeekday(m yearMonth, day int) int { return int(m.weekday(day)) + 1 }

// parseDays reads a list whose items are special or numbers of a field.
func parseDays(field string, special func(string) (dayRule, bool), plain numbers, among func([]int) dayRule) ([]dayRule, error) {
	var out []dayRule
	for _, item := range strings.Split(field, ",") {
		if rule, ok := special(item); ok {
			out = append(out, rule)
			continue
		}
		days, err := plain.item(item)
		if err != nil {
			return nil, fmt.Errorf("%w, L, and %s", err, map[string]string{dayField.name: "W", weekField.name: "#"}[plain.name])
		}
		out = append(out, among(days))
	}
	return out, nil
}

func set(values []int) map[int]bool {
	out := map[int]bool{}
	for _, v := range values {
		out[v] = true
	}
	return out
}
