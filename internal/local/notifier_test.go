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

// TestNotifications: every change of a run's status is told, in order, and what is not taken is told again.
func TestNotifications(t *testing.T) {
	b := inbox{refuse: func(try int) error {
		if try == 2 || try == 3 {
			return errors.New("503")
		}
		return nil
	}}
	withFixture(t, app(scripted.Script{For: time.Minute})(), func(o *Options) { o.Notify, o.Metrics = b.notify, &b }, func(w *fixture) {
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
	withFixture(t, app(scripted.Script{For: time.Minute})(), func(o *Options) { o.Notify = b.notify }, func(w *fixture) {
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
	withFixture(t, app(scripted.Script{For: time.Minute})(), func(o *Options) { o.Notify = b.notify }, func(w *fixture) {
		w.start()
		w.end(w.submit(`{"taskDefinition":"job"}`))
		time.Sleep(time.Minute) // virtual
		synctest.Wait()
		if got := b.told(); len(got) != 4 || got[0] != "LAUNCHING" {
			t.Errorf("%v", got)
		}
	})
}

// TestNotificationsGoOnAfterAFault: a folder that cannot be written to is complained of at once, and delays only what must not be
// told twice.
func TestNotificationsGoOnAfterAFault(t *testing.T) {
	var b inbox
	var log strings.Builder
	withFixture(t, app(scripted.Script{For: time.Minute})(), func(o *Options) {
		o.Notify, o.Log = b.notify, slog.New(slog.NewTextHandler(&log, nil))
	}, func(w *fixture) {
		w.start()
		inTheWay := filepath.Join(w.options.Dir, positionFile+".new")
		if err := os.Mkdir(inTheWay, 0o700); err != nil {
			t.Fatal(err)
		}
		id := w.submit(`{"taskDefinition":"job"}`)
		synctest.Wait()
		if !strings.Contains(log.String(), "level=ERROR") {
			t.Errorf("nothing was said of it at once: %s", log.String())
		}
		w.end(id)
		time.Sleep(time.Minute) // virtual
		if got := b.told(); len(got) != 5 {
			t.Errorf("told %v while the position could not be kept", got)
		}
		if err := os.Remove(inTheWay); err != nil {
			t.Fatal(err)
		}
		w.end(w.submit(`{"taskDefinition":"job"}`))
		time.Sleep(time.Minute) // virtual
		synctest.Wait()
		last, err := w.Store.Last(t.Context())
		if position, posErr := w.notifier.position(); len(b.told()) != 10 || err != nil || posErr != nil || position != last {
			t.Errorf("told %v, kept %d of %d, %v %v", b.told(), position, last, err, posErr)
		}
	})
}
