package storetest

import (
	"context"
	"errors"
	"fmt"

	"davit/internal/run"
)

func pageCases() []testCase {
	return []testCase{
		{"250 records while others are created", testPagesInterleaved},
		{"a rare status", testPagesRareStatus},
		{"a position need not be a record's", testPagesPosition},
	}
}

// maxPages ends a walk that does not end by itself.
const maxPages = 1000

// walk reads all pages of q and answers the IDs.
func (s *suite) walk(ctx context.Context, q run.Query) ([]string, error) {
	var ids []string
	err := s.eachPage(ctx, q, func(page run.Page) error {
		for _, r := range page.Runs {
			ids = append(ids, r.ID)
		}
		return nil
	})
	return ids, err
}

// eachPage reads all pages of q, and checks what every page has to be.
func (s *suite) eachPage(ctx context.Context, q run.Query, see func(run.Page) error) error {
	for range maxPages {
		page, err := s.Store.List(ctx, q)
		if err != nil {
			return err
		}
		if err := sound(q, page); err != nil {
			return err
		}
		if err := see(page); err != nil || page.Next == nil {
			return err
		}
		q.After = page.Next
	}
	return errors.New("the pages do not end")
}

// sound checks a page's size, its order, and that every place lies behind the one before.
func sound(q run.Query, page run.Page) error {
	if len(page.Runs) > q.Limit {
		return fmt.Errorf("%d records in a page of %d", len(page.Runs), q.Limit)
	}
	last := q.After
	for _, r := range page.Runs {
		at := &run.Position{CreatedAt: r.CreatedAt, ID: r.ID}
		if last != nil && !behind(at, last) {
			return fmt.Errorf("%v does not come after %v", *at, *last)
		}
		last = at
	}
	if page.Next != nil && last != nil && behind(last, page.Next) {
		return fmt.Errorf("next %v lies before the last record %v", *page.Next, *last)
	}
	if page.Next != nil && q.After != nil && !behind(page.Next, q.After) {
		return fmt.Errorf("next %v does not come after %v", *page.Next, *q.After)
	}
	return nil
}

// behind reports whether a comes later than b in a list, which is newest first.
func behind(a, b *run.Position) bool {
	if c := a.CreatedAt.Compare(b.CreatedAt); c != 0 {
		return c < 0
	}
	return a.ID < b.ID
}

func testPagesInterleaved(s *suite) {
	if s.FewRecords {
		s.Skip("Harness.FewRecords")
	}
	const old = 250
	s.together(old, func(i int) error {
		_, _, err := s.Store.Create(s.Context(), s.record(i, func(r *run.Run) { r.CreatedAt = s.Clock.Now() }))
		return err
	})
	var want []int
	for n := old - 1; n >= 0; n-- {
		want = append(want, n)
	}
	q := run.Query{Family: "sleep", Limit: 100}
	s.expectList("before", q, want...)
	added := old
	var got []string
	q.Limit = 7
	err := s.eachPage(s.Context(), q, func(page run.Page) error {
		for _, r := range page.Runs {
			got = append(got, r.ID)
		}
		added++
		_, _, err := s.Store.Create(s.Context(), s.record(added))
		return err
	})
	if err == nil {
		err = expectIDs("while others are created", got, idsOf(want...))
	}
	if err != nil {
		s.Error(err)
	}
}

func testPagesRareStatus(s *suite) {
	const records = 300
	s.together(records, func(i int) error {
		_, _, err := s.Store.Create(s.Context(), s.record(i, func(r *run.Run) {
			if i%120 == 10 {
				r.Status = run.Lost
			}
		}))
		return err
	})
	s.expectList("rare", run.Query{Statuses: []run.Status{run.Lost}}, 250, 130, 10)
	s.expectList("rare of a family", run.Query{Statuses: []run.Status{run.Lost}, Family: "sleep"}, 250, 130, 10)
	s.expectList("none", run.Query{Statuses: []run.Status{run.Skipped}})
}

func testPagesPosition(s *suite) {
	for n := range 5 {
		s.create(s.record(2 * n))
	}
	at := func(n int) *run.Position { return &run.Position{CreatedAt: s.record(n).CreatedAt, ID: idOf(n)} }
	s.expectList("a record's", run.Query{After: at(4)}, 2, 0)
	s.expectList("between two", run.Query{After: at(5)}, 4, 2, 0)
	s.expectList("newer than all", run.Query{After: at(99)}, 8, 6, 4, 2, 0)
	s.expectList("the oldest's", run.Query{After: at(0)})
	s.expectList("the oldest's, in a family", run.Query{Family: "sleep", After: at(0)})
	tie := at(4)
	tie.ID = idOf(5)
	s.expectList("of a record's time, a greater ID", run.Query{After: tie}, 4, 2, 0)
}
