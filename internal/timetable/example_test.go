package timetable_test

import (
	"fmt"
	"time"

	"davit/internal/timetable"
)

// A cron expression is read in its time zone; Next returns the first time after another.
func ExampleParse() {
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	expression, err := timetable.Parse("cron(30 2 ? * MON-FRI *)", "Europe/Berlin", now)
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		now, _ = expression.Next(now)
		fmt.Println(now.UTC().Format(time.RFC3339))
	}
	// Output:
	// 2026-11-30T01:30:00Z
	// 2026-12-01T01:30:00Z
}
