package local

import (
	"encoding/json"
	"time"

	"davit/internal/timetable"
)

// Schedule is one entry of a schedules file, under EventBridge Scheduler's own names.
type Schedule struct {
	// Name is unique in the file: 1 to 64 letters, digits, -, _ and .
	Name string
	// ScheduleExpression is rate(…), cron(…) or at(…).
	ScheduleExpression string
	// ScheduleExpressionTimezone is an IANA name, UTC by default.
	ScheduleExpressionTimezone string
	// State is ENABLED (the default) or DISABLED.
	State string
	// Run is a POST /runs body. Whether its definition and cluster exist is checked when the schedule fires.
	Run json.RawMessage

	when timetable.Expression
}

// scheduleARN begins the ARNs of schedules, which own the runs that they start.
const scheduleARN = "arn:aws:scheduler:local:000000000000:schedule/default/"

// runSchedule fires one schedule at its times until the System closes. It fires once for all occurrences that passed while the machine
// slept, and for each that passed while an earlier one could not be delivered. A schedule that has no time to come, now or after its last
// one, ends with a warning.
func (s *System) runSchedule(c Schedule) {
	defer s.work.Done()
	last := s.options.Clock.Now()
	for {
		at, ok := c.when.Next(last)
		if !ok {
			s.options.Log.Warn("a schedule has no time to come", "schedule", c.Name, "scheduleExpression", c.ScheduleExpression,
				"scheduleExpressionTimezone", c.ScheduleExpressionTimezone)
			return
		}
		ahead := at.Sub(s.options.Clock.Now())
		if !s.sleep(s.ctx, ahead) {
			return
		}
		last = at
		if woken := s.options.Clock.Now(); ahead >= 0 && woken.After(at) {
			last = woken
		}
		s.fireSchedule(c, at)
	}
}

// fireSchedule delivers the event of the occurrence at a time to the schedule function.
func (s *System) fireSchedule(c Schedule, at time.Time) {
	event, err := json.Marshal(map[string]any{
		"schedule": scheduleARN + c.Name, "scheduledTime": at.UTC().Format(time.RFC3339), "run": c.Run,
	})
	if err != nil {
		s.options.Log.Error("a schedule's event cannot be written", "schedule", c.Name, "error", err)
		return
	}
	_ = s.deliver(s.ctx, scheduleFunction, event) // logged
}
