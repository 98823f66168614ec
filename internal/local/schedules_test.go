package local

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

func schedules(t *testing.T, file string) []Schedule {
	t.Helper()
	list, err := ParseSchedules([]byte(file), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A rate, a nightly job, a schedule whose run is refused and one that is disabled, for a day.
func TestSchedulesFire(t *testing.T) {
	const file = `{"schedules":[
		{"name":"hourly","scheduleExpression":"rate(6 hours)","run":{"taskDefinition":"job"}},
		{"name":"nightly","scheduleExpression":"cron(0 2 * * ? *)","scheduleExpressionTimezone":"Europe/Berlin","run":{"taskDefinition":"job","count":2}},
		{"name":"wrong","scheduleExpression":"cron(0 12 * * ? *)","run":{"taskDefinition":"job","count":11}},
		{"name":"off","scheduleExpression":"rate(1 minute)","state":"DISABLED","run":{"taskDefinition":"job"}}]}`
	var b recordingNotifier
	withFixture(t, app(scripted.Script{For: time.Minute})(), func(o *Options) {
		o.Schedules, o.Notify, o.Metrics = schedules(t, file), b.notify, &b
	}, func(f *fixture) {
		f.start()
		time.Sleep(24*time.Hour + time.Minute) // virtual
		synctest.Wait()
		page, err := f.Store.List(t.Context(), run.Query{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		var owners []string
		for _, r := range page.Runs {
			if r.Status != run.Succeeded && time.Since(r.CreatedAt) > 2*time.Minute {
				t.Errorf("the run of %s at %s is %s, want SUCCEEDED", r.Owner, r.CreatedAt, r.Status)
			}
			owners = append(owners, strings.TrimPrefix(r.Owner, "schedule:"+scheduleARN)+r.CreatedAt.Format(" 15:04:05"))
		}
		slices.Sort(owners)
		want := []string{"hourly 00:00:00", "hourly 06:00:00", "hourly 12:00:00", "hourly 18:00:00", "nightly 01:00:00"}
		if diff := cmp.Diff(want, owners); diff != "" {
			t.Errorf("runs, -want +got:\n%s", diff)
		}
		if diff := cmp.Diff([]string{scheduleARN + "wrong RT-03"}, b.didNotRun()); diff != "" {
			t.Errorf("events of occurrences that did not run, -want +got:\n%s", diff)
		}
		if n := b.measured(run.MetricDidNotRun); n != 1 {
			t.Errorf("%s was recorded %d times, want once", run.MetricDidNotRun, n)
		}
	})
}

func TestParseSchedules_NamesEachFault(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"not JSON":       {`{`, "not {"},
		"unknown name":   {`{"schedules":[{"name":"a","cron":"x"}]}`, "cron"},
		"no name":        {`{"schedules":[{"scheduleExpression":"rate(1 day)","run":{}}]}`, "schedule 1"},
		"odd name":       {`{"schedules":[{"name":"a b","scheduleExpression":"rate(1 day)","run":{}}]}`, "name: allowed"},
		"twice":          {`{"schedules":[{"name":"a","scheduleExpression":"rate(1 day)","run":{}},{"name":"a","scheduleExpression":"rate(1 day)","run":{}}]}`, "schedule 2"},
		"no run":         {`{"schedules":[{"name":"a","scheduleExpression":"rate(1 day)"}]}`, "run: required"},
		"bad expression": {`{"schedules":[{"name":"a","scheduleExpression":"0 2 * * *","run":{}}]}`, "no schedule expression"},
		"bad zone":       {`{"schedules":[{"name":"a","scheduleExpression":"rate(1 day)","scheduleExpressionTimezone":"Mars","run":{}}]}`, "time zone"},
		"bad state":      {`{"schedules":[{"name":"a","scheduleExpression":"rate(1 day)","state":"on","run":{}}]}`, "state: allowed"},
		"all of them":    {`{"schedules":[{"name":"a","run":{}},{"name":"","run":{}}]}`, "schedule 2"},
	} {
		if _, err := ParseSchedules([]byte(c.file), time.Now()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got the error %v, want %q in it", name, err, c.want)
		}
	}
}

// A schedule whose last time has passed is logged at the start.
func TestScheduleInThePast_IsLogged(t *testing.T) {
	var log strings.Builder
	withFixture(t, app(scripted.Script{})(), func(o *Options) {
		o.Schedules = schedules(t, `{"schedules":[{"name":"once","scheduleExpression":"at(1999-12-31T23:59:59)","run":{"taskDefinition":"job"}}]}`)
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
	}, func(f *fixture) {
		f.start()
		synctest.Wait()
		if logged := log.String(); !strings.Contains(logged, "level=WARN") || !strings.Contains(logged, "schedule=once") {
			t.Errorf("logged %q, want a warning of the schedule once", logged)
		}
	})
}
