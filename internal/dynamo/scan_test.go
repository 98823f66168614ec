package dynamo_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"davit/internal/dynamo"
	"davit/internal/dynamo/attr"
	"davit/internal/dynamo/dynamofake"
	"davit/internal/run"
)

// conditions returns the key condition and the values of the last Query.
func (w *fixture) conditions() (expression string, values map[string]map[string]string) {
	w.Helper()
	calls := w.fake.Calls("Query")
	var in struct {
		KeyConditionExpression    string
		ExpressionAttributeValues map[string]map[string]string
	}
	if err := json.Unmarshal(calls[len(calls)-1], &in); err != nil {
		w.Fatal(err)
	}
	return in.KeyConditionExpression, in.ExpressionAttributeValues
}

// What lies outside of the times is never read: they are part of the key's condition.
func TestList_Times_BoundTheIndex(t *testing.T) {
	w := newFixture(t, dynamofake.Options{})
	at := w.clock.Now()
	for i := range 40 {
		w.create(w.record(fmt.Sprintf("r%02d", i), func(r *run.Run) { r.CreatedAt = at.Add(time.Duration(i) * time.Second) }))
	}
	q := run.Query{Limit: 100, CreatedAfter: at.Add(10 * time.Second), CreatedBefore: at.Add(14 * time.Second)}
	ids, next := w.list(q)
	if got := strings.Join(ids, " "); got != "r13 r12 r11 r10" || next != nil {
		t.Errorf("got %s, next %v", got, next)
	}
	if keys := keysRead(t, w.fake.Calls("BatchGetItem")); keys != 4 {
		t.Errorf("got %d records read, want 4", keys)
	}
	if condition, _ := w.conditions(); condition != "#shard = :shard AND #place BETWEEN :low AND :high" {
		t.Errorf("got condition %s", condition)
	}
	for name, q := range map[string]run.Query{
		"no time":   {CreatedAfter: at, CreatedBefore: at},
		"backwards": {CreatedAfter: at.Add(time.Hour), CreatedBefore: at},
		"behind":    {CreatedAfter: at.Add(time.Hour), After: &run.Position{CreatedAt: at, ID: "a"}},
	} {
		before := len(w.fake.Calls("Query"))
		q.Limit = 5
		if ids, next := w.list(q); ids != nil || next != nil || len(w.fake.Calls("Query")) != before {
			t.Errorf("%s: got %v, next %v, and %d queries", name, ids, next, len(w.fake.Calls("Query"))-before)
		}
	}
}

func TestList_Origin_ReadsOnePartition(t *testing.T) {
	w := newFixture(t, dynamofake.Options{})
	for i := range 30 {
		w.create(w.record(fmt.Sprintf("r%02d", i), func(r *run.Run) { r.Schedule = []string{"nightly", "hourly"}[i%2] }))
	}
	ids, next := w.list(run.Query{Origin: run.ScheduleOrigin("hourly"), Limit: 10})
	if len(ids) != 10 || next == nil {
		t.Fatalf("got %v, next %v", ids, next)
	}
	queries, keys := len(w.fake.Calls("Query")), keysRead(t, w.fake.Calls("BatchGetItem"))
	if queries != 1 || keys != 10 {
		t.Errorf("got %d queries and %d records read, want 1 and 10", queries, keys)
	}
	if _, values := w.conditions(); values[":shard"]["S"] != "schedule#hourly" {
		t.Errorf("got partition %v, want schedule#hourly", values[":shard"])
	}
}

func TestList_OriginOfALongName(t *testing.T) {
	w := newFixture(t, dynamofake.Options{})
	long := strings.Repeat("x", 5000)
	w.create(w.record("a", func(r *run.Run) { r.Schedule = long }))
	w.create(w.record("b", func(r *run.Run) { r.Schedule = long[1:] }))
	if ids, _ := w.list(run.Query{Origin: run.ScheduleOrigin(long), Limit: 5}); strings.Join(ids, " ") != "a" {
		t.Errorf("got %v, want a", ids)
	}
}

// A table that an earlier version made gets its index by an update, which takes as long as the table is large.
func TestList_OriginIndexNotReady_IsUnavailable(t *testing.T) {
	backfilling := newFixture(t, dynamofake.Options{Fault: always("Query", dynamofake.Backfilling)})
	missing := newFixture(t, dynamofake.Options{})
	in := dynamo.TableInput("earlier")
	for i, x := range in.GlobalSecondaryIndexes {
		if *x.IndexName == "origin" {
			in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes[:i], in.GlobalSecondaryIndexes[i+1:]...)
			break
		}
	}
	for i, a := range in.AttributeDefinitions {
		if *a.AttributeName == attr.Origin {
			in.AttributeDefinitions = append(in.AttributeDefinitions[:i], in.AttributeDefinitions[i+1:]...)
			break
		}
	}
	if _, err := missing.client.CreateTable(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	earlier := dynamo.NewStore(missing.client, dynamo.Table{Name: "earlier", Clock: missing.clock})
	for name, store := range map[string]*dynamo.Store{"backfilling": backfilling.store, "missing": earlier} {
		_, err := store.List(t.Context(), run.Query{Origin: run.ScheduleOrigin("nightly"), Limit: 5})
		if run.CodeOf(err) != run.CodeUnavailable || !strings.Contains(run.MessageOf(err), "index `origin`") {
			t.Errorf("%s: got %v, want unavailable, with a word on the index", name, err)
		}
	}
	if _, err := earlier.List(t.Context(), run.Query{Limit: 5}); err != nil {
		t.Errorf("other lists: got %v, want none", err)
	}
	if _, _, err := earlier.Create(t.Context(), missing.record("a", func(r *run.Run) { r.Schedule = "nightly" })); err != nil {
		t.Errorf("a record: got %v, want none", err)
	}
	_, err := backfilling.store.List(t.Context(), run.Query{Family: "sleep", Limit: 5})
	wantCode(t, err, run.CodeInternal)
}

// A record that was written since the index last heard of it is listed by what it is, and once.
func TestList_Open_WhileTheIndexLags(t *testing.T) {
	var before []dynamofake.Item
	w := newFixture(t, dynamofake.Options{Indexed: func(items []dynamofake.Item) []dynamofake.Item { return append(items, before...) }})
	moved := w.create(w.record("moved", func(r *run.Run) { r.SweepAt = w.clock.Now() }))
	ended := w.create(w.record("ended", func(r *run.Run) { r.SweepAt = w.clock.Now() }))
	before = w.fake.Items(tableName)
	moved.SweepAt = w.clock.Now().Add(time.Minute)
	w.update(moved)
	ended.Status, ended.SweepAt = run.Succeeded, time.Time{}
	w.update(ended)
	ids, next := w.list(run.Query{Open: true, Limit: 10})
	if strings.Join(ids, " ") != "moved" || next != nil {
		t.Errorf("got %v, next %v, want moved", ids, next)
	}
}

func TestList_Open_ReadsABoundedNumberOfRecords(t *testing.T) {
	var gone []dynamofake.Item
	w := newFixture(t, dynamofake.Options{Indexed: func(items []dynamofake.Item) []dynamofake.Item { return slices.Concat(gone, items) }})
	for i, it := range ghosts(1100, w.clock.Now()) {
		shard, place := fmt.Sprintf("open#%d", i%8), *it[attr.Place].S+"#999999999999"
		gone = append(gone, dynamofake.Item{attr.RunID: it[attr.RunID], attr.OpenShard: {S: &shard}, attr.OpenPlace: {S: &place}})
	}
	w.create(w.record("last", func(r *run.Run) { r.SweepAt = w.clock.Now().Add(time.Hour) }))
	ids, next := w.list(run.Query{Open: true, Limit: 20})
	if len(ids) != 0 || next == nil || next.SweepAt.IsZero() {
		t.Fatalf("got %v, next %v, want a place in the index", ids, next)
	}
	if keys := keysRead(t, w.fake.Calls("BatchGetItem")); keys != 1000 {
		t.Errorf("got %d records read, want 1000", keys)
	}
	if ids, next = w.list(run.Query{Open: true, Limit: 20, After: next}); strings.Join(ids, " ") != "last" || next != nil {
		t.Errorf("then got %v, next %v, want last", ids, next)
	}
}
