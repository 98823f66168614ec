package cases_test

import (
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"davit/internal/local"
	"davit/internal/run"
)

// times are what the schedules of a file do from one time to another, in order: "name 2000-02-29T02:00:00Z" for a run.
type times struct {
	from, to string
	runs     []string
	ended    []string // schedules that the log warns of, because they have no time to come
}

// scheduleCases are the files of schedules with what comes of them, as EventBridge Scheduler has it. New York's clocks go from 02:00 to 03:00
// on 2 April 2000, and from 02:00 to 01:00 on 29 October.
var scheduleCases = map[string][]times{
	"schedule-dst-missing-hour-fires-early.schedules.json": {
		{from: "2000-04-01T00:00:00Z", to: "2000-04-04T00:00:00Z", runs: []string{"nightly 2000-04-01T07:00:00Z", "nightly 2000-04-03T06:00:00Z"}},
	},
	"schedule-dst-subhourly-dies.schedules.json": {
		{from: "2000-04-02T06:52:00Z", to: "2000-04-02T07:06:00Z", runs: []string{"every5 2000-04-02T06:55:00Z", "every5 2000-04-02T07:00:00Z", "every5 2000-04-02T07:05:00Z"}},
		{from: "2000-10-29T05:52:00Z", to: "2000-10-29T07:06:00Z", runs: []string{"every5 2000-10-29T05:55:00Z", "every5 2000-10-29T07:00:00Z", "every5 2000-10-29T07:05:00Z"}},
	},
	"schedule-day-that-month-has-not.schedules.json": {
		{from: "2000-02-28T00:00:00Z", to: "2000-03-03T12:00:00Z", runs: []string{"feb29 2000-02-29T02:00:00Z"}, ended: []string{"feb31", "quarter"}},
		{from: "2000-04-30T00:00:00Z", to: "2000-05-01T12:00:00Z", ended: []string{"feb31", "quarter"}},
	},
}

func TestScheduleCases(t *testing.T) {
	for name, all := range scheduleCases {
		t.Run(name, func(t *testing.T) {
			for _, c := range all {
				synctest.Test(t, func(t *testing.T) { c.play(t, file(t, name)) })
			}
		})
	}
}

// sleepUntil lets virtual time pass.
func sleepUntil(t *testing.T, text string) {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Until(at))
	synctest.Wait()
}

func (c times) play(t *testing.T, input string) {
	t.Helper()
	sleepUntil(t, c.from)
	list, err := local.ParseSchedules([]byte(input), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	serve(t, local.Options{Schedules: list, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))}, func(f *fixture) {
		f.register("settlement", "")
		sleepUntil(t, c.to)
		var runs, ended []string
		for _, s := range list {
			runs = append(runs, f.runsOf(s.Name)...)
			if strings.Contains(log.String(), `msg="a schedule has no time to come" schedule=`+s.Name+" ") {
				ended = append(ended, s.Name)
			}
		}
		if diff := cmp.Diff(c.runs, runs); diff != "" {
			t.Errorf("runs from %s to %s, -want +got:\n%s", c.from, c.to, diff)
		}
		if diff := cmp.Diff(c.ended, ended); diff != "" {
			t.Errorf("schedules that the log says have ended, -want +got:\n%s", diff)
		}
	})
}

// runsOf returns a schedule's name and the time of each of its runs, the oldest first.
func (f *fixture) runsOf(name string) []string {
	f.t.Helper()
	page, err := f.Store.List(f.t.Context(), run.Query{StartedBy: name, Limit: 100})
	if err != nil {
		f.t.Fatal(err)
	}
	var out []string
	for _, r := range page.Runs {
		out = append([]string{name + " " + r.CreatedAt.Format(time.RFC3339)}, out...)
	}
	return out
}
