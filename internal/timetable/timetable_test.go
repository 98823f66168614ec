package timetable

import (
	"strings"
	"testing"
	"time"
)

func utc(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05", text)
	if err != nil {
		panic(err) // of a test's own table
	}
	return t
}

func TestNext(t *testing.T) {
	for _, c := range []struct{ expression, zone, after, want string }{
		{"rate(1 minute)", "", "2026-11-21 12:00:00", "2026-11-21 12:01:00"},
		{"rate(5 minutes)", "", "2026-11-21 12:00:00", "2026-11-21 12:05:00"},
		{"rate(5 minutes)", "", "2026-11-21 12:07:13", "2026-11-21 12:10:00"},
		{"rate(2 hours)", "Europe/Berlin", "2026-11-21 13:59:59", "2026-11-21 14:00:00"},
		{"rate(7 days)", "", "2026-11-20 00:00:00", "2026-11-28 12:00:00"},
		{"at(2026-11-30T02:00:00)", "", "2026-11-21 12:00:00", "2026-11-30 02:00:00"},
		{"at(2026-11-30T02:00:00)", "America/New_York", "2026-11-21 12:00:00", "2026-11-30 07:00:00"},
		{"at(2026-11-30T02:00:00)", "", "2026-11-30 02:00:00", ""},

		{"cron(0 2 * * ? *)", "", "2026-11-21 12:00:00", "2026-11-22 02:00:00"},
		{"cron(0 2 * * ? *)", "", "2026-11-22 02:00:00", "2026-11-23 02:00:00"},
		{"cron(0 2 * * ? *)", "Europe/Berlin", "2026-11-21 12:00:00", "2026-11-22 01:00:00"},
		{"cron(15 10 ? * MON-FRI *)", "", "2026-11-21 12:00:00", "2026-11-23 10:15:00"},
		{"cron(15 10 ? * mon-fri *)", "", "2026-11-20 10:15:00", "2026-11-23 10:15:00"},
		{"cron(0 8 ? * 2 *)", "", "2026-11-21 12:00:00", "2026-11-23 08:00:00"}, // 1 is Sunday
		{"cron(0/15 * * * ? *)", "", "2026-11-21 12:01:00", "2026-11-21 12:15:00"},
		{"cron(0 18 L * ? *)", "", "2026-11-21 12:00:00", "2026-11-30 18:00:00"},
		{"cron(0 9 ? * 6#3 *)", "", "2026-11-01 00:00:00", "2026-11-20 09:00:00"},
		{"cron(0 9 ? * 6L *)", "", "2026-11-01 00:00:00", "2026-11-27 09:00:00"},
		{"cron(0 9 3W * ? *)", "", "2026-10-01 00:00:00", "2026-10-02 09:00:00"}, // the third is a Saturday
		{"cron(30 23 31 DEC ? 2027)", "", "2026-11-21 12:00:00", "2027-12-31 23:30:00"},
		{"cron(0 0 1 1 ? 2025)", "", "2026-11-21 12:00:00", ""},
		{"cron(0,30 6-7 ? JAN,JUL SUN *)", "", "2026-12-31 00:00:00", "2027-01-03 06:00:00"},

		// Berlin's clocks: 2027-03-28 02:00 is 03:00, and 2026-10-25 03:00 is 02:00 again.
		{"cron(30 2 * * ? *)", "Europe/Berlin", "2026-10-24 12:00:00", "2026-10-25 00:30:00"}, // before the shift
		{"cron(30 2 * * ? *)", "Europe/Berlin", "2026-10-25 00:30:00", "2026-10-26 01:30:00"}, // not again after it
		{"cron(30 2 * * ? *)", "Europe/Berlin", "2027-03-27 12:00:00", "2027-03-29 00:30:00"},
		{"at(2027-03-28T02:30:00)", "Europe/Berlin", "2026-11-21 12:00:00", ""},
		{"at(2026-10-25T02:30:00)", "Europe/Berlin", "2026-10-24 12:00:00", "2026-10-25 00:30:00"},

		{"cron(0 9 31W * ? *)", "", "2027-03-01 00:00:00", "2027-03-31 09:00:00"},
		{"cron(0 9 31W * ? *)", "", "2027-04-01 00:00:00", "2027-05-31 09:00:00"}, // April has no 31st
		{"cron(0 9 1W * ? *)", "", "2027-05-01 00:00:00", "2027-05-03 09:00:00"},  // a Saturday; April is another month
		{"cron(0 9 LW * ? *)", "", "2027-02-01 00:00:00", "2027-02-26 09:00:00"},  // the 28th is a Sunday
		{"cron(0 9 L-30 * ? *)", "", "2027-02-01 00:00:00", "2027-03-01 09:00:00"},
		{"cron(0 9 1,L * ? *)", "", "2027-02-02 00:00:00", "2027-02-28 09:00:00"},
		{"cron(0 9 ? * 2#5 *)", "", "2027-02-01 00:00:00", "2027-03-29 09:00:00"}, // the fifth Monday
		{"cron(0 9 ? * L *)", "", "2027-02-01 00:00:00", "2027-02-06 09:00:00"},   // Saturday
		{"cron(0 9 ? * FRI-MON *)", "", "2026-11-24 00:00:00", "2026-11-27 09:00:00"},
		{"cron(0 22-2/2 * * ? *)", "", "2026-11-24 22:30:00", "2026-11-25 00:00:00"},
		{"cron(0 0 1 NOV-FEB ? *)", "", "2027-02-02 00:00:00", "2027-11-01 00:00:00"},
		{"cron(0 0 30-2 * ? *)", "", "2027-02-03 00:00:00", "2027-03-01 00:00:00"},
		{"cron(0 0 1 1 ? 2199)", "", "2026-11-24 00:00:00", "2199-01-01 00:00:00"},
		{"cron(0 0 1 1 ? *)", "", "2199-01-01 00:00:00", ""},
	} {
		e, err := Parse(c.expression, c.zone, utc("2026-11-21 12:00:00"))
		if err != nil {
			t.Errorf("%s: %v", c.expression, err)
			continue
		}
		at, ok := e.Next(utc(c.after))
		if got := at.UTC().Format("2006-01-02 15:04:05"); ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%s in %q after %s: %s %v, want %s", c.expression, c.zone, c.after, got, ok, c.want)
		}
	}
}

// TestEveryDayOfAYear: a job at an hour of the night runs once on each of a year's days, but for the one on which the clocks leave it out.
func TestEveryDayOfAYear(t *testing.T) {
	left := map[string]string{ // without the day
		"Europe/Berlin cron(0 2 * * ? *)": "2026-03-29", "Europe/Berlin cron(30 2 * * ? *)": "2026-03-29",
		"America/New_York cron(0 2 * * ? *)": "2026-03-08", "America/New_York cron(30 2 * * ? *)": "2026-03-08",
		"Australia/Lord_Howe cron(0 2 * * ? *)": "2026-10-04",
	}
	for _, zone := range []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"} {
		for _, expression := range []string{"cron(0 2 * * ? *)", "cron(30 2 * * ? *)", "cron(30 1 * * ? *)"} {
			e, err := Parse(expression, zone, time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			location, err := time.LoadLocation(zone)
			if err != nil {
				t.Fatal(err)
			}
			days, last := map[string]int{}, time.Date(2026, 1, 1, 0, 0, 0, 0, location)
			for end := last.AddDate(1, 0, 0); ; {
				at, ok := e.Next(last)
				if !ok || !at.After(last) {
					t.Fatalf("%s %s after %v: %v %v", expression, zone, last, at, ok)
				}
				if !at.Before(end) {
					break
				}
				days[at.In(location).Format(time.DateOnly)]++
				last = at
			}
			for day, times := range days {
				if times != 1 {
					t.Errorf("%s in %s: %d times on %s", expression, zone, times, day)
				}
			}
			want, day := 365, left[zone+" "+expression]
			if day != "" {
				want--
			}
			if len(days) != want {
				t.Errorf("%s in %s: got %d days, want %d", expression, zone, len(days), want)
			}
			if days[day] != 0 {
				t.Errorf("%s in %s: fired on %s, want it skipped", expression, zone, day)
			}
		}
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ expression, zone, says string }{
		{"", "", "no schedule expression"}, {"5 minutes", "", "no schedule expression"}, {"every(5 minutes)", "", "no schedule expression"},
		{"rate(5 minutes", "", "no schedule expression"}, {"rate()", "", "rate()"}, {"rate(0 minutes)", "", "allowed"}, {"rate(1 minutes)", "", "allowed"},
		{"rate(5 minute)", "", "allowed"}, {"rate(-1 hour)", "", "allowed"}, {"rate(5 weeks)", "", "allowed"}, {"rate(1.5 hours)", "", "allowed"},
		{"rate(99999999999 days)", "", "allowed"},
		{"at(tomorrow)", "", "allowed"}, {"at(2026-11-30T02:00:00.5)", "", "allowed"}, {"at(2026-11-30T2:00:00)", "", "allowed"}, {"at(2026-02-30T00:00:00)", "", "allowed"}, {"at(2026-11-30T02:00:00Z)", "", "allowed"},
		{"cron(0 2 * * *)", "", "5 fields"}, {"cron(0 0 2 * * ? *)", "", "7 fields"}, {"cron(0 2 * * * *)", "", "exactly one"}, {"cron(0 2 ? * ? *)", "", "exactly one"},
		{"cron(60 2 * * ? *)", "", "allowed"}, {"cron(0 24 * * ? *)", "", "allowed"}, {"cron(0 2 32 * ? *)", "", "allowed"}, {"cron(0 2 ? * 8 *)", "", "allowed"},
		{"cron(0 2 ? * FUN *)", "", "allowed"}, {"cron(0/0 2 * * ? *)", "", "minutes"}, {"cron(0/60 2 * * ? *)", "", "minutes"}, {"cron(-1 2 * * ? *)", "", "minutes"},
		{"cron(+1 2 * * ? *)", "", "minutes"}, {"cron(1, 2 * * ? *)", "", "minutes"}, {"cron(1-2-3 2 * * ? *)", "", "minutes"}, {"cron(0 2 0 * ? *)", "", "day of month"},
		{"cron(0 2 L-31 * ? *)", "", "day of month"}, {"cron(0 2 32W * ? *)", "", "day of month"}, {"cron(0 2 ? * 3#6 *)", "", "day of week"},
		{"cron(0 2 ? * 3#1,6#3 *)", "", "day of week"}, {"cron(0 2 ? * 8L *)", "", "day of week"}, {"cron(0 2 * 13 ? *)", "", "month"}, {"cron(0 2 * * ? 2028-2027)", "", "year"},
		{"cron(0 2 * * ? 2200)", "", "year"}, {"cron(61 25 32 13 ? 1)", "", "hours"}, {"rate(1000000 days)", "", "allowed"}, {"rate(1 day)", "Berlin", "time zone"}, {"rate(1 day)", "Local", "time zone"}, {"rate(1 day)", "../etc", "time zone"},
	} {
		if e, err := Parse(c.expression, c.zone, time.Time{}); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s %s: %v %v, want %q", c.expression, c.zone, e, err, c.says)
		}
	}
}

// Whatever is accepted has a next time after the one asked about, or none.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"rate(5 minutes)", "cron(0 2 * * ? *)", "cron(0/15 6-7 L-2 JAN,JUL ? 2027)", "cron(0 9 ? * 6#3 *)", "at(2026-11-30T02:00:00)"} {
		f.Add(s, "Europe/Berlin")
	}
	f.Fuzz(func(t *testing.T, expression, zone string) {
		e, err := Parse(expression, zone, utc("2026-11-21 12:00:00"))
		if err != nil {
			return
		}
		if after := utc("2026-11-21 12:34:56"); true {
			if at, ok := e.Next(after); ok && !at.After(after) {
				t.Errorf("%q in %q: %v after %v", expression, zone, at, after)
			}
		}
	})
}
