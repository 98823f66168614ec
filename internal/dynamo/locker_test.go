package dynamo_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"davit/internal/dynamo/dynamofake"
	"davit/internal/run"
)

func entries(names ...string) (list []run.LockEntry) {
	for _, name := range names {
		list = append(list, run.LockEntry{Run: name, Incarnation: "abcdefgh", Mode: run.OverlapQueue, Limit: 1})
	}
	return list
}

func (w *fixture) putLock(l *run.Lock) {
	w.Helper()
	if err := w.store.PutLock(w.Context(), l); err != nil {
		w.Fatalf("PutLock: %v", err)
	}
}

func TestPutLockRepeatedIsOneWrite(t *testing.T) {
	for name, fault := range map[string]dynamofake.Fault{
		"the reply was lost": dynamofake.LostReply, "the request was lost": dynamofake.LostRequest, "a 500": dynamofake.ServerError, "a throttle": dynamofake.Throttled,
	} {
		t.Run(name, func(t *testing.T) {
			faults := func(op string, n int) dynamofake.Fault {
				if op == "PutItem" && n%2 == 1 {
					return fault
				}
				return dynamofake.None
			}
			bothServers(t, dynamofake.Options{Fault: faults}, func(w *fixture) {
				l := &run.Lock{Key: "k", Holders: entries("a")}
				w.putLock(l)
				l.Holders = entries("a", "b")
				w.putLock(l)
				switch got, err := w.store.Lock(w.Context(), "k"); {
				case err != nil:
					w.Errorf("error %v", err)
				case got.Version != 2:
					w.Errorf("got.Version is %v, want 2", got.Version)
				case l.Version != 2:
					w.Errorf("l.Version is %v, want 2", l.Version)
				case len(got.Holders) != 2:
					w.Errorf("len(got.Holders) is %v, want 2", len(got.Holders))
				}
			})
		})
	}
}

func TestPutLockErrors(t *testing.T) {
	w := newFixture(t, dynamofake.Options{Fault: always("PutItem", dynamofake.Denied)})
	err := w.store.PutLock(t.Context(), &run.Lock{Key: "k", Holders: entries("a")})
	wantCode(t, err, run.CodeUnavailable)
	w = newFixture(t, dynamofake.Options{Fault: always("GetItem", dynamofake.Throttled)})
	_, err = w.store.Lock(t.Context(), "k")
	wantCode(t, err, run.CodeThrottled)
	huge := &run.Lock{Key: "k"}
	random := rand.New(rand.NewPCG(1, 1))
	for range 40_000 {
		name := make([]byte, 26)
		for i := range name {
			name[i] = byte('a' + random.IntN(26))
		}
		huge.Waiters = append(huge.Waiters, entries(string(name))...)
	}
	w = newFixture(t, dynamofake.Options{})
	err = w.store.PutLock(t.Context(), huge)
	wantCode(t, err, run.CodeTooLarge)
	if !strings.Contains(run.MessageOf(err), "one overlap key") {
		t.Errorf("%v", err)
	}
	w.fake.Set(tableName, "lock#k", dynamofake.Item{"runId": dynamofake.Value{S: ptr("lock#k")}, "body": dynamofake.Value{S: ptr("?")}})
	_, err = w.store.Lock(t.Context(), "k")
	wantCode(t, err, run.CodeInternal)
}

func ptr(s string) *string { return &s }

// TestLockItem: no index holds it, and only one that nobody holds expires.
func TestLockItem(t *testing.T) {
	w := newFixture(t, dynamofake.Options{})
	l := &run.Lock{Key: "nightly report", Holders: entries("a")}
	w.putLock(l)
	check := func(want ...string) {
		t.Helper()
		items := w.fake.Items(tableName)
		if len(items) != 1 || items[0].Text("runId") != "lock#nightly report" || len(items[0]) != len(want) {
			t.Fatalf("%v, want one item with %v", items, want)
		}
		for _, name := range want {
			if _, has := items[0][name]; !has {
				t.Errorf("no attribute %s: %v", name, items[0])
			}
		}
	}
	check("runId", "version", "writeId", "body")
	l.Holders = nil
	w.putLock(l)
	check("runId", "version", "writeId", "body", "expires")
	stale := *l
	w.clock.Advance(25 * time.Hour)
	switch now, err := w.store.Lock(t.Context(), "nightly report"); {
	case err != nil:
		t.Errorf("a day later: error %v", err)
	case now.Version != 0:
		t.Errorf("a day later: now.Version is %v, want 0", now.Version)
	case !now.Empty():
		t.Error("a day later: now.Empty() is false, want true")
	}
	if err := w.store.PutLock(t.Context(), &stale); !errors.Is(err, run.ErrConflict) {
		t.Errorf("over an expired one: %v, want ErrConflict", err)
	}
	fresh := &run.Lock{Key: "nightly report", Holders: entries("b")}
	w.putLock(fresh)
	check("runId", "version", "writeId", "body")
}
