package boltstore_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"davit/internal/boltstore"
	"davit/internal/run"
	"davit/internal/storetest"
)

func TestSecondOpenIsRefusedAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runs.db")
	s, err := boltstore.Open(path, boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if _, err := boltstore.Open(path, boltstore.Options{}); !errors.Is(err, boltstore.ErrInUse) {
		t.Errorf("second Open: %v, want ErrInUse", err)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %v", took)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	openStore(t, path, boltstore.Options{})
}

func TestFileIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runs.db")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	openStore(t, path, boltstore.Options{})
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %o", info.Mode().Perm())
	}
}

func TestForeignFilesAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		write func(t *testing.T, path string)
		want  error
	}{
		"another format": {writeFormat, boltstore.ErrFormat},
		"no bbolt file":  {func(t *testing.T, path string) { writeFile(t, path, make([]byte, 64<<10)) }, bolterrors.ErrInvalid},
		"no file at all": {func(t *testing.T, path string) { makeFolder(t, path) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "runs.db")
			c.write(t, path)
			if _, err := boltstore.Open(path, boltstore.Options{}); err == nil || (c.want != nil && !errors.Is(err, c.want)) {
				t.Errorf("Open: %v, want %v", err, c.want)
			}
		})
	}
}

func writeFile(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func makeFolder(t *testing.T, path string) {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
}

func writeFormat(t *testing.T, path string) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		b, err := tx.CreateBucket([]byte("meta"))
		if err != nil {
			return err
		}
		return b.Put([]byte("format"), []byte("another"))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestAClosedStoreIsUnavailable(t *testing.T) {
	s, err := boltstore.Open(filepath.Join(t.TempDir(), "runs.db"), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	ctx, r := t.Context(), sample(1)
	_, _, createErr := s.Create(ctx, r)
	_, getErr := s.Get(ctx, r.ID)
	_, listErr := s.List(ctx, run.Query{Limit: 1})
	_, openErr := s.Open(ctx, time.Now(), 1, nil)
	_, changesErr := s.Changes(ctx, 0, 1)
	_, purgeErr := s.Purge(ctx, 1)
	for name, err := range map[string]error{
		"Create": createErr, "Get": getErr, "Update": s.Update(ctx, r), "List": listErr, "Open": openErr,
		"Changes": changesErr, "Purge": purgeErr,
	} {
		if run.CodeOf(err) != run.CodeUnavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
	if r.Version != 0 {
		t.Errorf("version %d", r.Version)
	}
}

func TestReopenFindsEverything(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runs.db")
	s, err := boltstore.Open(path, boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := fillStore(t, s)
	last := positions(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openStore(t, path, boltstore.Options{})
	expectAll(t, s, want)
	more := sample(99)
	if _, _, err := s.Create(t.Context(), more); err != nil {
		t.Fatal(err)
	}
	got := positions(t, s)
	if len(got) != len(last)+1 || got[len(got)-1] != last[len(last)-1]+1 {
		t.Errorf("positions %v, then %v", last, got)
	}
}

// TestACopyOfTheFileIsWhole opens what a crash would leave: the file as it is while the store is open.
func TestACopyOfTheFileIsWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runs.db")
	s := openStore(t, path, boltstore.Options{})
	want := fillStore(t, s)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	writeFile(t, copied, data)
	expectAll(t, openStore(t, copied, boltstore.Options{}), want)
}

// fillStore writes twenty records, each updated once, and answers them.
func fillStore(t *testing.T, s *boltstore.Store) []*run.Run {
	t.Helper()
	var all []*run.Run
	for n := range 20 {
		r := sample(n)
		_, _, err := s.Create(t.Context(), r)
		if err == nil {
			r.Status = run.Running
			err = s.Update(t.Context(), r)
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

func expectAll(t *testing.T, s *boltstore.Store, want []*run.Run) {
	t.Helper()
	checkConsistent(t, s)
	page, err := s.List(t.Context(), run.Query{Limit: 100, Group: "g"})
	if err != nil || page.Next != nil || len(page.Runs) != len(want) {
		t.Fatalf("%d of %d records listed, next %v, error %v", len(page.Runs), len(want), page.Next, err)
	}
	for i, r := range page.Runs {
		if diff := storetest.Diff(want[len(want)-1-i], r); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	}
	due, err := s.Open(t.Context(), time.Now().Add(24*time.Hour), 1000, nil)
	if err != nil || len(due.IDs) != len(want) {
		t.Errorf("%d of %d records open, error %v", len(due.IDs), len(want), err)
	}
}

func positions(t *testing.T, s *boltstore.Store) []uint64 {
	t.Helper()
	changes, err := s.Changes(t.Context(), 0, 1000)
	if err != nil || len(changes) == 0 {
		t.Fatalf("%d changes, error %v", len(changes), err)
	}
	var list []uint64
	for _, c := range changes {
		list = append(list, c.Position)
	}
	return list
}

// A data folder of 0.1.0 has no index of origins, and no record that would be in it.
func TestOpen_FileWithoutOriginIndex_GetsOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runs.db")
	s, err := boltstore.Open(path, boltstore.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	old := sample(1)
	_, _, err = s.Create(t.Context(), old)
	if err := errors.Join(err, s.Close(), dropBucket(path, "origin")); err != nil {
		t.Fatal(err)
	}
	s = openStore(t, path, boltstore.Options{NoSync: true})
	rerun := sample(2)
	rerun.RerunOf = old.ID
	if _, _, err := s.Create(t.Context(), rerun); err != nil {
		t.Fatal(err)
	}
	page, err := s.List(t.Context(), run.Query{Origin: run.RerunOrigin(old.ID), Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Runs) != 1 || page.Runs[0].ID != rerun.ID {
		t.Errorf("got %d runs, want the one of the new index", len(page.Runs))
	}
	checkConsistent(t, s)
}

func dropBucket(path, name string) error {
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		return err
	}
	return errors.Join(db.Update(func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte(name)) }), db.Close())
}
