package dynamo_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"davit/internal/dynamo"
	"davit/internal/dynamo/dynamofake"
	"davit/internal/run"
	"davit/internal/storetest"
)

// bothServers runs a test against a server that tells the item which refused a put, and one that does not. The bubble makes the
// pauses between tries virtual.
func bothServers(t *testing.T, options dynamofake.Options, test func(w *fixture)) {
	t.Helper()
	for name, hidden := range map[string]bool{"refusals tell the item": false, "refusals do not": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				options.NoOldItem = func(int) bool { return hidden }
				test(newFixture(t, options))
			})
		})
	}
}

func TestCreateRepeatedIsOneRecord(t *testing.T) {
	for name, fault := range map[string]dynamofake.Fault{
		"the reply was lost":   dynamofake.LostReply,
		"the request was lost": dynamofake.LostRequest, "a 500": dynamofake.ServerError, "a throttle": dynamofake.Throttled,
	} {
		t.Run(name, func(t *testing.T) {
			bothServers(t, dynamofake.Options{Fault: first("PutItem", fault)}, func(w *fixture) {
				r := w.record("a")
				stored := w.create(r)
				if r.Version != 1 || stored.Version != 1 {
					w.Errorf("versions %d and %d, want 1", r.Version, stored.Version)
				}
				if diff := storetest.Diff(stored, w.get("a")); diff != "" {
					w.Errorf("-answered +stored\n%s", diff)
				}
				if calls := w.fake.Calls("PutItem"); len(calls) != 2 {
					w.Errorf("%d puts, want 2", len(calls))
				}
			})
		})
	}
}

func TestUpdateRepeatedIsOneWrite(t *testing.T) {
	faults := func(op string, n int) dynamofake.Fault {
		if op == "PutItem" && (n == 2 || n == 3) {
			return dynamofake.LostReply
		}
		return dynamofake.None
	}
	bothServers(t, dynamofake.Options{Fault: faults}, func(w *fixture) {
		r := w.create(w.record("a"))
		r.Observations = 7
		w.update(r)
		if got := w.get("a"); r.Version != 2 || got.Version != 2 || got.Observations != 7 {
			w.Errorf("version %d, stored %d with %d turns", r.Version, got.Version, got.Observations)
		}
		w.update(r)
	})
}

// meanwhile lets another writer change the record after the n-th put, whose reply is lost.
func meanwhile(t *testing.T, n int, test func(w *fixture)) {
	t.Helper()
	var w *fixture
	busy := false
	options := dynamofake.Options{Fault: func(op string, call int) dynamofake.Fault {
		switch {
		case op != "PutItem" || busy || call < n:
			return dynamofake.None
		case call == n:
			return dynamofake.LostReply
		}
		busy = true
		other := w.get("a")
		other.Observations = 99
		w.update(other)
		return dynamofake.None
	}}
	synctest.Test(t, func(t *testing.T) {
		w = newFixture(t, options)
		test(w)
	})
}

func TestLostReplyThenAnotherWriter(t *testing.T) {
	t.Run("create answers the changed record", func(t *testing.T) {
		meanwhile(t, 1, func(w *fixture) {
			r := w.record("a")
			stored, created, err := w.store.Create(w.Context(), r)
			switch {
			case err != nil:
				w.Errorf("error %v", err)
			case created:
				w.Error("created is true, want false")
			case stored.Observations != 99:
				w.Errorf("stored.Observations is %v, want 99", stored.Observations)
			case stored.Version != 2:
				w.Errorf("stored.Version is %v, want 2", stored.Version)
			case r.Version != 0:
				w.Errorf("r.Version is %v, want 0", r.Version)
			}
		})
	})
	t.Run("update conflicts", func(t *testing.T) {
		meanwhile(t, 2, func(w *fixture) {
			r := w.create(w.record("a"))
			if err := w.store.Update(w.Context(), r); !errors.Is(err, run.ErrConflict) || r.Version != 1 {
				w.Errorf("error %v, version %d", err, r.Version)
			}
			if got := w.get("a"); got.Version != 3 || got.Observations != 99 {
				w.Errorf("version %d with %d turns", got.Version, got.Observations)
			}
		})
	})
}

func TestWriteErrors(t *testing.T) {
	lost := func(rest dynamofake.Fault) func(string, int) dynamofake.Fault {
		return func(op string, n int) dynamofake.Fault {
			if op != "PutItem" {
				return dynamofake.None
			}
			if n == 1 {
				return dynamofake.LostRequest
			}
			return rest
		}
	}
	for name, c := range map[string]struct {
		fault func(string, int) dynamofake.Fault
		want  run.Code
		puts  int
	}{
		"throttled":                        {always("PutItem", dynamofake.Throttled), run.CodeThrottled, 5},
		"throttled by the account's limit": {always("PutItem", dynamofake.RequestLimit), run.CodeThrottled, 5},
		"throttled by its newer name":      {always("PutItem", dynamofake.Throttling), run.CodeThrottled, 5},
		"lost, then throttled":             {lost(dynamofake.Throttled), run.CodeUnavailable, 5},
		"a 500":                            {always("PutItem", dynamofake.ServerError), run.CodeUnavailable, 5},
		"lost":                             {always("PutItem", dynamofake.LostRequest), run.CodeUnavailable, 5},
		"denied":                           {always("PutItem", dynamofake.Denied), run.CodeUnavailable, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newFixture(t, dynamofake.Options{Fault: c.fault})
				r := w.record("a")
				begun := time.Now()
				_, created, err := w.store.Create(t.Context(), r)
				wantCode(t, err, c.want)
				if created || r.Version != 0 || len(w.fake.Items(tableName)) != 0 {
					t.Errorf("created %v, version %d, items %v", created, r.Version, w.fake.Items(tableName))
				}
				if puts := len(w.fake.Calls("PutItem")); puts != c.puts {
					t.Errorf("%d puts, want %d", puts, c.puts)
				}
				if took := time.Since(begun); took > time.Second {
					t.Errorf("the pauses took %v", took)
				}
			})
		})
	}
}

func TestUpdateErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fault := dynamofake.None
		w := newFixture(t, dynamofake.Options{Fault: func(string, int) dynamofake.Fault { return fault }})
		r := w.create(w.record("a"))
		for f, want := range map[dynamofake.Fault]run.Code{
			dynamofake.Throttled: run.CodeThrottled, dynamofake.ServerError: run.CodeUnavailable, dynamofake.LostRequest: run.CodeUnavailable,
		} {
			fault = f
			wantCode(t, w.store.Update(t.Context(), r), want)
		}
		fault = dynamofake.None
		if got := w.get("a"); r.Version != 1 || got.Version != 1 {
			t.Errorf("version %d, stored %d", r.Version, got.Version)
		}
	})
}

// The put of a create is refused by an item that expired or was removed before it could be read.
func TestCreateWhenWhatStoodThereIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w *fixture
		w = newFixture(t, dynamofake.Options{
			NoOldItem: func(int) bool { return true },
			Fault: func(op string, _ int) dynamofake.Fault {
				if op == "GetItem" {
					w.fake.Set(tableName, "a", nil)
				}
				return dynamofake.None
			},
		})
		w.create(w.record("a"))
		second := w.create(w.record("a", func(r *run.Run) { r.Owner = "another" }))
		if puts := len(w.fake.Calls("PutItem")); second.Owner != "another" || puts != 3 {
			t.Errorf("owner %s after %d puts", second.Owner, puts)
		}
	})
}

func TestCreateGivesUpOnARecordThatComesAndGoes(t *testing.T) {
	var w *fixture
	var there dynamofake.Item
	w = newFixture(t, dynamofake.Options{
		NoOldItem: func(int) bool { return true },
		Fault: func(op string, _ int) dynamofake.Fault {
			if op == "PutItem" && there != nil {
				w.fake.Set(tableName, "a", there)
			}
			if op == "GetItem" {
				w.fake.Set(tableName, "a", nil)
			}
			return dynamofake.None
		},
	})
	w.create(w.record("a"))
	there = w.fake.Items(tableName)[0]
	_, created, err := w.store.Create(t.Context(), w.record("a"))
	wantCode(t, err, run.CodeThrottled)
	if puts := len(w.fake.Calls("PutItem")); created || puts != 4 {
		t.Errorf("created %v after %d puts", created, puts)
	}
}

// noise is JSON text of about n bytes that does not get smaller by much.
func noise(n int) json.RawMessage {
	var b strings.Builder
	seed := uint64(1)
	for b.Len() < n {
		seed = seed*6364136223846793005 + 1442695040888963407
		b.WriteByte(" !#$%'()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~"[seed>>33%89])
	}
	text, _ := json.Marshal(b.String()) // a string always encodes
	return text
}

func TestRecordTooLarge(t *testing.T) {
	w := newFixture(t, dynamofake.Options{})
	fits, over := noise(350_000), noise(380_000)
	_, created, err := w.store.Create(t.Context(), w.record("a", func(r *run.Run) { r.Request = over }))
	wantCode(t, err, run.CodeTooLarge)
	if created || len(w.fake.Calls("PutItem")) != 0 {
		t.Error("an item over the limit was sent")
	}
	r := w.create(w.record("a", func(r *run.Run) { r.Request = fits }))
	if size := w.fake.Items(tableName)[0].Size(); size < 280_000 || size > 300_000 {
		t.Errorf("an item of %d bytes", size)
	}
	r.Request = over
	err = w.store.Update(t.Context(), r)
	wantCode(t, err, run.CodeTooLarge)
	if r.Version != 1 || !strings.Contains(run.MessageOf(err), "allowed: 300000") {
		t.Errorf("version %d, message %q", r.Version, run.MessageOf(err))
	}
}

func TestRecordTooLargeBeforeCompression(t *testing.T) {
	if raceDetector {
		t.Skip("17 MB of JSON take the race detector seconds")
	}
	w := newFixture(t, dynamofake.Options{})
	_, _, err := w.store.Create(t.Context(), w.record("a", func(r *run.Run) {
		r.Request = json.RawMessage(`"` + strings.Repeat("x", 17<<20) + `"`)
	}))
	wantCode(t, err, run.CodeTooLarge)
}

func TestRecordThatCannotBeStored(t *testing.T) {
	w := newFixture(t, dynamofake.Options{})
	for name, r := range map[string]*run.Run{
		"no ID":            w.record(""),
		"an endless ID":    w.record(strings.Repeat("a", 129)),
		"what is not JSON": w.record("a", func(r *run.Run) { r.Request = json.RawMessage("{") }),
		"no year of ours":  w.record("a", func(r *run.Run) { r.CreatedAt = time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC) }),
	} {
		_, _, err := w.store.Create(t.Context(), r)
		t.Log(name)
		wantCode(t, err, run.CodeInternal)
	}
	if len(w.fake.Calls("PutItem")) != 0 {
		t.Error("it was sent")
	}
}

func TestTableThatIsNotThere(t *testing.T) {
	w := newFixture(t, dynamofake.Options{})
	store := dynamo.NewStore(w.client, dynamo.Table{Name: "another"})
	_, _, err := store.Create(t.Context(), w.record("a"))
	wantCode(t, err, run.CodeUnavailable)
	_, err = store.Get(t.Context(), "a")
	wantCode(t, err, run.CodeUnavailable)
	_, err = store.List(t.Context(), run.Query{Limit: 1})
	wantCode(t, err, run.CodeUnavailable)
}
