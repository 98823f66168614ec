package local

import (
	"encoding/json"
	"log/slog"
	"os"
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
		{"name":"wrong","scheduleExpression":"cron(0 12 * * ? *)","run":{"taskDefinition":"job"}},
		{"name":"off","scheduleExpression":"rate(1 minute)","state":"DISABLED","run":{"taskDefinition":"job"}}]}`
	var b recordingNotifier
	withFixture(t, app(scripted.Script{For: time.Minute})(), func(o *Options) {
		o.Schedules, o.Notify, o.Metrics = schedules(t, file), b.notify, &b
		o.Schedules[2].Run = json.RawMessage(`{"taskDefinition":"job","count":11}`) // ParseSchedules refuses it
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

// Every fault of every schedule is in the one error, with the schedule's place, its name and the member.
func TestParseSchedules_ReportsEveryFaultAtOnce(t *testing.T) {
	const file = `{"more":1,"schedules":[
		{"name":"a b","cron":"x","scheduleExpression":"cron(61 25 * * ? *)","scheduleExpressionTimezone":"Mars","state":"on",
		 "run":{"taskDefinition":"","count":11,"policy":{"retry":{"maxAttempts":0}},"many":1}},
		{"name":"b","name":"b","scheduleExpression":7,"run":[]},
		{"name":"b","scheduleExpression":"rate(1 day)","run":{"taskDefinition":"job","group":"x","group":"y"}},
		"c"]}`
	_, err := ParseSchedules([]byte(file), time.Now())
	if err == nil {
		t.Fatal("got no error, want one")
	}
	for _, want := range []string{
		"more: no such member", `schedule 1 ("a b"): name: `, `schedule 1 ("a b"): cron: no such member`, `schedule 1 ("a b"): scheduleExpression: cron(`,
		"minutes: ", "hours: ", `schedule 1 ("a b"): scheduleExpressionTimezone: `, `schedule 1 ("a b"): state: `,
		`schedule 1 ("a b"): run/taskDefinition: `, `schedule 1 ("a b"): run/count: `, `schedule 1 ("a b"): run/many: `,
		`schedule 1 ("a b"): run/policy/retry/maxAttempts: `, "/schedules/1/name: the name is there already",
		`schedule 2 ("b"): scheduleExpression: of type`, `schedule 2 ("b"): run: required`, `schedule 3 ("b"): name: another schedule has it already`,
		`schedule 3 ("b"): run/group: `, `schedule 4 (""): not a JSON object`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got the error\n%v\nwant %q in it", err, want)
		}
	}
}

// A schedule that has no time to come is logged: at the start, or once its last time has passed.
func TestScheduleWithoutTimesToCome_IsLogged(t *testing.T) {
	for name, c := range map[string]struct {
		expression string
		runs       int
	}{
		"in the past":       {"at(1999-12-31T23:59:59)", 0},
		"in a while":        {"at(2000-01-01T00:30:00)", 1},
		"of past years":     {"cron(0 2 * * ? 1999)", 0},
		"on no day":         {"cron(0 2 31 2 ? *)", 0},
		"until a year ends": {"cron(0 1 1 1 ? 2000)", 1},
	} {
		t.Run(name, func(t *testing.T) {
			var log strings.Builder
			withFixture(t, app(scripted.Script{For: time.Minute})(), func(o *Options) {
				o.Schedules = schedules(t, `{"schedules":[{"name":"once","scheduleExpression":"`+c.expression+`","run":{"taskDefinition":"job"}}]}`)
				o.Log = slog.New(slog.NewTextHandler(&log, nil))
			}, func(f *fixture) {
				f.start()
				time.Sleep(2 * time.Hour)
				synctest.Wait()
				if logged := log.String(); !strings.Contains(logged, "level=WARN") || !strings.Contains(logged, "schedule=once") {
					t.Errorf("logged %q, want a warning of the schedule once", logged)
				}
				page, err := f.Store.List(t.Context(), run.Query{StartedBy: "once", Limit: 100})
				if err != nil {
					t.Fatal(err)
				}
				if len(page.Runs) != c.runs {
					t.Errorf("got %d runs, want %d", len(page.Runs), c.runs)
				}
			})
		})
	}
}

// A scheduled run is listed by its schedule's name, unless its body has a startedBy.
func TestScheduledRuns_CarryTheirSchedulesName(t *testing.T) {
	const file = `{"schedules":[
		{"name":"night.ly","scheduleExpression":"cron(0 2 * * ? *)","run":{"taskDefinition":"job"}},
		{"name":"other","scheduleExpression":"cron(0 2 * * ? *)","run":{"taskDefinition":"job","startedBy":"me"}}]}`
	withFixture(t, app(scripted.Script{For: time.Minute})(), func(o *Options) { o.Schedules = schedules(t, file) }, func(f *fixture) {
		f.start()
		time.Sleep(3 * time.Hour)
		synctest.Wait()
		for startedBy, want := range map[string]int{"night.ly": 1, "me": 1, "other": 0} {
			page, err := f.Store.List(t.Context(), run.Query{StartedBy: startedBy, Limit: 100})
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Runs) != want {
				t.Errorf("got %d runs with startedBy %s, want %d", len(page.Runs), startedBy, want)
			}
		}
	})
}

// The shared cases: the occurrences of each schedule after a time, as EventBridge Scheduler fires them.
func TestSharedCases_Occurrences(t *testing.T) {
	at := func(text string) time.Time {
		parsed, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	for _, c := range []struct {
		file, name, after string
		want              []string // the next ones; none where there is none any more
	}{
		{"dst-missing-hour-fires-early", "nightly", "2027-03-13T00:00:00Z", []string{"2027-03-13T07:00:00Z", "2027-03-15T06:00:00Z"}}, // the 14th is skipped
		{"dst-subhourly-dies", "every5", "2027-03-14T06:50:00Z", []string{"2027-03-14T06:55:00Z", "2027-03-14T07:00:00Z"}},            // 01:55, 03:00
		{"dst-subhourly-dies", "every5", "2026-11-01T05:50:00Z", []string{"2026-11-01T05:55:00Z", "2026-11-01T07:00:00Z"}},            // 01:55, 02:00 an hour later
		{"day-that-month-has-not", "feb31", "2026-11-21T00:00:00Z", nil},
		{"day-that-month-has-not", "quarter", "2026-11-21T00:00:00Z", nil},
		{"day-that-month-has-not", "feb29", "2026-11-21T00:00:00Z", []string{"2028-02-29T02:00:00Z", "2032-02-29T02:00:00Z"}},
	} {
		text, err := os.ReadFile("../cases/testdata/schedule-" + c.file + ".schedules.json")
		if err != nil {
			t.Fatal(err)
		}
		list := schedules(t, string(text))
		s := list[slices.IndexFunc(list, func(s Schedule) bool { return s.Name == c.name })]
		var got []string
		for last := at(c.after); len(got) < max(len(c.want), 1); {
			next, ok := s.when.Next(last)
			if !ok {
				break
			}
			got, last = append(got, next.Format(time.RFC3339)), next
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s of %s, -want +got:\n%s", c.name, c.file, diff)
		}
	}
}
