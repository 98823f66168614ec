package dynamo_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"davit/internal/dynamo/attr"
	"davit/internal/dynamo/dynamofake"
	"davit/internal/run"
)

func TestReadsAreConsistent(t *testing.T) {
	w := newFixture(t, dynamofake.Options{})
	w.create(w.record("a"))
	w.get("a")
	w.list(run.Query{Limit: 5})
	for _, op := range []string{"GetItem", "BatchGetItem"} {
		calls := w.fake.Calls(op)
		if len(calls) == 0 || !strings.Contains(string(calls[0]), `"ConsistentRead":true`) {
			t.Errorf("%s: %s", op, calls)
		}
	}
}

func TestGetOfWhatCannotBeThere(t *testing.T) {
	w := newFixture(t, dynamofake.Options{})
	for _, id := range []string{"", strings.Repeat("a", 3000)} {
		if _, err := w.store.Get(t.Context(), id); !errors.Is(err, run.ErrNotFound) {
			t.Errorf("Get of an ID of %d bytes: %v", len(id), err)
		}
	}
	if calls := w.fake.Calls("GetItem"); len(calls) != 0 {
		t.Errorf("%d reads", len(calls))
	}
}

func TestReadErrors(t *testing.T) {
	for name, c := range map[string]struct {
		fault dynamofake.Fault
		want  run.Code
	}{
		"throttled": {dynamofake.Throttled, run.CodeThrottled},
		"a 500":     {dynamofake.ServerError, run.CodeUnavailable},
		"lost":      {dynamofake.LostReply, run.CodeUnavailable},
		"denied":    {dynamofake.Denied, run.CodeUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fault := dynamofake.None
				w := newFixture(t, dynamofake.Options{Fault: func(string, int) dynamofake.Fault { return fault }})
				w.create(w.record("a"))
				fault = c.fault
				_, err := w.store.Get(t.Context(), "a")
				wantCode(t, err, c.want)
				_, err = w.store.List(t.Context(), run.Query{Limit: 1})
				wantCode(t, err, c.want)
				_, err = w.store.Open(t.Context(), w.clock.Now(), 1, nil)
				wantCode(t, err, c.want)
			})
		})
	}
}

func TestReadsAreRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newFixture(t, dynamofake.Options{Fault: func(op string, n int) dynamofake.Fault {
			if op == "PutItem" || op == "CreateTable" || n > 2 {
				return dynamofake.None
			}
			return []dynamofake.Fault{dynamofake.LostReply, dynamofake.Throttled}[n-1]
		}})
		w.create(w.record("a"))
		w.get("a")
		if ids, _ := w.list(run.Query{Limit: 1}); len(ids) != 1 {
			t.Errorf("listed %v", ids)
		}
		for op, want := range map[string]int{"GetItem": 3, "Query": 10, "BatchGetItem": 3} {
			if calls := len(w.fake.Calls(op)); calls != want {
				t.Errorf("%d calls of %s, want %d", calls, op, want)
			}
		}
	})
}

func TestReadsEndWithTheirContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fault := dynamofake.None
		w := newFixture(t, dynamofake.Options{MostKeys: -1, Fault: func(string, int) dynamofake.Fault { return fault }})
		w.create(w.record("a"))
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if _, err := w.store.List(ctx, run.Query{Limit: 1}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("List: %v", err)
		}
		ctx, cancel = context.WithCancel(t.Context())
		cancel()
		for what, err := range map[string]error{
			"Get":  second(w.store.Get(ctx, "a")),
			"List": second(w.store.List(ctx, run.Query{})),
			"Open": second(w.store.Open(ctx, w.clock.Now(), 1, nil)),
		} {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

func second[A, B any](_ A, b B) B { return b }

func TestUnprocessedKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newFixture(t, dynamofake.Options{MostKeys: 3})
		for i := range 20 {
			w.create(w.record(fmt.Sprintf("r%02d", i)))
		}
		ids, _ := w.list(run.Query{Limit: 20})
		slices.Reverse(ids)
		if len(ids) != 20 || ids[0] != "r00" || !slices.IsSorted(ids) {
			t.Errorf("listed %v", ids)
		}
		if calls := w.fake.Calls("BatchGetItem"); len(calls) != 7 {
			t.Errorf("%d batches, want 7", len(calls))
		}
	})
	t.Run("for good", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newFixture(t, dynamofake.Options{MostKeys: -1})
			w.create(w.record("a"))
			_, err := w.store.List(t.Context(), run.Query{Limit: 1})
			wantCode(t, err, run.CodeThrottled)
			if calls := w.fake.Calls("BatchGetItem"); len(calls) != 5 {
				t.Errorf("%d batches, want 5", len(calls))
			}
		})
	})
}

// An index lags: it still shows records as they were.
func TestListOnAnIndexThatLags(t *testing.T) {
	var before []dynamofake.Item
	w := newFixture(t, dynamofake.Options{Indexed: func(items []dynamofake.Item) []dynamofake.Item { return append(items, before...) }})
	expired := w.create(w.record("again", func(r *run.Run) { r.Expires, r.Group = w.clock.Now().Add(time.Hour), "old" }))
	w.create(w.record("removed"))
	before = w.fake.Items(tableName)
	w.clock.Advance(2 * time.Hour)
	w.fake.Set(tableName, "removed", nil)
	w.create(w.record("again", func(r *run.Run) { r.Incarnation = "reborn" }))
	w.create(w.record("other"))
	if ids, next := w.list(run.Query{Limit: 10}); !cmp.Equal(ids, []string{"other", "again"}) || next != nil {
		t.Errorf("listed %v, next %v", ids, next)
	}
	if ids, _ := w.list(run.Query{Group: expired.Group, Limit: 10}); ids != nil {
		t.Errorf("the old group has %v", ids)
	}
}

// ghosts are index entries of records that are gone, newest first.
func ghosts(n int, at time.Time) []dynamofake.Item {
	items := make([]dynamofake.Item, n)
	for i := range items {
		id := fmt.Sprintf("ghost%04d", i)
		shard := fmt.Sprintf("created#%d", i%8)
		place := at.Add(time.Duration(-i)*time.Second).Format("2006-01-02T15:04:05.000000000Z") + "#" + id
		items[i] = dynamofake.Item{attr.RunID: {S: &id}, attr.CreatedShard: {S: &shard}, attr.Place: {S: &place}}
	}
	return items
}

func TestPageReadsABoundedNumberOfRecords(t *testing.T) {
	var gone []dynamofake.Item
	w := newFixture(t, dynamofake.Options{Indexed: func(items []dynamofake.Item) []dynamofake.Item { return append(gone, items...) }})
	gone = ghosts(1100, w.clock.Now())
	w.create(w.record("old", func(r *run.Run) { r.CreatedAt = w.clock.Now().Add(-24 * time.Hour) }))
	for name, q := range map[string]run.Query{"all": {Limit: 20}, "one owner's": {Owner: "somebody", Limit: 100}} {
		t.Run(name, func(t *testing.T) {
			already := len(w.fake.Calls("BatchGetItem"))
			ids, next := w.list(q)
			if len(ids) != 0 || next == nil || next.ID != "ghost0999" {
				t.Fatalf("listed %v, next %v", ids, next)
			}
			if keys := keysRead(t, w.fake.Calls("BatchGetItem")[already:]); keys != 1000 {
				t.Errorf("%d keys were read", keys)
			}
			q.After = next
			if ids, next = w.list(q); !cmp.Equal(ids, []string{"old"}) || next != nil {
				t.Errorf("then listed %v, next %v", ids, next)
			}
		})
	}
}

func keysRead(t *testing.T, calls []json.RawMessage) int {
	t.Helper()
	keys := 0
	for _, call := range calls {
		var in struct {
			RequestItems map[string]struct{ Keys []any }
		}
		if err := json.Unmarshal(call, &in); err != nil {
			t.Fatal(err)
		}
		keys += len(in.RequestItems[tableName].Keys)
	}
	return keys
}

// What a page costs: the eight shards once, and the records that it shows.
func TestPageReadsNoMoreThanItShows(t *testing.T) {
	w := newFixture(t, dynamofake.Options{})
	for i := range 60 {
		w.create(w.record(fmt.Sprintf("r%02d", i)))
	}
	ids, next := w.list(run.Query{Limit: 20})
	if len(ids) != 20 || next == nil || next.ID != ids[19] {
		t.Fatalf("listed %v, next %v", ids, next)
	}
	queries, batches := len(w.fake.Calls("Query")), w.fake.Calls("BatchGetItem")
	if queries > 10 || len(batches) != 1 || keysRead(t, batches) != 20 {
		t.Errorf("%d queries, %d batches of %d keys", queries, len(batches), keysRead(t, batches))
	}
}

func TestNamesLongerThanAKey(t *testing.T) {
	w := newFixture(t, dynamofake.Options{})
	long := strings.Repeat("x", 5000)
	w.create(w.record("a", func(r *run.Run) { r.Group = long }))
	w.create(w.record("b", func(r *run.Run) { r.Group = long[1:] }))
	for want, q := range map[string]run.Query{
		"a": {Group: long, Limit: 5}, "b": {Group: long[1:], Limit: 5}, "": {Family: long, Limit: 5},
	} {
		if ids, _ := w.list(q); strings.Join(ids, " ") != want {
			t.Errorf("listed %v, want %q", ids, want)
		}
	}
}

func TestForgedPositions(t *testing.T) {
	w := newFixture(t, dynamofake.Options{})
	w.create(w.record("a", func(r *run.Run) { r.SweepAt = w.clock.Now() }))
	for _, at := range []time.Time{{}, time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(30000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		want := at.Year() > 9999
		ids, _ := w.list(run.Query{Limit: 5, After: &run.Position{CreatedAt: at, ID: "~"}})
		if (len(ids) == 1) != want {
			t.Errorf("after %v: %v", at, ids)
		}
		page, err := w.store.Open(t.Context(), at, 5, nil)
		if err != nil || (len(page.IDs) == 1) != want {
			t.Errorf("due %v: %v, %v", at, page.IDs, err)
		}
		page, err = w.store.Open(t.Context(), w.clock.Now(), 5, &run.OpenPosition{SweepAt: at})
		if err != nil || (len(page.IDs) == 0) != want {
			t.Errorf("after %v: %v, %v", at, page.IDs, err)
		}
	}
}

func TestDamagedItems(t *testing.T) {
	text, wrong := "a", []byte("no gzip")
	for name, damage := range map[string]func(dynamofake.Item){
		"without a body":        func(it dynamofake.Item) { delete(it, attr.Body) },
		"with another body":     func(it dynamofake.Item) { it[attr.Body] = dynamofake.Value{B: &wrong} },
		"with a body of text":   func(it dynamofake.Item) { it[attr.Body] = dynamofake.Value{S: &text} },
		"with a truncated body": func(it dynamofake.Item) { cut := (*it[attr.Body].B)[:40]; it[attr.Body] = dynamofake.Value{B: &cut} },
	} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(t, dynamofake.Options{})
			w.create(w.record("a"))
			it := w.fake.Items(tableName)[0]
			damage(it)
			w.fake.Set(tableName, "a", it)
			_, err := w.store.Get(t.Context(), "a")
			wantCode(t, err, run.CodeInternal)
			_, err = w.store.List(t.Context(), run.Query{Limit: 1})
			wantCode(t, err, run.CodeInternal)
			_, _, err = w.store.Create(t.Context(), w.record("a"))
			wantCode(t, err, run.CodeInternal)
		})
	}
}
