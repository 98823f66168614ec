package run

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestGet(t *testing.T) {
	w := placed(t, 1)
	reader := &Reader{Store: w.store}
	if r, err := reader.Get(context.Background(), "anyone", testID); err != nil || r.ID != testID {
		t.Errorf("%v", err)
	}
	for _, id := range []string{"", "nonsense", "../etc", keyID("a", "b")} {
		if _, err := reader.Get(context.Background(), "anyone", id); CodeOf(err) != CodeNotFound {
			t.Errorf("%q: %v", id, err)
		}
	}
	w.store.fail = func(string) error { return &Error{Code: CodeThrottled} }
	if _, err := reader.Get(context.Background(), "anyone", testID); CodeOf(err) != CodeThrottled {
		t.Errorf("%v", err)
	}
}

// definitions is a store with 25 runs of family job, a second apart.
func definitions(t *testing.T) *Reader {
	w := newFixture(t)
	for i := range 25 {
		r := newRun(1)
		r.ID, r.CreatedAt = keyID("c", fmt.Sprint(i)), after(time.Duration(i)*time.Second)
		w.record(r)
	}
	return &Reader{Store: w.store}
}

func TestListPages(t *testing.T) {
	reader := definitions(t)
	q := ListRequest{Caller: "a", Limit: 10, Family: "job"}
	var sizes []int
	var times []time.Time
	for {
		page, err := reader.List(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(page.Runs))
		for _, r := range page.Runs {
			times = append(times, r.CreatedAt)
		}
		if q.Cursor = page.NextCursor; q.Cursor == "" {
			break
		}
	}
	if !slices.Equal(sizes, []int{10, 10, 5}) || !slices.IsSortedFunc(times, func(a, b time.Time) int { return b.Compare(a) }) {
		t.Errorf("%v %v", sizes, times)
	}
	if page, err := reader.List(context.Background(), ListRequest{}); err != nil || len(page.Runs) != 20 {
		t.Errorf("20 by default: %d %v", len(page.Runs), err)
	}
}

func TestListRefuses(t *testing.T) {
	reader := definitions(t)
	for _, c := range []struct {
		q    ListRequest
		want []string
	}{
		{ListRequest{Status: "DONE"}, []string{"query:status DV-12"}},
		{ListRequest{Status: "succeeded"}, []string{"query:status DV-12"}},
		{ListRequest{Family: "a", Group: "b"}, []string{"query:family DV-12"}},
		{ListRequest{Group: "b", StartedBy: "c"}, []string{"query:group DV-12"}},
		{ListRequest{Limit: 101}, []string{"query:limit DV-12"}},
		{ListRequest{Limit: -1}, []string{"query:limit DV-12"}},
		{ListRequest{Status: "X", Family: "a", Group: "b", Limit: 1000}, []string{"query:status DV-12", "query:family DV-12", "query:limit DV-12"}},
		{ListRequest{Cursor: "%%%"}, []string{"query:cursor DV-11"}},
		{ListRequest{Limit: 100, Status: "RUNNING", Family: "x"}, nil},
	} {
		_, err := reader.List(context.Background(), c.q)
		switch got := faults(ViolationsOf(err)); {
		case !slices.Equal(got, c.want):
			t.Errorf("got is %v, want %v", got, c.want)
		case (err != nil) != (c.want != nil):
			t.Errorf("(err != nil) is %v, want %v", (err != nil), (c.want != nil))
		}
	}
}

func TestACursorIsBoundToItsFilters(t *testing.T) {
	reader := definitions(t)
	q := ListRequest{Caller: "a", Limit: 5}
	page, err := reader.List(context.Background(), q)
	if err != nil || page.NextCursor == "" {
		t.Fatal(err)
	}
	try := func(q ListRequest) error {
		_, err := reader.List(context.Background(), q)
		return err
	}
	q.Cursor = page.NextCursor
	if err := try(q); err != nil {
		t.Errorf("%v", err)
	}
	q.Limit = 7
	if err := try(q); err != nil {
		t.Errorf("another limit: %v", err)
	}
	for _, change := range []func(*ListRequest){
		func(q *ListRequest) { q.Caller = "b" }, func(q *ListRequest) { q.Status = "RUNNING" }, func(q *ListRequest) { q.Family = "job" },
		func(q *ListRequest) { q.Group = "g" }, func(q *ListRequest) { q.StartedBy = "s" },
	} {
		other := q
		change(&other)
		switch err := try(other); {
		case CodeOf(err) != CodeInvalid:
			t.Errorf("CodeOf(err) is %v, want %v", CodeOf(err), CodeInvalid)
		case ViolationsOf(err)[0].Rule != RuleCursor:
			t.Error("ViolationsOf(err)[0].Rule is not RuleCursor")
		}
	}
}

func TestTamperedCursors(t *testing.T) {
	reader := definitions(t)
	page, err := reader.List(context.Background(), ListRequest{Limit: 5})
	if err != nil {
		t.Fatal(err)
	}
	text, err := base64.RawURLEncoding.DecodeString(page.NextCursor)
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	for _, bad := range []string{
		"x", page.NextCursor + "=", page.NextCursor[1:], page.NextCursor[:20], encode([]byte("{}")), encode([]byte("null")), encode([]byte("[]")), encode([]byte(`"x"`)),
		encode([]byte(strings.Replace(string(text), `"f":"`, `"f":"0`, 1))),
		encode([]byte(strings.Replace(string(text), `"runId":"`, `"runId":"-`, 1))),
		encode([]byte(strings.Replace(string(text), `2026`, `20x6`, 1))),
		encode(append(text, 'x')),
	} {
		if _, err := reader.List(context.Background(), ListRequest{Limit: 5, Cursor: bad}); CodeOf(err) != CodeInvalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestList_Key_IsTheCallersOwnRun(t *testing.T) {
	w := newFixture(t)
	id := w.submit(ask("month-end", `{"taskDefinition":"job","cluster":"jobs"}`)).Run.ID
	reader := &Reader{Store: w.store}
	for name, c := range map[string]struct{ caller, key, want string }{
		"the caller's":     {"role/a", "month-end", id},
		"another caller's": {"role/b", "month-end", ""},
		"another key":      {"role/a", "month", ""},
	} {
		list, err := reader.List(t.Context(), ListRequest{Caller: c.caller, Key: c.key})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := ""
		for _, r := range list.Runs {
			got += r.ID
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	for name, q := range map[string]ListRequest{"status": {Key: "a", Status: "FAILED"}, "family": {Key: "a", Family: "b"}, "cursor": {Key: "a", Cursor: "c"}} {
		if _, err := reader.List(t.Context(), q); err == nil || !strings.Contains(fmt.Sprint(err), "invalid") {
			t.Errorf("with %s: error %v, want a refusal", name, err)
		}
	}
}
