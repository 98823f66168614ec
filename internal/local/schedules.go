package local

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"davit/internal/timetable"
)

// Schedule is one entry of a schedules file, under EventBridge Scheduler's own names.
type Schedule struct {
	// Name is unique in the file: 1 to 64 letters, digits, -, _ and .
	Name string `json:"name"`
	// ScheduleExpression is rate(…), cron(…) or at(…).
	ScheduleExpression string `json:"scheduleExpression"`
	// ScheduleExpressionTimezone is an IANA name, UTC by default.
	ScheduleExpressionTimezone string `json:"scheduleExpressionTimezone"`
	// State is ENABLED (the default) or DISABLED.
	State string `json:"state"`
	// Run is a POST /runs body. It is checked when the schedule fires, as in AWS.
	Run json.RawMessage `json:"run"`

	when timetable.Expression
}

// scheduleARN begins the ARNs of schedules, which own the runs that they start.
const scheduleARN = "arn:aws:scheduler:local:000000000000:schedule/default/"

// ParseSchedules parses a file {"schedules": [Schedule, …]}. rate(…) expressions count from anchor. The error joins the faults of all schedules.
func ParseSchedules(file []byte, anchor time.Time) ([]Schedule, error) {
	var f struct {
		Schedules []Schedule `json:"schedules"`
	}
	d := json.NewDecoder(bytes.NewReader(file))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf(`not {"schedules": [{"name", "scheduleExpression", "scheduleExpressionTimezone", "state", "run"}]}: %w`, err)
	}
	names := map[string]bool{}
	var faults []error
	for i := range f.Schedules {
		s := &f.Schedules[i]
		if err := s.check(anchor); err != nil {
			faults = append(faults, fmt.Errorf("schedule %d (%q): %w", i+1, s.Name, err))
		}
		if names[s.Name] {
			faults = append(faults, fmt.Errorf("schedule %d (%q): the name is there already", i+1, s.Name))
		}
		names[s.Name] = true
	}
	return f.Schedules, errors.Join(faults...)
}

func (s *Schedule) check(anchor time.Time) (err error) {
	switch {
	case !validScheduleName(s.Name):
		return errors.New("name: allowed: 1 to 64 letters, digits, dots, - and _")
	case s.State != "" && s.State != "ENABLED" && s.State != "DISABLED":
		return errors.New("state: allowed: ENABLED, DISABLED")
	case !bytes.HasPrefix(bytes.TrimSpace(s.Run), []byte("{")):
		return errors.New("run: required: a POST /runs body, a JSON object")
	}
	s.when, err = timetable.Parse(s.ScheduleExpression, s.ScheduleExpressionTimezone, anchor)
	return err
}

func validScheduleName(name string) bool {
	for _, r := range name {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.' {
			return false
		}
	}
	return name != "" && len(name) <= 64
}

// runSchedule fires one schedule at its times until the System closes. It fires once for all occurrences that passed while the machine
// slept, and for each that passed while an earlier one could not be delivered.
func (s *System) runSchedule(c Schedule) {
	defer s.work.Done()
	last := s.options.Clock.Now()
	if _, ok := c.when.Next(last); !ok {
		s.options.Log.Warn("a schedule has no time to come", "schedule", c.Name, "scheduleExpression", c.ScheduleExpression)
	}
	for {
		at, ok := c.when.Next(last)
		ahead := at.Sub(s.options.Clock.Now())
		if !ok || !s.sleep(s.ctx, ahead) {
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
