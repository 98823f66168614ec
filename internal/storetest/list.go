package storetest

import (
	"context"
	"fmt"
	"time"

	"davit/internal/run"
)

func listCases() []testCase {
	return []testCase{
		{"nothing", func(s *suite) { s.expectList("empty", run.Query{}) }},
		{"newest first, equal times by ID", testListOrder},
		{"times a millisecond and decades apart", testListTimes},
		{"filters", testListFilters},
		{"filters follow updates", testListAfterUpdate},
		{"names that begin alike", testListPrefixes},
		{"records are whole", testListWhole},
	}
}

// expectList walks all pages of q and expects these records, in this order.
func (s *suite) expectList(what string, q run.Query, want ...int) {
	s.Helper()
	for _, limit := range []int{100, 1} {
		q.Limit = limit
		s.eventually(func(ctx context.Context) error {
			got, err := s.walk(ctx, q)
			if err != nil {
				return err
			}
			return expectIDs(fmt.Sprintf("%s, limit %d", what, limit), got, idsOf(want...))
		})
	}
}

func idsOf(numbers ...int) []string {
	ids := make([]string, len(numbers))
	for i, n := range numbers {
		ids[i] = idOf(n)
	}
	return ids
}

func testListOrder(s *suite) {
	at := s.Clock.Now()
	for _, r := range []struct {
		n, seconds int
	}{{5, 1}, {1, 3}, {4, 2}, {2, 2}, {3, 2}, {6, -9}} {
		s.create(s.record(r.n, func(c *run.Run) { c.CreatedAt = at.Add(time.Duration(r.seconds) * time.Second) }))
	}
	for what, q := range map[string]run.Query{"all": {}, "family": {Family: "sleep"}} {
		s.expectList(what, q, 1, 4, 3, 2, 5, 6)
	}
}

func testListTimes(s *suite) {
	for n, after := range []time.Duration{0, time.Millisecond, 999 * time.Millisecond, time.Second, time.Hour, 40 * 365 * 24 * time.Hour} {
		s.create(s.record(9-n, func(r *run.Run) { r.CreatedAt = s.Clock.Now().Add(after) }))
	}
	s.expectList("all", run.Query{}, 4, 5, 6, 7, 8, 9)
}

func testListFilters(s *suite) {
	for n := range 24 {
		s.create(s.record(n, func(r *run.Run) {
			r.Owner = []string{"ann", "bob"}[n%2]
			r.Status = []run.Status{run.Running, run.Failed, run.Succeeded}[n/2%3]
			r.Family = []string{"one", "two"}[n/6%2]
			r.Group = []string{"", "g"}[n/12]
			r.StartedBy = []string{"me", ""}[n/12]
		}))
	}
	for what, c := range map[string]struct {
		q    run.Query
		want []int
	}{
		"owner":               {run.Query{Owner: "bob"}, []int{23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1}},
		"status":              {run.Query{Statuses: []run.Status{run.Failed}}, []int{21, 20, 15, 14, 9, 8, 3, 2}},
		"family":              {run.Query{Family: "two"}, []int{23, 22, 21, 20, 19, 18, 11, 10, 9, 8, 7, 6}},
		"group":               {run.Query{Group: "g"}, []int{23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12}},
		"startedBy":           {run.Query{StartedBy: "me"}, []int{11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}},
		"family+status":       {run.Query{Family: "one", Statuses: []run.Status{run.Running}}, []int{13, 12, 1, 0}},
		"group+status":        {run.Query{Group: "g", Statuses: []run.Status{run.Succeeded}}, []int{23, 22, 17, 16}},
		"startedBy+status":    {run.Query{StartedBy: "me", Statuses: []run.Status{run.Succeeded}}, []int{11, 10, 5, 4}},
		"owner+family+status": {run.Query{Owner: "ann", Family: "two", Statuses: []run.Status{run.Failed}}, []int{20, 8}},
		"owner+group":         {run.Query{Owner: "ann", Group: "g"}, []int{22, 20, 18, 16, 14, 12}},
		"unknown owner":       {run.Query{Owner: "eve"}, nil},
		"unknown status":      {run.Query{Statuses: []run.Status{run.Lost}}, nil},
		"unknown family":      {run.Query{Family: "three"}, nil},
		"unknown group":       {run.Query{Group: "G"}, nil},
		"unknown caller's":    {run.Query{StartedBy: "m"}, nil},
	} {
		s.expectList(what, c.q, c.want...)
	}
}

func testListAfterUpdate(s *suite) {
	r := s.create(s.record(1))
	s.create(s.record(2))
	r.Status = run.Running
	s.update(r)
	s.expectList("the new status", run.Query{Statuses: []run.Status{run.Running}}, 1)
	s.expectList("the old status", run.Query{Statuses: []run.Status{run.Submitted}, Family: "sleep"}, 2)
}

func testListPrefixes(s *suite) {
	for n, name := range []string{"a", "aa", "a\x00", "b", "A"} {
		s.create(s.record(n, func(r *run.Run) { r.Family, r.Group, r.StartedBy = name, name, name }))
	}
	s.expectList("family", run.Query{Family: "a"}, 0)
	s.expectList("group", run.Query{Group: "a"}, 0)
	s.expectList("startedBy", run.Query{StartedBy: "aa"}, 1)
}

func testListWhole(s *suite) {
	r := s.filled()
	s.create(r)
	s.eventually(func(ctx context.Context) error {
		page, err := s.Store.List(ctx, run.Query{Limit: 1})
		if err != nil {
			return err
		}
		if len(page.Runs) != 1 {
			return fmt.Errorf("%d records listed, want 1", len(page.Runs))
		}
		if diff := Diff(r, page.Runs[0]); diff != "" {
			return fmt.Errorf("-want +got\n%s", diff)
		}
		return nil
	})
}
