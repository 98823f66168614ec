package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"davit/internal/run"
)

func filterCases() []testCase {
	return []testCase{
		{"several statuses", testFilterStatuses},
		{"classes", testFilterClasses},
		{"creation times", testFilterTimes},
		{"creation times of every index", testFilterTimesOfIndexes},
		{"origins", testFilterOrigins},
		{"open", testFilterOpen},
		{"open in pages", testFilterOpenPages},
		{"open, while records move", testFilterOpenMoves},
	}
}

func testFilterStatuses(s *suite) {
	for n, status := range []run.Status{run.Running, run.Failed, run.Lost, run.Succeeded, run.Failed, run.Stopped} {
		s.create(s.record(n, func(r *run.Run) { r.Status = status }))
	}
	s.expectList("two", run.Query{Statuses: []run.Status{run.Failed, run.Lost}}, 4, 2, 1)
	s.expectList("one of them is nobody's", run.Query{Statuses: []run.Status{run.Skipped, run.Stopped}}, 5)
	s.expectList("of a family", run.Query{Family: "sleep", Statuses: []run.Status{run.Running, run.Succeeded}}, 3, 0)
}

func testFilterClasses(s *suite) {
	for n, class := range []run.Class{"", run.ExitClass(1), run.ExitClass(10), run.OutOfMemory, run.ExitClass(1), run.Interrupted} {
		s.create(s.record(n, func(r *run.Run) { r.Class, r.Status = class, run.Failed }))
	}
	s.expectList("one", run.Query{Class: run.ExitClass(1)}, 4, 1)
	s.expectList("any exit code", run.Query{Class: run.AnyExit}, 4, 2, 1)
	s.expectList("no exit code", run.Query{Class: run.OutOfMemory, Family: "sleep"}, 3)
	s.expectList("nobody's", run.Query{Class: run.ClassLost})
	s.expectList("another family's", run.Query{Class: run.OutOfMemory, Family: "one"})
}

// between is a Query for what was created from one second on, and before another; -99 is no bound.
func (s *suite) between(q run.Query, from, to int) run.Query {
	at := s.Clock.Now()
	if from != -99 {
		q.CreatedAfter = at.Add(time.Duration(from) * time.Second)
	}
	if to != -99 {
		q.CreatedBefore = at.Add(time.Duration(to) * time.Second)
	}
	return q
}

func testFilterTimes(s *suite) {
	for n := range 10 {
		s.create(s.record(n))
	}
	s.create(s.record(20, func(r *run.Run) { r.CreatedAt = s.Clock.Now().Add(5 * time.Second) }))
	for what, c := range map[string]struct {
		from, to int
		want     []int
	}{
		"from one on":        {7, -99, []int{9, 8, 7}},
		"before one":         {-99, 3, []int{2, 1, 0}},
		"between":            {3, 6, []int{20, 5, 4, 3}},
		"one second":         {5, 6, []int{20, 5}},
		"nothing":            {5, 5, nil},
		"the wrong way":      {8, 2, nil},
		"all":                {-1, 100, []int{9, 8, 7, 6, 20, 5, 4, 3, 2, 1, 0}},
		"newer than all":     {10, -99, nil},
		"older than all":     {-99, 0, nil},
		"far from any other": {-1000, -500, nil},
	} {
		s.expectList(what, s.between(run.Query{}, c.from, c.to), c.want...)
	}
	after := s.between(run.Query{}, 2, 8)
	after.After = &run.Position{CreatedAt: s.record(5).CreatedAt, ID: idOf(20)}
	s.expectList("behind a position", after, 5, 4, 3, 2)
	after.After = &run.Position{CreatedAt: s.record(50).CreatedAt, ID: idOf(50)}
	s.expectList("a position above the bound", after, 7, 6, 20, 5, 4, 3, 2)
	after.After = &run.Position{CreatedAt: s.record(1).CreatedAt, ID: idOf(1)}
	s.expectList("a position below the bound", after)
	after.After = &run.Position{CreatedAt: s.record(2).CreatedAt, ID: idOf(2)}
	s.expectList("a position at the bound", after)
}

func testFilterTimesOfIndexes(s *suite) {
	for n := range 12 {
		s.create(s.record(n, func(r *run.Run) {
			r.Family, r.Group, r.StartedBy = "two", "g", "me"
			if r.Schedule = "nightly"; n%2 == 0 {
				r.Family, r.Group, r.StartedBy, r.Schedule = "one", "", "", ""
			}
			if n%3 == 0 {
				r.Status = run.Failed
			}
		}))
	}
	for what, q := range map[string]run.Query{
		"family": {Family: "two"}, "group": {Group: "g"}, "startedBy": {StartedBy: "me"}, "origin": {Origin: run.ScheduleOrigin("nightly")},
	} {
		s.expectList(what, s.between(q, 3, 8), 7, 5, 3)
		q.Statuses = []run.Status{run.Failed}
		s.expectList(what+" and status", s.between(q, 3, 10), 9, 3)
	}
}

func testFilterOrigins(s *suite) {
	for n := range 8 {
		s.create(s.record(n, func(r *run.Run) {
			r.Schedule, r.RerunOf = []string{"nightly", "", "night", ""}[n%4], []string{"", idOf(90), "", idOf(91)}[n%4]
		}))
	}
	r := s.create(s.record(9, func(r *run.Run) { r.Schedule = "nightly" }))
	r.Status = run.Running
	s.update(r)
	s.create(s.record(10, func(r *run.Run) { r.Schedule = "nightly#0 ü" }))
	for what, c := range map[string]struct {
		origin string
		want   []int
	}{
		"a schedule":              {run.ScheduleOrigin("nightly"), []int{9, 4, 0}},
		"one with a like name":    {run.ScheduleOrigin("night"), []int{6, 2}},
		"one with an odd name":    {run.ScheduleOrigin("nightly#0 ü"), []int{10}},
		"reruns":                  {run.RerunOrigin(idOf(90)), []int{5, 1}},
		"reruns of another":       {run.RerunOrigin(idOf(91)), []int{7, 3}},
		"a schedule named as one": {run.ScheduleOrigin(idOf(90)), nil},
		"an unknown one":          {run.ScheduleOrigin("hourly"), nil},
	} {
		s.expectList(what, run.Query{Origin: c.origin}, c.want...)
	}
	s.expectList("with an owner", run.Query{Origin: run.ScheduleOrigin("nightly"), Owner: "somebody"}, 9, 4, 0)
	s.expectList("with another owner", run.Query{Origin: run.ScheduleOrigin("nightly"), Owner: "eve"})
	s.expectList("with a status", run.Query{Origin: run.ScheduleOrigin("nightly"), Statuses: []run.Status{run.Running}}, 9)
}

// expectRunning walks all pages of q for open runs and expects these records, in any order.
func (s *suite) expectRunning(what string, q run.Query, want ...int) {
	s.Helper()
	q.Open = true
	for _, limit := range []int{100, 1, 3} {
		q.Limit = limit
		s.eventually(func(ctx context.Context) error {
			got, err := s.walkRunning(ctx, q)
			slices.Sort(got)
			if err != nil {
				return err
			}
			return expectIDs(fmt.Sprintf("%s, limit %d", what, limit), got, idsOf(want...))
		})
	}
}

func (s *suite) walkRunning(ctx context.Context, q run.Query) (ids []string, err error) {
	for range maxPages {
		page, err := s.Store.List(ctx, q)
		if err != nil {
			return nil, err
		}
		if len(page.Runs) > q.Limit {
			return nil, fmt.Errorf("%d records in a page of %d", len(page.Runs), q.Limit)
		}
		for _, r := range page.Runs {
			ids = append(ids, r.ID)
		}
		if q.After = page.Next; q.After == nil {
			return ids, nil
		}
	}
	return nil, errors.New("the pages do not end")
}

func testFilterOpen(s *suite) {
	for n := range 8 {
		s.create(s.openRecord(n, 100-10*n))
	}
	s.create(s.record(8)) // not in the index
	over := s.create(s.openRecord(9, 5))
	over.Status = run.Failed // and what is left of it is watched
	s.update(over)
	s.create(s.record(10, func(r *run.Run) {
		r.SweepAt, r.Family, r.Owner, r.Status, r.Schedule = s.sweepAt(-3600), "other", "bob", run.Queued, "nightly"
	}))
	s.create(s.record(11, func(r *run.Run) { r.SweepAt = s.sweepAt(40 * 365 * 86400) }))
	s.expectRunning("all", run.Query{}, 0, 1, 2, 3, 4, 5, 6, 7, 10, 11)
	s.expectRunning("owner", run.Query{Owner: "bob"}, 10)
	s.expectRunning("status", run.Query{Statuses: []run.Status{run.Queued, run.Running}}, 10)
	s.expectRunning("family", run.Query{Family: "sleep"}, 0, 1, 2, 3, 4, 5, 6, 7, 11)
	s.expectRunning("origin", run.Query{Origin: run.ScheduleOrigin("nightly")}, 10)
	s.expectRunning("times", s.between(run.Query{}, 2, 5), 2, 3, 4)
	s.expectRunning("nothing", run.Query{Owner: "eve"})
}

func testFilterOpenPages(s *suite) {
	const records = 25
	var want []int
	for n := range records {
		s.create(s.openRecord(n, n/3))
		want = append(want, n)
	}
	s.expectRunning("all", run.Query{}, want...)
}

// A record that moves is listed once in a page, and is not lost while it stays open.
func testFilterOpenMoves(s *suite) {
	r := s.create(s.openRecord(1, 10))
	s.create(s.openRecord(2, 20))
	r.SweepAt = s.sweepAt(30)
	s.update(r)
	s.expectRunning("moved", run.Query{}, 1, 2)
	r.Status, r.SweepAt = run.Succeeded, time.Time{}
	s.update(r)
	s.expectRunning("ended", run.Query{}, 2)
}
