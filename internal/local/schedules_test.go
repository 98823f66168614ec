package local

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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

// TestSchedulesFire: a rate, a nightly job, one that is refused and one that is switched off, for a day.
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
				t.Errorf("%s %s: %s", r.Owner, r.CreatedAt, r.Status)
			}
			owners = append(owners, strings.TrimPrefix(r.Owner, "schedule:"+scheduleARN)+r.CreatedAt.Format(" 15:04:05"))
		}
		slices.Sort(owners)
		want := []string{"hourly 00:00:00", "hourly 06:00:00", "hourly 12:00:00", "hourly 18:00:00", "nightly 01:00:00"}
		if !slices.Equal(owners, want) {
			t.Errorf("%v, want %v", owners, want)
		}
		didNot := slices.DeleteFunc(slices.Clone(b.events), func(e envelope) bool { return e.DetailType != run.EventDidNotRun })
		if len(didNot) != 1 || didNot[0].Detail.Schedule != scheduleARN+"wrong" || len(didNot[0].Detail.Errors) != 1 || didNot[0].Detail.Errors[0].Rule != "RT-03" {
			t.Errorf("%+v", didNot)
		}
		if n := b.measured(run.MetricDidNotRun); n != 1 {
			t.Errorf("DidNotRun: %d", n)
		}
	})
}

func TestScheduleFiles(t *testing.T) {
	for name, c := range map[string]struct{ file, says string }{
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
		if _, err := ParseSchedules([]byte(c.file), time.Now()); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

// TestAScheduleThatIsOver is told of when davit starts: somebody may wait for it.
func TestAScheduleThatIsOver(t *testing.T) {
	var log strings.Builder
	withFixture(t, app(scripted.Script{})(), func(o *Options) {
		o.Schedules = schedules(t, `{"schedules":[{"name":"once","scheduleExpression":"at(1999-12-31T23:59:59)","run":{"taskDefinition":"job"}}]}`)
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
	}, func(f *fixture) {
		f.start()
		synctest.Wait()
		if said := log.String(); !strings.Contains(said, "level=WARN") || !strings.Contains(said, "schedule=once") {
			t.Errorf("said %q", said)
		}
	})
}
