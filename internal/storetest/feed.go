package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/google/go-cmp/cmp"

	"davit/internal/run"
)

// Change is one write of one record, as the store's feed tells it.
type Change struct {
	Position uint64
	RunID    string
	Version  int64
	From, To run.Status // From is "" for a new record
	Class    run.Class
	At       time.Time
}

// Feed is what a store has in the place of a table's stream.
type Feed interface {
	// Changes returns up to limit changes after a position, oldest first.
	Changes(ctx context.Context, after uint64, limit int) ([]Change, error)
	// Notify returns a channel that holds a signal once there is something new.
	Notify() (changed <-chan struct{}, cancel func())
}

func feedCases() []testCase {
	cases := []testCase{
		{"tells every write, in order", testFeedOrder},
		{"tells no refused write", testFeedRefused},
		{"pages", testFeedPages},
		{"of many writers keeps each record's order", testFeedConcurrent},
		{"signals", testFeedSignals},
	}
	for i, c := range cases {
		cases[i].test = func(s *suite) {
			if s.Feed == nil {
				s.Skip("this store has no feed of its own")
			}
			c.test(s)
		}
	}
	return cases
}

func (s *suite) changes(after uint64, limit int) []Change {
	s.Helper()
	changes, err := s.Feed.Changes(s.Context(), after, limit)
	if err != nil {
		s.Fatalf("Changes(%d, %d): %v", after, limit, err)
	}
	return changes
}

func testFeedOrder(s *suite) {
	start := s.Clock.Now()
	a := s.create(s.record(1))
	s.Clock.Advance(time.Minute)
	s.create(s.record(2))
	a.Status = run.Launching
	s.update(a)
	a.Status, a.Class = run.Failed, "EXIT:1"
	s.update(a)
	a.Observations++
	s.update(a)
	got := s.changes(0, 100)
	var last uint64
	for i := range got {
		if got[i].Position <= last {
			s.Errorf("position %d after %d", got[i].Position, last)
		}
		last, got[i].Position = got[i].Position, 0
	}
	later := start.Add(time.Minute)
	want := []Change{
		{RunID: idOf(1), Version: 1, To: run.Submitted, At: start},
		{RunID: idOf(2), Version: 1, To: run.Submitted, At: later},
		{RunID: idOf(1), Version: 2, From: run.Submitted, To: run.Launching, At: later},
		{RunID: idOf(1), Version: 3, From: run.Launching, To: run.Failed, Class: "EXIT:1", At: later},
		{RunID: idOf(1), Version: 4, From: run.Failed, To: run.Failed, Class: "EXIT:1", At: later},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.Errorf("-want +got\n%s", diff)
	}
}

func testFeedRefused(s *suite) {
	r := s.create(s.record(1))
	stale := r.Clone()
	s.update(r)
	if err := s.Store.Update(s.Context(), stale); !errors.Is(err, run.ErrConflict) {
		s.Fatalf("stale Update: %v", err)
	}
	if _, created, err := s.Store.Create(s.Context(), s.record(1)); created || err != nil {
		s.Fatalf("second Create: created %v, error %v", created, err)
	}
	if got := s.changes(0, 100); len(got) != 2 {
		s.Errorf("%d changes of 2 writes: %v", len(got), got)
	}
}

func testFeedPages(s *suite) {
	for n := range 10 {
		s.create(s.record(n))
	}
	var after uint64
	for n := 0; n < 10; n += 3 {
		page := s.changes(after, 3)
		if len(page) != min(3, 10-n) || page[0].RunID != idOf(n) {
			s.Fatalf("after %d: %v", after, page)
		}
		after = page[len(page)-1].Position
	}
	if rest := s.changes(after, 3); len(rest) != 0 {
		s.Errorf("after the last: %v", rest)
	}
	if rest := s.changes(after+1000, 3); len(rest) != 0 {
		s.Errorf("far after the last: %v", rest)
	}
}

func testFeedConcurrent(s *suite) {
	const writers, writes = 10, 8
	s.together(writers, func(i int) error {
		r, _, err := s.Store.Create(s.Context(), s.record(i))
		for range writes - 1 {
			if err == nil {
				err = s.Store.Update(s.Context(), r)
			}
		}
		return err
	})
	versions := map[string]int64{}
	for _, c := range s.changes(0, 1000) {
		versions[c.RunID]++
		if c.Version != versions[c.RunID] {
			s.Fatalf("%s: version %d where %d was due", c.RunID, c.Version, versions[c.RunID])
		}
	}
	for i := range writers {
		if versions[idOf(i)] != writes {
			s.Errorf("%d changes of record %d, want %d", versions[idOf(i)], i, writes)
		}
	}
}

// signalWait is how long, in real time, a signal may be on its way.
const signalWait = 10 * time.Second

// testFeedSignals follows the feed while another writes, and waits for signals only.
func testFeedSignals(s *suite) {
	const records = 20
	changed, cancel := s.Feed.Notify()
	defer cancel()
	s.together(2, func(i int) error {
		if i == 0 {
			return s.follow(changed, records)
		}
		for n := range records {
			if _, _, err := s.Store.Create(s.Context(), s.record(n)); err != nil {
				return err
			}
		}
		return nil
	})
	cancel()
	for len(changed) > 0 {
		<-changed
	}
	s.create(s.record(records))
	if len(changed) > 0 {
		s.Error("a signal after cancel")
	}
}

func (s *suite) follow(changed <-chan struct{}, until int) error {
	var after uint64
	for seen := 0; seen < until; {
		select {
		case <-changed:
		case <-time.After(signalWait):
			return errors.New("no signal, and not all changes seen")
		}
		changes, err := s.Feed.Changes(s.Context(), after, 1000)
		if err != nil {
			return err
		}
		for _, c := range changes {
			seen, after = seen+1, c.Position
		}
	}
	return nil
}
