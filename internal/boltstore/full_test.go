package boltstore

import (
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	bolt "go.etcd.io/bbolt"

	"davit/internal/run"
)

// openOnFullDisk opens a store with a record, whose disk is full as long as the flag is set.
func openOnFullDisk(t *testing.T) (*Store, *run.Run, *atomic.Bool) {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "runs.db"), Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, fault := range Faults(s) {
			t.Error(fault)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	full := &atomic.Bool{}
	s.commitTx = func(do func(*bolt.Tx) error) error {
		return s.db.Update(func(tx *bolt.Tx) error {
			err := do(tx)
			if err == nil && full.Load() {
				err = syscall.ENOSPC
			}
			return err
		})
	}
	r := &run.Run{ID: "there", Incarnation: "abcdefgh", Owner: "local", Status: run.Submitted, Generation: 1}
	if _, _, err := s.Create(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	full.Store(true)
	return s, r, full
}

// wantFull checks the error of a write on a full disk.
func wantFull(t *testing.T, s *Store, err error) {
	t.Helper()
	if code := run.CodeOf(err); code != run.CodeUnavailable {
		t.Errorf("got the code %q of %v, want %q", code, err, run.CodeUnavailable)
	}
	if message := run.MessageOf(err); !strings.Contains(message, "full") {
		t.Errorf("got the message %q, want one of a full disk", message)
	}
	if s.Writable() {
		t.Error("Writable: got true, want false")
	}
}

func TestCreate_DiskFull_WritesNothing(t *testing.T) {
	s, _, full := openOnFullDisk(t)
	r := &run.Run{ID: "new", Incarnation: "abcdefgh", Owner: "local", Status: run.Submitted, Generation: 1}
	_, _, err := s.Create(t.Context(), r)
	wantFull(t, s, err)
	if _, err := s.Get(t.Context(), "new"); !errors.Is(err, run.ErrNotFound) {
		t.Errorf("Get: got %v, want ErrNotFound", err)
	}
	if last, err := s.Last(t.Context()); last != 1 || err != nil {
		t.Errorf("got the position %d (%v), want 1", last, err)
	}
	full.Store(false)
	if _, created, err := s.Create(t.Context(), r); !created || err != nil {
		t.Errorf("Create with room: got %v, %v, want true", created, err)
	}
	if !s.Writable() {
		t.Error("Writable with room: got false, want true")
	}
}

func TestUpdate_DiskFull_WritesNothing(t *testing.T) {
	s, r, full := openOnFullDisk(t)
	r.Status = run.Running
	wantFull(t, s, s.Update(t.Context(), r))
	stored, err := s.Get(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	if stored.Status != run.Submitted || stored.Version != 1 || r.Version != 1 {
		t.Errorf("got %s, version %d, of the caller %d, want %s, 1, 1", stored.Status, stored.Version, r.Version, run.Submitted)
	}
	full.Store(false)
	if err := s.Update(t.Context(), r); err != nil || r.Version != 2 {
		t.Errorf("Update with room: got %v, version %d, want 2", err, r.Version)
	}
}

func TestPutLock_DiskFull_WritesNothing(t *testing.T) {
	s, _, full := openOnFullDisk(t)
	l := &run.Lock{Key: "k", Holders: []run.LockEntry{{Run: "there", Incarnation: "abcdefgh"}}}
	wantFull(t, s, s.PutLock(t.Context(), l))
	if l.Version != 0 {
		t.Errorf("got version %d, want 0", l.Version)
	}
	full.Store(false)
	if err := s.PutLock(t.Context(), l); err != nil || l.Version == 0 {
		t.Errorf("PutLock with room: got %v, version %d, want a version", err, l.Version)
	}
}
