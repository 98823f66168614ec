package local

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

// inbox takes Davit's events. refuse makes it refuse some, at first.
type inbox struct {
	mu       sync.Mutex
	events   []envelope
	refuse   func(try int) error
	tries    int
	measures []run.Measure
}

type envelope struct {
	DetailType string `json:"detail-type"`
	Source     string `json:"source"`
	Detail     struct {
		run.StatusChange
		Schedule string          `json:"schedule"`
		Errors   []run.Violation `json:"errors"`
	} `json:"detail"`
}

func (b *inbox) notify(_ context.Context, event []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tries++
	if b.refuse != nil {
		if err := b.refuse(b.tries); err != nil {
			return err
		}
	}
	var e envelope
	if err := json.Unmarshal(event, &e); err != nil {
		return err
	}
	b.events = append(b.events, e)
	return nil
}

func (b *inbox) Record(measures []run.Measure) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.measures = append(b.measures, measures...)
}

func (b *inbox) told() (all []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.events {
		all = append(all, e.Detail.To)
	}
	return all
}

func (b *inbox) measured(name string) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.measures {
		if m.Name == name {
			n++
		}
	}
	return n
}

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
	var b inbox
	inWorld(t, app(scripted.Script{For: time.Minute})(), func(o *Options) {
		o.Schedules, o.Notify, o.Metrics = schedules(t, file), b.notify, &b
	}, func(w *world) {
		w.start()
		time.Sleep(24*time.Hour + time.Minute) // virtual
		synctest.Wait()
		page, err := w.Store.List(t.Context(), run.Query{Limit: 100})
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

// TestNotifications: every change of a run's status is told, in order, and what is not taken is told again.
func TestNotifications(t *testing.T) {
	b := inbox{refuse: func(try int) error {
		if try == 2 || try == 3 {
			return errors.New("503")
		}
		return nil
	}}
	inWorld(t, app(scripted.Script{For: time.Minute})(), func(o *Options) { o.Notify, o.Metrics = b.notify, &b }, func(w *world) {
		w.start()
		r := w.end(w.submit(`{"taskDefinition":"job","group":"g","startedBy":"me"}`))
		time.Sleep(time.Minute) // virtual
		synctest.Wait()
		if got := b.told(); !slices.Equal(got, []string{"SUBMITTED", "LAUNCHING", "PENDING", "RUNNING", "SUCCEEDED"}) {
			t.Fatalf("%v", got)
		}
		last := b.events[4]
		if last.Source != "davit" || last.DetailType != run.EventStatusChange || last.Detail.RunID != r.ID || last.Detail.From != "RUNNING" ||
			last.Detail.Sequence != r.Version || last.Detail.Family != "job" || last.Detail.Group != "g" || last.Detail.StartedBy != "me" || last.Detail.Version != "1" {
			t.Errorf("%+v", last)
		}
		for _, name := range []string{run.MetricAccepted, run.MetricLaunched, run.MetricStart, run.MetricEnded} {
			if n := b.measured(name); n != 1 {
				t.Errorf("%s: %d", name, n)
			}
		}
	})
}

// TestNotificationsGoOnAfterARestart, from where they were.
func TestNotificationsGoOnAfterARestart(t *testing.T) {
	var b inbox
	inWorld(t, app(scripted.Script{For: time.Minute})(), func(o *Options) { o.Notify = b.notify }, func(w *world) {
		for i := range 2 {
			w.start()
			w.end(w.submit(`{"taskDefinition":"job"}`))
			synctest.Wait()
			if n := len(b.told()); n != 5*(i+1) {
				t.Errorf("%d events after %d runs: %v", n, i+1, b.told())
			}
			err := w.Close()
			if err == nil {
				w.System, err = Open(w.options)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestANotificationIsGivenUp after five tries; those behind it are told.
func TestANotificationIsGivenUp(t *testing.T) {
	b := inbox{refuse: func(try int) error {
		if try <= notifyTries {
			return errors.New("gone")
		}
		return nil
	}}
	inWorld(t, app(scripted.Script{For: time.Minute})(), func(o *Options) { o.Notify = b.notify }, func(w *world) {
		w.start()
		w.end(w.submit(`{"taskDefinition":"job"}`))
		time.Sleep(time.Minute) // virtual
		synctest.Wait()
		if got := b.told(); len(got) != 4 || got[0] != "LAUNCHING" {
			t.Errorf("%v", got)
		}
	})
}
