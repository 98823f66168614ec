package boltstore_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"davit/internal/boltstore"
	"davit/internal/run"
	"davit/internal/storetest"
)

// quick is a store in a new file, without fsync.
func quick(t *testing.T) (*boltstore.Store, *storetest.Clock) {
	t.Helper()
	clock := storetest.NewClock()
	s := openStore(t, filepath.Join(t.TempDir(), "runs.db"), boltstore.Options{Clock: clock, NoSync: true})
	t.Cleanup(func() { checkConsistent(t, s) })
	return s, clock
}

func create(t *testing.T, s *boltstore.Store, r *run.Run) *run.Run {
	t.Helper()
	stored, created, err := s.Create(t.Context(), r)
	if err != nil || !created {
		t.Fatalf("Create(%s): created %v, error %v", r.ID, created, err)
	}
	return stored
}

func TestWhatCannotBeStoredIsInternal(t *testing.T) {
	s, _ := quick(t)
	for name, spoil := range map[string]func(*run.Run){
		"no ID":       func(r *run.Run) { r.ID = "" },
		"a long ID":   func(r *run.Run) { r.ID = strings.Repeat("a", 1025) },
		"broken JSON": func(r *run.Run) { r.Request = json.RawMessage(`{"a":`) },
		"year 10000":  func(r *run.Run) { r.CreatedAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
	} {
		r := sample(1)
		spoil(r)
		if _, created, err := s.Create(t.Context(), r); run.CodeOf(err) != run.CodeInternal || created || r.Version != 0 {
			t.Errorf("%s: created %v, error %v, version %d", name, created, err, r.Version)
		}
	}
	if changes, err := s.Changes(t.Context(), 0, 10); err != nil || len(changes) != 0 {
		t.Errorf("changes %v, error %v", changes, err)
	}
}

func TestAllTimesHaveTheirPlace(t *testing.T) {
	s, _ := quick(t)
	times := []time.Time{
		{}, time.Date(1066, 10, 14, 9, 0, 0, 0, time.UTC), time.Date(1969, 12, 31, 23, 59, 58, 0, time.UTC),
		time.Date(1969, 12, 31, 23, 59, 59, 999e6, time.UTC), time.Unix(0, 0), time.Unix(0, 1), time.Unix(1<<32, 0),
		time.Date(2500, 1, 1, 0, 0, 0, 0, time.FixedZone("west", -3600)), time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC),
	}
	for i, at := range times {
		r := sample(i)
		r.CreatedAt, r.SweepAt = at, at
		create(t, s, r)
	}
	q := run.Query{Limit: 1}
	for i := len(times) - 1; i >= 0; i-- {
		page, err := s.List(t.Context(), q)
		switch {
		case err != nil:
			t.Fatalf("error %v", err)
		case len(page.Runs) != 1:
			t.Fatalf("len(page.Runs) is %v, want 1", len(page.Runs))
		case !page.Runs[0].CreatedAt.Equal(times[i]):
			t.Fatalf("page.Runs[0].CreatedAt is %v, want %v", page.Runs[0].CreatedAt, times[i])
		case (page.Next == nil) != (i == 0):
			t.Fatalf("(page.Next == nil) is %v, want %v", (page.Next == nil), (i == 0))
		}
		q.After = page.Next
	}
	page, err := s.Open(t.Context(), times[6], 100, nil)
	switch {
	case err != nil:
		t.Errorf("error %v", err)
	case len(page.IDs) != 6:
		t.Errorf("len(page.IDs) is %v, want 6", len(page.IDs))
	case page.IDs[0] != sample(1).ID:
		t.Error("page.IDs[0] is not sample(1).ID")
	case page.IDs[5] != sample(6).ID:
		t.Error("page.IDs[5] is not sample(6).ID")
	}
}

func TestBrokenTextLeavesNoEntryBehind(t *testing.T) {
	s, clock := quick(t)
	r := sample(1)
	r.Family, r.Group, r.StartedBy = "a\xff\xfeb", "\xff", "\xed\xa0\x80"
	create(t, s, r)
	r.SweepAt, r.Expires = time.Time{}, clock.Now()
	if err := s.Update(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	checkConsistent(t, s)
	clock.Advance(time.Hour)
	if gone, err := s.Purge(t.Context(), 10); gone != 1 || err != nil {
		t.Errorf("purged %d, error %v", gone, err)
	}
}

func TestAPageReadsABoundedNumberOfRecords(t *testing.T) {
	s, _ := quick(t)
	const records = 1100
	var wg sync.WaitGroup
	for n := range records {
		wg.Go(func() {
			r := sample(n)
			if n == 50 {
				r.Status = run.Lost
			}
			if _, _, err := s.Create(t.Context(), r); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	q := run.Query{Limit: 5, Statuses: []run.Status{run.Lost}}
	first, err := s.List(t.Context(), q)
	switch {
	case err != nil:
		t.Fatalf("error %v", err)
	case len(first.Runs) != 0:
		t.Fatalf("len(first.Runs) is %v, want 0", len(first.Runs))
	case first.Next == nil:
		t.Fatal("first.Next is nil")
	case first.Next.ID != sample(100).ID:
		t.Fatal("first.Next.ID is not sample(100).ID")
	}
	q.After = first.Next
	second, err := s.List(t.Context(), q)
	switch {
	case err != nil:
		t.Fatalf("error %v", err)
	case len(second.Runs) != 1:
		t.Fatalf("len(second.Runs) is %v, want 1", len(second.Runs))
	case second.Runs[0].ID != sample(50).ID:
		t.Fatal("second.Runs[0].ID is not sample(50).ID")
	case second.Next != nil:
		t.Fatalf("second.Next is %v, want nil", second.Next)
	}
	all, err := s.List(t.Context(), run.Query{Limit: records})
	if err != nil || len(all.Runs) != 100 {
		t.Errorf("%d records in the largest page, error %v", len(all.Runs), err)
	}
	due, err := s.Open(t.Context(), time.Now(), 2*records, nil)
	if err != nil || len(due.IDs) != 1000 || due.Next == nil {
		t.Errorf("%d IDs in the largest open page, next %v, error %v", len(due.IDs), due.Next, err)
	}
}

func TestPurge(t *testing.T) {
	s, clock := quick(t)
	for n := range 30 {
		r := sample(n)
		r.Expires = clock.Now().Add(time.Duration(n) * time.Hour)
		create(t, s, r)
	}
	clock.Advance(20*time.Hour + time.Minute)
	for i, want := range []int{15, 6, 0} {
		if gone, err := s.Purge(t.Context(), 15); gone != want || err != nil {
			t.Errorf("purge %d: %d gone, error %v; want %d", i, gone, err, want)
		}
	}
	page, err := s.List(t.Context(), run.Query{Limit: 100})
	if err != nil || len(page.Runs) != 9 {
		t.Errorf("%d left, error %v", len(page.Runs), err)
	}
}

func TestWritesPurgeInPassing(t *testing.T) {
	s, clock := quick(t)
	for n := range 10 {
		r := sample(n)
		r.Expires = clock.Now().Add(time.Hour)
		create(t, s, r)
	}
	clock.Advance(25 * time.Hour)
	r := create(t, s, sample(50))
	for range 4 {
		if err := s.Update(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if gone, err := s.Purge(t.Context(), 100); gone != 0 || err != nil {
		t.Errorf("%d were still there, error %v", gone, err)
	}
	changes, err := s.Changes(t.Context(), 0, 100)
	switch {
	case err != nil:
		t.Errorf("error %v", err)
	case len(changes) != 5:
		t.Errorf("len(changes) is %v, want 5", len(changes))
	case changes[0].Position != 11:
		t.Errorf("changes[0].Position is %v, want 11", changes[0].Position)
	case changes[0].RunID != r.ID:
		t.Errorf("changes[0].RunID is %v, want %v", changes[0].RunID, r.ID)
	}
}

func TestPositionsRiseAfterAllChangesArePruned(t *testing.T) {
	s, clock := quick(t)
	for n := range 3 {
		create(t, s, sample(n))
	}
	clock.Advance(24*time.Hour + time.Second)
	if _, err := s.Purge(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
	if changes, err := s.Changes(t.Context(), 0, 100); err != nil || len(changes) != 0 {
		t.Errorf("changes %v, error %v", changes, err)
	}
	create(t, s, sample(9))
	changes, err := s.Changes(t.Context(), 0, 100)
	if err != nil || len(changes) != 1 || changes[0].Position != 4 {
		t.Errorf("changes %v, error %v", changes, err)
	}
}
