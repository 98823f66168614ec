package boltstore

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	bolt "go.etcd.io/bbolt"
)

// held runs writes that all wait while a first transaction is under way, then lets that end.
func held(t *testing.T, s *Store, writes ...func() error) []error {
	t.Helper()
	errs := make([]error, len(writes))
	entered, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		err := s.write(t.Context(), func(*txn) error {
			close(entered)
			<-release
			return nil
		})
		if err != nil {
			t.Errorf("the first write: %v", err)
		}
	})
	<-entered
	for i, write := range writes {
		wg.Go(func() { errs[i] = write() })
		synctest.Wait()
	}
	close(release)
	wg.Wait()
	return errs
}

// inBubble runs a test on a store whose goroutines can be waited for.
func inBubble(t *testing.T, test func(t *testing.T, s *Store)) {
	path := filepath.Join(t.TempDir(), "runs.db")
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(path, Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		test(t, s)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// mark is a write that leaves a key behind, and its transaction's ID in *tx.
func mark(ctx context.Context, s *Store, key string, tx *int) func() error {
	return func() error {
		return s.write(ctx, func(t *txn) error {
			t.changed = true
			*tx = t.ID()
			return t.Bucket([]byte(metaBucket)).Put([]byte(key), []byte("x"))
		})
	}
}

func TestWaitingWritesShareATransaction(t *testing.T) {
	inBubble(t, func(t *testing.T, s *Store) {
		ids := make([]int, maxShare+10)
		var writes []func() error
		for i := range ids {
			writes = append(writes, mark(t.Context(), s, string(rune('a'+i)), &ids[i]))
		}
		for i, err := range held(t, s, writes...) {
			if err != nil {
				t.Errorf("write %d: %v", i, err)
			}
		}
		for i, id := range ids {
			if want := ids[0] + i/maxShare; id != want {
				t.Errorf("write %d went with transaction %d, want %d", i, id, want)
			}
		}
	})
}

func TestAFailedWriteHurtsNoOther(t *testing.T) {
	errMine := errors.New("mine")
	fail := func(s *Store, do func(*txn) error) func() error {
		return func() error {
			return s.write(context.Background(), func(t *txn) error {
				t.changed = true
				if err := t.Bucket([]byte(metaBucket)).Put([]byte("half"), []byte("x")); err != nil {
					return err
				}
				return do(t)
			})
		}
	}
	inBubble(t, func(t *testing.T, s *Store) {
		var first, last int
		errs := held(t, s, mark(t.Context(), s, "first", &first),
			fail(s, func(*txn) error { return errMine }),
			fail(s, func(*txn) error { panic("mine") }),
			mark(t.Context(), s, "last", &last))
		switch {
		case errs[0] != nil:
			t.Errorf("errs[0] is %v, want nil", errs[0])
		case !errors.Is(errs[1], errMine):
			t.Errorf("error %v, want %v", errs[1], errMine)
		case errs[2] == nil:
			t.Error("errs[2] is nil")
		case errs[3] != nil:
			t.Errorf("errs[3] is %v, want nil", errs[3])
		}
		for key, want := range map[string]bool{"first": true, "last": true, "half": false} {
			if got := metaHas(t, s, key); got != want {
				t.Errorf("%s was written: %v", key, got)
			}
		}
	})
}

func TestAWriteWhoseContextEndsWhileItWaitsIsNotMade(t *testing.T) {
	inBubble(t, func(t *testing.T, s *Store) {
		ctx, cancel := context.WithCancel(t.Context())
		var first, last int
		errs := held(t, s, mark(ctx, s, "first", &first),
			func() error { cancel(); return nil },
			mark(t.Context(), s, "last", &last))
		if !errors.Is(errs[0], context.Canceled) || errs[2] != nil {
			t.Errorf("errors %v", errs)
		}
		if metaHas(t, s, "first") || !metaHas(t, s, "last") {
			t.Errorf("first was written: %v, last: %v", metaHas(t, s, "first"), metaHas(t, s, "last"))
		}
	})
}

func metaHas(t *testing.T, s *Store, key string) bool {
	t.Helper()
	has := false
	err := s.view(context.Background(), "test", func(tx *bolt.Tx, _ time.Time) error {
		has = tx.Bucket([]byte(metaBucket)).Get([]byte(key)) != nil
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return has
}
