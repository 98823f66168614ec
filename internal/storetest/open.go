package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"davit/internal/run"
)

func openCases() []testCase {
	return []testCase{
		{"nothing", func(s *suite) { s.expectOpen("empty", 0) }},
		{"oldest first, up to what is due", testOpenOrder},
		{"appears, moves and disappears", testOpenMoves},
		{"pages", testOpenPages},
		{"a position need not be a record's", testOpenPosition},
		{"a refused update moves nothing", testOpenRefused},
	}
}

// sweepAt is the time that the sweep index's tests count from, in seconds.
func (s *suite) sweepAt(seconds int) time.Time {
	return s.Clock.Now().Add(time.Duration(seconds) * time.Second)
}

// openRecord is a record whose SweepAt lies so many seconds ahead.
func (s *suite) openRecord(n, seconds int) *run.Run {
	return s.record(n, func(r *run.Run) { r.SweepAt = s.sweepAt(seconds) })
}

// expectOpen walks all pages up to due seconds and expects these records, in this order.
func (s *suite) expectOpen(what string, due int, want ...int) {
	s.Helper()
	s.expectOpenAfter(what, due, nil, want...)
}

func (s *suite) expectOpenAfter(what string, due int, after *run.OpenPosition, want ...int) {
	s.Helper()
	for _, limit := range []int{1, 3, 100} {
		s.eventually(func(ctx context.Context) error {
			got, err := s.walkOpen(ctx, s.sweepAt(due), limit, after)
			if err != nil {
				return err
			}
			return expectIDs(fmt.Sprintf("%s, limit %d", what, limit), got, idsOf(want...))
		})
	}
}

func (s *suite) walkOpen(ctx context.Context, due time.Time, limit int, after *run.OpenPosition) ([]string, error) {
	var ids []string
	for range maxPages {
		page, err := s.Store.Open(ctx, due, limit, after)
		if err != nil {
			return nil, err
		}
		if len(page.IDs) > limit {
			return nil, fmt.Errorf("%d IDs in a page of %d", len(page.IDs), limit)
		}
		ids = append(ids, page.IDs...)
		if page.Next == nil {
			return ids, nil
		}
		after = page.Next
	}
	return nil, errors.New("the pages do not end")
}

func testOpenOrder(s *suite) {
	for n, seconds := range map[int]int{1: 30, 2: -3600, 3: 10, 4: 10, 5: 20, 6: 11} {
		s.create(s.openRecord(n, seconds))
	}
	s.create(s.record(7))
	s.expectOpen("all", 100, 2, 3, 4, 6, 5, 1)
	s.expectOpen("due is part of it", 11, 2, 3, 4, 6)
	s.expectOpen("before any but one", 9, 2)
	s.expectOpen("before all", -3601)
}

func testOpenMoves(s *suite) {
	r := s.create(s.record(1))
	s.create(s.openRecord(2, 50))
	s.expectOpen("not yet open", 100, 2)
	r.SweepAt = s.sweepAt(10)
	s.update(r)
	s.expectOpen("appeared", 100, 1, 2)
	r.SweepAt = s.sweepAt(60)
	s.update(r)
	s.expectOpen("moved", 100, 2, 1)
	s.expectOpen("no longer where it was", 55, 2)
	r.Status, r.Observations = run.Running, 5
	s.update(r)
	s.expectOpen("written without a move", 100, 2, 1)
	r.SweepAt = time.Time{}
	s.update(r)
	s.expectOpen("disappeared", 100, 2)
}

func testOpenPages(s *suite) {
	const records = 25
	var want []int
	for n := range records {
		s.create(s.openRecord(n, n/3))
		want = append(want, n)
	}
	s.expectOpen("all", 100, want...)
	s.expectOpen("up to 5", 5, want[:18]...)
}

func testOpenPosition(s *suite) {
	for n := range 4 {
		s.create(s.openRecord(n, 10*n))
	}
	s.create(s.openRecord(9, 10))
	for what, c := range map[string]struct {
		seconds, n int
		want       []int
	}{
		"a record's":        {10, 1, []int{9, 2, 3}},
		"between two":       {10, 4, []int{9, 2, 3}},
		"behind the second": {10, 9, []int{2, 3}},
		"before all":        {-1, 9, []int{0, 1, 9, 2, 3}},
		"the last":          {30, 3, nil},
	} {
		s.expectOpenAfter(what, 100, &run.OpenPosition{SweepAt: s.sweepAt(c.seconds), ID: idOf(c.n)}, c.want...)
	}
}

func testOpenRefused(s *suite) {
	r := s.create(s.openRecord(1, 10))
	stale := r.Clone()
	s.update(r)
	stale.SweepAt = time.Time{}
	if err := s.Store.Update(s.Context(), stale); !errors.Is(err, run.ErrConflict) {
		s.Fatalf("stale Update: %v, want ErrConflict", err)
	}
	s.expectOpen("still there", 100, 1)
}
