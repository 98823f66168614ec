package local

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

// recordingNotifier records Davit's events and measures. refuse, if set, returns the error of each try, counted from 1.
type recordingNotifier struct {
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

func (b *recordingNotifier) notify(_ context.Context, event []byte) error {
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

func (b *recordingNotifier) Record(measures []run.Measure) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.measures = append(b.measures, measures...)
}

// statuses returns the new statuses of the events so far.
func (b *recordingNotifier) statuses() (all []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.events {
		all = append(all, e.Detail.To)
	}
	return all
}

// didNotRun returns the schedule and the broken rules of each event of an occurrence that did not run.
func (b *recordingNotifier) didNotRun() (all []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.events {
		if e.DetailType != run.EventDidNotRun {
			continue
		}
		entry := e.Detail.Schedule
		for _, v := range e.Detail.Errors {
			entry += " " + v.Rule
		}
		all = append(all, entry)
	}
	return all
}

// measured returns how often a metric was recorded.
func (b *recordingNotifier) measured(name string) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.measures {
		if m.Name == name {
			n++
		}
	}
	return n
}

// Every change of a run's status is sent, in order, and sent again after an error.
func TestNotifier_SendsEveryStatusInOrder(t *testing.T) {
	b := recordingNotifier{refuse: func(try int) error {
		if try == 2 || try == 3 {
			return errors.New("503")
		}
		return nil
	}}
	withFixture(t, app(scripted.Script{For: time.Minute})(), func(o *Options) { o.Notify, o.Metrics = b.notify, &b }, func(f *fixture) {
		f.start()
		r := f.end(f.submit(`{"taskDefinition":"job","group":"g","startedBy":"me"}`))
		time.Sleep(time.Minute) // virtual
		synctest.Wait()
		if diff := cmp.Diff([]string{"SUBMITTED", "LAUNCHING", "PENDING", "RUNNING", "SUCCEEDED"}, b.statuses()); diff != "" {
			t.Fatalf("statuses of the events, -want +got:\n%s", diff)
		}
		last := b.events[4]
		if last.Source != "davit" {
			t.Errorf("the event's source is %q, want davit", last.Source)
		}
		if last.DetailType != run.EventStatusChange {
			t.Errorf("the event's detail-type is %q, want %q", last.DetailType, run.EventStatusChange)
		}
		got := last.Detail.StatusChange
		want := run.StatusChange{
			Version: "1", RunID: r.ID, From: "RUNNING", To: "SUCCEEDED", Sequence: r.Version, Family: "job", Group: "g", StartedBy: "me",
			EventID: got.EventID, ChangedAt: got.ChangedAt, Class: got.Class, CreatedAt: got.CreatedAt,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the last event's detail, -want +got:\n%s", diff)
		}
		for _, name := range []string{run.MetricAccepted, run.MetricLaunched, run.MetricStart, run.MetricEnded} {
			if n := b.measured(name); n != 1 {
				t.Errorf("%s was recorded %d times, want once", name, n)
			}
		}
	})
}

// wantLastPosition checks that the stored position is that of the store's last change.
func (f *fixture) wantLastPosition() {
	f.t.Helper()
	last, err := f.Store.Last(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	position, err := f.notifier.loadPosition()
	if err != nil {
		f.t.Fatal(err)
	}
	if position != last {
		f.t.Errorf("the stored position is %d, want the last change's, %d", position, last)
	}
}

// After a restart the notifier continues behind the last change that it published.
func TestNotifier_AfterARestart_Continues(t *testing.T) {
	var b recordingNotifier
	withFixture(t, app(scripted.Script{For: time.Minute})(), func(o *Options) { o.Notify = b.notify }, func(f *fixture) {
		for i := range 2 {
			f.start()
			f.end(f.submit(`{"taskDefinition":"job"}`))
			synctest.Wait()
			if n := len(b.statuses()); n != 5*(i+1) {
				t.Errorf("%d events after %d runs, want five a run: %v", n, i+1, b.statuses())
			}
			err := f.Close()
			if err == nil {
				f.System, err = Open(f.options)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// An event is dropped after notifyTries tries; those behind it are sent.
func TestNotifier_AfterNotifyTries_DropsTheEvent(t *testing.T) {
	b := recordingNotifier{refuse: func(try int) error {
		if try <= notifyTries {
			return errors.New("gone")
		}
		return nil
	}}
	withFixture(t, app(scripted.Script{For: time.Minute})(), func(o *Options) { o.Notify = b.notify }, func(f *fixture) {
		f.start()
		f.end(f.submit(`{"taskDefinition":"job"}`))
		time.Sleep(time.Minute) // virtual
		synctest.Wait()
		if got := b.statuses(); len(got) != 4 || got[0] != "LAUNCHING" {
			t.Errorf("sent %v, want the four events from LAUNCHING", got)
		}
	})
}

// When the position cannot be stored, an error is logged at once. The batch's events are sent, and later events wait until it can be stored.
func TestNotifier_AfterADiskError_Continues(t *testing.T) {
	var b recordingNotifier
	var log strings.Builder
	withFixture(t, app(scripted.Script{For: time.Minute})(), func(o *Options) {
		o.Notify, o.Log = b.notify, slog.New(slog.NewTextHandler(&log, nil))
	}, func(f *fixture) {
		f.start()
		inTheWay := filepath.Join(f.options.Dir, positionFile+".new")
		if err := os.Mkdir(inTheWay, 0o700); err != nil {
			t.Fatal(err)
		}
		id := f.submit(`{"taskDefinition":"job"}`)
		synctest.Wait()
		if !strings.Contains(log.String(), "level=ERROR") {
			t.Errorf("logged %q, want an error at once", log.String())
		}
		f.end(id)
		time.Sleep(time.Minute) // virtual
		if got := b.statuses(); len(got) != 5 {
			t.Errorf("sent %v while the position could not be stored, want five events", got)
		}
		if err := os.Remove(inTheWay); err != nil {
			t.Fatal(err)
		}
		f.end(f.submit(`{"taskDefinition":"job"}`))
		time.Sleep(time.Minute) // virtual
		synctest.Wait()
		f.wantLastPosition()
		if got := b.statuses(); len(got) != 10 {
			t.Errorf("sent %v, want ten events", got)
		}
	})
}
