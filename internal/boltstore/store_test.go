package boltstore_test

import (
	"context"
	"path/filepath"
	"testing"

	"davit/internal/boltstore"
	"davit/internal/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Harness {
		clock := storetest.NewClock()
		s := openStore(t, filepath.Join(t.TempDir(), "runs.db"), boltstore.Options{Clock: clock})
		t.Cleanup(func() { checkConsistent(t, s) })
		return storetest.Harness{Store: s, Clock: clock, Feed: feed{s}}
	})
}

// openStore opens a store that is closed with the test.
func openStore(t *testing.T, path string, opts boltstore.Options) *boltstore.Store {
	t.Helper()
	s, err := boltstore.Open(path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func checkConsistent(t *testing.T, s *boltstore.Store) {
	t.Helper()
	for _, fault := range boltstore.Faults(s) {
		t.Error(fault)
	}
}

// feed fits a Store to the suite.
type feed struct{ *boltstore.Store }

func (f feed) Changes(ctx context.Context, after uint64, limit int) ([]storetest.Change, error) {
	var changes []storetest.Change
	found, err := f.Store.Changes(ctx, after, limit)
	for _, c := range found {
		changes = append(changes, storetest.Change{
			Position: c.Position, RunID: c.RunID, Version: c.Version, From: c.From, To: c.To, Class: c.Class, At: c.At,
		})
	}
	return changes, err
}
