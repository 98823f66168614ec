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

// mixed is a store with 12 runs, a second apart, each of another kind.
func mixed(t *testing.T) *Reader {
	w := newFixture(t)
	for i := range 12 {
		r := newRun(1)
		r.ID, r.CreatedAt = keyID("c", fmt.Sprint(i)), after(time.Duration(i)*time.Second)
		r.Status = []Status{Running, Failed, Succeeded, Queued}[i%4]
		if r.Status == Failed {
			r.Class = []Class{ExitClass(1), ExitClass(137), OutOfMemory}[i/4]
		}
		if stopped := r.CreatedAt; r.Status.Terminal() {
			r.StoppedAt = &stopped
		}
		switch i / 3 {
		case 1:
			r.Schedule = "nightly"
		case 2:
			r.RerunOf = keyID("c", "0")
		}
		w.record(r)
	}
	return &Reader{Store: w.store}
}

func TestList_Filters(t *testing.T) {
	reader := mixed(t)
	times := map[string]string{}
	for i := range 12 {
		times[keyID("c", fmt.Sprint(i))] = fmt.Sprint(i)
	}
	at := func(i int) string { return after(time.Duration(i) * time.Second).Format(time.RFC3339Nano) }
	for name, c := range map[string]struct {
		q    ListRequest
		want string
	}{
		"several statuses":   {ListRequest{Status: "FAILED,QUEUED"}, "11 9 7 5 3 1"},
		"one twice":          {ListRequest{Status: "FAILED,FAILED"}, "9 5 1"},
		"a class":            {ListRequest{Class: "EXIT:137"}, "5"},
		"every exit code":    {ListRequest{Class: "EXIT:*"}, "5 1"},
		"another class":      {ListRequest{Class: "OUT_OF_MEMORY", Status: "FAILED"}, "9"},
		"from a time on":     {ListRequest{CreatedAfter: at(9)}, "11 10 9"},
		"before a time":      {ListRequest{CreatedBefore: at(2)}, "1 0"},
		"between two":        {ListRequest{CreatedAfter: at(2), CreatedBefore: at(4)}, "3 2"},
		"another offset":     {ListRequest{CreatedBefore: after(2 * time.Second).In(time.FixedZone("", 3600)).Format(time.RFC3339)}, "1 0"},
		"a schedule":         {ListRequest{Schedule: "nightly"}, "5 4 3"},
		"another schedule":   {ListRequest{Schedule: "hourly"}, ""},
		"reruns":             {ListRequest{RerunOf: keyID("c", "0")}, "8 7 6"},
		"failed of schedule": {ListRequest{Schedule: "nightly", Status: "FAILED"}, "5"},
	} {
		if got := listed12(t, reader, c.q, times); strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %v, want %s", name, got, c.want)
		}
	}
	for name, c := range map[string]struct {
		q    ListRequest
		want string
	}{
		"open":               {ListRequest{Open: true}, "0 3 4 7 8 11"},
		"open and queued":    {ListRequest{Open: true, Status: "QUEUED"}, "3 7 11"},
		"open of a schedule": {ListRequest{Open: true, Schedule: "nightly"}, "3 4"},
		"open and new":       {ListRequest{Open: true, CreatedAfter: at(8)}, "8 11"},
	} {
		got := listed12(t, reader, c.q, times)
		slices.SortFunc(got, func(a, b string) int { return len(a)*100 - len(b)*100 + strings.Compare(a, b) })
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %v, want %s", name, got, c.want)
		}
	}
}

// listed12 returns which runs of mixed are listed, with pages of two.
func listed12(t *testing.T, reader *Reader, q ListRequest, names map[string]string) (got []string) {
	t.Helper()
	q.Limit = 2
	for range 20 {
		page, err := reader.List(t.Context(), q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		for _, r := range page.Runs {
			got = append(got, names[r.ID])
		}
		if q.Cursor = page.NextCursor; q.Cursor == "" {
			return got
		}
	}
	t.Fatalf("%+v: the pages do not end", q)
	return nil
}

func TestListRefuses_NamesFieldAndWhatIsAllowed(t *testing.T) {
	reader := mixed(t)
	for name, c := range map[string]struct {
		q           ListRequest
		field, says string
	}{
		"an unknown status":         {ListRequest{Status: "RUNNING,DONE"}, "status", "SUBMITTED, QUEUED"},
		"an empty status":           {ListRequest{Status: "RUNNING,"}, "status", "separated by commas"},
		"a space":                   {ListRequest{Status: "RUNNING, FAILED"}, "status", "separated by commas"},
		"a status that is not open": {ListRequest{Status: "RUNNING,FAILED", Open: true}, "status", "SUBMITTED, QUEUED, LAUNCHING, PENDING, RUNNING, STOPPING"},
		"an unknown class":          {ListRequest{Class: "EXIT"}, "class", "OUT_OF_MEMORY"},
		"an exit code with a zero":  {ListRequest{Class: "EXIT:01"}, "class", "EXIT:*"},
		"no exit code":              {ListRequest{Class: "EXIT:"}, "class", "EXIT:*"},
		"a class of open runs":      {ListRequest{Class: "LOST", Open: true}, "class", "without open=true"},
		"a date":                    {ListRequest{CreatedAfter: "2026-11-30"}, "createdAfter", "RFC 3339"},
		"a plus that became space":  {ListRequest{CreatedBefore: "2026-11-30T02:00:00 01:00"}, "createdBefore", "%2B"},
		"the same time":             {ListRequest{CreatedAfter: "2026-11-30T02:00:00Z", CreatedBefore: "2026-11-30T03:00:00+01:00"}, "createdBefore", "later than createdAfter"},
		"two of five":               {ListRequest{Schedule: "a", RerunOf: keyID("c", "0")}, "schedule", "one of family, group, startedBy, schedule, rerunOf"},
		"no run's id":               {ListRequest{RerunOf: "k7dq"}, "rerunOf", "26 characters"},
		"a key and open":            {ListRequest{Key: "k", Open: true}, "key", "no other filter"},
		"a key and a time":          {ListRequest{Key: "k", CreatedAfter: "2026-11-30T02:00:00Z"}, "key", "no other filter"},
		"a key and a schedule":      {ListRequest{Key: "k", Schedule: "a"}, "key", "no other filter"},
	} {
		_, err := reader.List(t.Context(), c.q)
		found := ViolationsOf(err)
		switch {
		case len(found) != 1:
			t.Errorf("%s: got %v, want one violation", name, err)
		case found[0].Field != "query:"+c.field:
			t.Errorf("%s: got field %s, want %s", name, found[0].Field, c.field)
		case !strings.Contains(found[0].Detail, c.says):
			t.Errorf("%s: got %q, want one with %q", name, found[0].Detail, c.says)
		}
	}
}

func TestACursorIsBoundToEachFilter(t *testing.T) {
	reader := mixed(t)
	at, later := after(0).Format(time.RFC3339Nano), after(time.Hour).Format(time.RFC3339Nano)
	changes := map[string]func(*ListRequest){
		"class":         func(q *ListRequest) { q.Class = "LOST" },
		"open":          func(q *ListRequest) { q.Open = true },
		"createdAfter":  func(q *ListRequest) { q.CreatedAfter = at },
		"createdBefore": func(q *ListRequest) { q.CreatedBefore = later },
		"schedule":      func(q *ListRequest) { q.Schedule = "nightly" },
		"rerunOf":       func(q *ListRequest) { q.RerunOf = keyID("c", "0") },
		"statuses":      func(q *ListRequest) { q.Status = "RUNNING,QUEUED" },
	}
	for name, change := range changes {
		base := ListRequest{Caller: "a", Limit: 1}
		other := base
		change(&other)
		for what, pair := range map[string][2]ListRequest{"without": {base, other}, "with": {other, base}} {
			page, err := reader.List(t.Context(), pair[0])
			if err != nil || page.NextCursor == "" && name != "class" {
				t.Fatalf("%s: cursor %q, error %v", name, page.NextCursor, err)
			}
			pair[1].Cursor = page.NextCursor
			if _, err := reader.List(t.Context(), pair[1]); page.NextCursor != "" && CodeOf(err) != CodeInvalid {
				t.Errorf("a cursor %s %s: got %v, want a refusal", what, name, err)
			}
		}
	}
}

// Neither the order of statuses nor the spelling of a time is part of a filter.
func TestACursorTakesAnotherSpelling(t *testing.T) {
	reader := mixed(t)
	page, err := reader.List(t.Context(), ListRequest{Status: "RUNNING,QUEUED", CreatedAfter: "2020-01-01T00:00:00Z", Limit: 1})
	if err != nil || page.NextCursor == "" {
		t.Fatalf("cursor %q, error %v", page.NextCursor, err)
	}
	if _, err := reader.List(t.Context(), ListRequest{Status: "QUEUED,RUNNING", CreatedAfter: "2020-01-01T01:00:00.0+01:00", Cursor: page.NextCursor}); err != nil {
		t.Error(err)
	}
}

// The cursor is one of 0.1.0, whose filters were caller, status, family, group and startedBy.
func TestACursorOfAnEarlierVersionIsTaken(t *testing.T) {
	reader := mixed(t)
	cursor := fmt.Sprintf(`{"createdAt":%q,"runId":%q,"f":"b14896682b24e008"}`, after(6*time.Second).Format(time.RFC3339Nano), keyID("c", "6"))
	text := base64.RawURLEncoding.EncodeToString([]byte(cursor))
	page, err := reader.List(context.Background(), ListRequest{Caller: "a", Status: "RUNNING", Family: "job", Cursor: text})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Runs) != 2 {
		t.Errorf("got %d runs behind it, want 2", len(page.Runs))
	}
}
