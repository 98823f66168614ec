package local

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

// recordingNotifier takes Davit's events. refuse makes it refuse some, at first.
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

func (b *recordingNotifier) statuses() (all []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.events {
		all = append(all, e.Detail.To)
	}
	return all
}

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

// TestNotifications: every change of a run's status is told, in order, and what is not taken is told again.
func TestNotifications(t *testing.T) {
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
		if got := b.statuses(); !slices.Equal(got, []string{"SUBMITTED", "LAUNCHING", "PENDING", "RUNNING", "SUCCEEDED"}) {
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
	var b recordingNotifier
	withFixture(t, app(scripted.Script{For: time.Minute})(), func(o *Options) { o.Notify = b.notify }, func(f *fixture) {
		for i := range 2 {
			f.start()
			f.end(f.submit(`{"taskDefinition":"job"}`))
			synctest.Wait()
			if n := len(b.statuses()); n != 5*(i+1) {
				t.Errorf("%d events after %d runs: %v", n, i+1, b.statuses())
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

// TestANotificationIsGivenUp after five tries; those behind it are told.
func TestANotificationIsGivenUp(t *testing.T) {
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
			t.Errorf("%v", got)
		}
	})
}

// TestNotificationsGoOnAfterAFault: a folder that cannot be written to is complained of at once, and delays only what must not be
// told twice.
func TestNotificationsGoOnAfterAFault(t *testing.T) {
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
			t.Errorf("nothing was said of it at once: %s", log.String())
		}
		f.end(id)
		time.Sleep(time.Minute) // virtual
		if got := b.statuses(); len(got) != 5 {
			t.Errorf("told %v while the position could not be kept", got)
		}
		if err := os.Remove(inTheWay); err != nil {
			t.Fatal(err)
		}
		f.end(f.submit(`{"taskDefinition":"job"}`))
		time.Sleep(time.Minute) // virtual
		synctest.Wait()
		last, err := f.Store.Last(t.Context())
		if position, posErr := f.notifier.loadPosition(); len(b.statuses()) != 10 || err != nil || posErr != nil || position != last {
			t.Errorf("told %v, kept %d of %d, %v %v", b.statuses(), position, last, err, posErr)
		}
	})
}
