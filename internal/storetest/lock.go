package storetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"davit/internal/run"
)

func lockCases() []testCase {
	return []testCase{
		{"one that nobody wrote is empty", testNoLock},
		{"what was written is read", testLockRoundTrip},
		{"5,000 waiters fit", testLargeLock},
		{"one that is too large is refused, and the one before stays", testLockTooLarge},
		{"any key will do", testLockKeys},
		{"a version that is not the stored one conflicts", testLockStale},
		{"a version does not come again", testLockVersionsDoNotReturn},
		{"an empty one stays empty, however long", testLockEmptied},
		{"of writers at once none is lost", testLockRace},
		{"no record method knows it", testLockIsNoRecord},
		{"not under an ended context", testLockCancelled},
	}
}

func (s *suite) lock(key string) *run.Lock {
	s.Helper()
	l, err := s.Store.Lock(s.Context(), key)
	switch {
	case err != nil:
		s.Fatalf("error %v", err)
	case l == nil:
		s.Fatal("l is nil")
	case l.Key != key:
		s.Fatalf("l.Key is %v, want %v", l.Key, key)
	}
	return l
}

func (s *suite) putLock(l *run.Lock) {
	s.Helper()
	if err := s.Store.PutLock(s.Context(), l); err != nil {
		s.Fatalf("PutLock(%q, version %d): %v", l.Key, l.Version, err)
	}
}

// sameLock fails the test when the store does not hold l.
func (s *suite) sameLock(l *run.Lock) {
	s.Helper()
	if diff := cmp.Diff(l, s.lock(l.Key), cmpopts.EquateEmpty()); diff != "" {
		s.Errorf("Lock(%q): -want +got\n%s", l.Key, diff)
	}
}

func seatOf(n int) run.LockEntry {
	return run.LockEntry{Run: idOf(n), Incarnation: "abcdefgh", Mode: run.OverlapQueue, Limit: n + 1}
}

func testNoLock(s *suite) {
	switch l := s.lock("k"); {
	case !l.Empty():
		s.Error("l.Empty() is false, want true")
	case l.Version != 0:
		s.Errorf("l.Version is %v, want 0", l.Version)
	}
}

func testLockRoundTrip(s *suite) {
	l := s.lock("k")
	l.Holders, l.Waiters = []run.LockEntry{seatOf(1), seatOf(2)}, []run.LockEntry{seatOf(3)}
	l.Holders[0].ReplacedBy, l.Waiters[0].Mode = idOf(3), run.OverlapReplace
	s.putLock(l)
	if l.Version == 0 {
		s.Error("a lock that was written has a version")
	}
	s.sameLock(l)
	other := s.lock("other")
	other.Holders = []run.LockEntry{seatOf(9)}
	s.putLock(other)
	l.Holders, l.Waiters = l.Holders[1:], nil
	s.putLock(l)
	s.sameLock(l)
	s.sameLock(other)
	l.Holders[0].Run = "mine"
	if s.lock("k").Holders[0].Run == "mine" {
		s.Error("what was handed in is not copied")
	}
}

func testLargeLock(s *suite) {
	random := rand.New(rand.NewPCG(7, 7)) // ids as they are: nothing that a compressor could see through
	text := func(n int) string {
		id := make([]byte, n)
		for i := range id {
			id[i] = "234567abcdefghijklmnopqrstuvwxyz"[random.IntN(32)]
		}
		return string(id)
	}
	l := s.lock("busy")
	for range 5000 {
		l.Waiters = append(l.Waiters, run.LockEntry{Run: text(26), Incarnation: text(8), Mode: run.OverlapQueue, Limit: 1})
	}
	for range 1000 {
		l.Holders = append(l.Holders, run.LockEntry{Run: text(26), Incarnation: text(8), Mode: run.OverlapQueue, Limit: 1000})
	}
	s.putLock(l)
	s.sameLock(l)
}

func testLockKeys(s *suite) {
	var locks []*run.Lock
	for i, key := range []string{"k", "K", " k", "k\x00", "", idOf(1), "lock#k", strings.Repeat("𝄞", 255), strings.Repeat("𝄞", 254) + "a", "a/b#c:d\n"} {
		l := s.lock(key)
		l.Holders = []run.LockEntry{seatOf(i)}
		s.putLock(l)
		locks = append(locks, l)
	}
	for _, l := range locks {
		s.sameLock(l)
	}
}

func testLockStale(s *suite) {
	first := s.lock("k")
	second := *first
	first.Holders = []run.LockEntry{seatOf(1)}
	s.putLock(first)
	for _, version := range []int64{second.Version, first.Version + 1, first.Version - 1} {
		stale := run.Lock{Key: "k", Version: version, Holders: []run.LockEntry{seatOf(2)}}
		if err := s.Store.PutLock(s.Context(), &stale); !errors.Is(err, run.ErrConflict) || stale.Version != version {
			s.Errorf("version %d over %d: %v, left version %d", version, first.Version, err, stale.Version)
		}
	}
	gone := run.Lock{Key: "never", Version: 3, Holders: []run.LockEntry{seatOf(2)}}
	if err := s.Store.PutLock(s.Context(), &gone); !errors.Is(err, run.ErrConflict) {
		s.Errorf("over nothing: %v, want ErrConflict", err)
	}
	s.sameLock(first)
}

// testLockVersionsDoNotReturn: who read a lock must not be able to write it after it was emptied and filled again, although
// it looks as if nothing had happened.
func testLockVersionsDoNotReturn(s *suite) {
	l := s.lock("k")
	var read []run.Lock
	for i := range 4 {
		l.Holders = []run.LockEntry{seatOf(i)}
		s.putLock(l)
		read = append(read, *l)
		l.Holders = nil
		s.putLock(l)
		switch now := s.lock("k"); {
		case !now.Empty():
			s.Error("after it was emptied: now.Empty() is false, want true")
		case now.Version != l.Version:
			s.Errorf("after it was emptied: now.Version is %v, want %v", now.Version, l.Version)
		}
	}
	l.Holders = []run.LockEntry{seatOf(9)}
	s.putLock(l)
	for i := range read {
		if err := s.Store.PutLock(s.Context(), &read[i]); !errors.Is(err, run.ErrConflict) {
			s.Errorf("PutLock over its %d-th life: %v, want ErrConflict", i+1, err)
		}
	}
	s.sameLock(l)
}

func testLockEmptied(s *suite) {
	l := s.lock("k")
	l.Holders = []run.LockEntry{seatOf(1)}
	s.putLock(l)
	s.Clock.Advance(1000 * time.Hour)
	s.sameLock(l)
	l.Holders = nil
	s.putLock(l)
	for range 3 {
		s.Clock.Advance(23 * time.Hour)
		now := s.lock("k")
		if !now.Empty() {
			s.Fatal("now.Empty() is false, want true")
		}
		now.Waiters = []run.LockEntry{seatOf(2)}
		s.putLock(now)
		s.sameLock(now)
		now.Waiters = nil
		s.putLock(now)
		s.Clock.Advance(48 * time.Hour)
	}
}

func testLockRace(s *suite) {
	const writers = 20
	s.together(writers, func(i int) error {
		for range 100 * writers {
			l, err := s.Store.Lock(s.Context(), "k")
			if err != nil {
				return err
			}
			l.Waiters = append(l.Waiters, seatOf(i))
			if err = s.Store.PutLock(s.Context(), l); !errors.Is(err, run.ErrConflict) {
				return err
			}
		}
		return errors.New("a writer never came through")
	})
	seen := map[string]bool{}
	for _, w := range s.lock("k").Waiters {
		seen[w.Run] = true
	}
	if l := s.lock("k"); len(l.Waiters) != writers || len(seen) != writers {
		s.Errorf("%d entries of %d writers, want %d of each", len(l.Waiters), len(seen), writers)
	}
}

func testLockIsNoRecord(s *suite) {
	for _, key := range []string{"k", idOf(1), idOf(3)} {
		l := s.lock(key)
		l.Holders = []run.LockEntry{seatOf(1)}
		s.putLock(l)
		if _, err := s.Store.Get(s.Context(), key); !errors.Is(err, run.ErrNotFound) {
			s.Errorf("Get(%q): %v, want ErrNotFound", key, err)
		}
	}
	r := s.create(s.record(1, func(r *run.Run) { r.SweepAt = s.sweepAt(1) }))
	s.same("Get", s.get(r.ID), r)
	s.expectList("all", run.Query{}, 1)
	s.expectOpen("open", 7*24*3600, 1)
	if s.Feed != nil && len(s.changes(0, 100)) != 1 {
		s.Errorf("the feed tells %+v, want the one record", s.changes(0, 100))
	}
	if err := s.Store.Update(s.Context(), s.record(3)); !errors.Is(err, run.ErrNotFound) {
		s.Errorf("Update of a lock's key: %v, want ErrNotFound", err)
	}
	if l := s.lock(idOf(1)); len(l.Holders) != 1 {
		s.Errorf("the lock of a key that looks like a run: %+v", l)
	}
}

func testLockCancelled(s *suite) {
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	if _, err := s.Store.Lock(ctx, "k"); !errors.Is(err, context.Canceled) {
		s.Errorf("Lock: %v, want context.Canceled", err)
	}
	l := &run.Lock{Key: "k", Holders: []run.LockEntry{seatOf(1)}}
	if err := s.Store.PutLock(ctx, l); !errors.Is(err, context.Canceled) || l.Version != 0 {
		s.Errorf("PutLock: %v, version %d; want context.Canceled, 0", err, l.Version)
	}
	if now := s.lock("k"); !now.Empty() {
		s.Errorf("a refused lock was written: %+v", now)
	}
}
