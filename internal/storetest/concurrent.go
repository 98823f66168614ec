package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"

	"davit/internal/run"
)

func concurrentCases() []testCase {
	return []testCase{
		{"of 50 creates of one ID one wins", testOneCreateWins},
		{"no update of 20 writers is lost", testNoLostUpdate},
		{"readers see whole records", testNoTornRead},
	}
}

// together runs f n times at once and reports the errors.
func (s *suite) together(n int, f func(i int) error) {
	s.Helper()
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = f(i) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		s.Fatal(err)
	}
}

func testOneCreateWins(s *suite) {
	var wins atomic.Int32
	answers := make([]*run.Run, 50)
	s.together(len(answers), func(i int) error {
		r := s.record(1, func(r *run.Run) { r.Owner = strconv.Itoa(i) })
		stored, created, err := s.Store.Create(s.Context(), r)
		if err != nil {
			return err
		}
		answers[i] = stored
		if created {
			wins.Add(1)
		}
		if created != (stored.Owner == r.Owner) {
			return fmt.Errorf("writer %s: created %v, and the record is %s's", r.Owner, created, stored.Owner)
		}
		return nil
	})
	if wins.Load() != 1 {
		s.Errorf("%d creates won", wins.Load())
	}
	want := s.get(idOf(1))
	for _, got := range answers {
		s.same("an answer", got, want)
	}
}

func testNoLostUpdate(s *suite) {
	const writers = 20
	s.create(s.record(1))
	s.together(writers, func(int) error {
		for range 100 * writers {
			r, err := s.Store.Get(s.Context(), idOf(1))
			if err != nil {
				return err
			}
			r.Observations++
			if err = s.Store.Update(s.Context(), r); !errors.Is(err, run.ErrConflict) {
				return err
			}
		}
		return errors.New("a writer never came through")
	})
	if r := s.get(idOf(1)); r.Observations != writers || r.Version != writers+1 {
		s.Errorf("after %d updates: counted %d, version %d", writers, r.Observations, r.Version)
	}
}

// number writes n all over r, so that a mixture of two writes shows.
func number(r *run.Run, n int) {
	text := strconv.Itoa(n)
	r.Observations, r.StatusReason, r.Request = n, text, json.RawMessage(`{"n":`+text+`}`)
	r.Status = run.Statuses()[n%len(run.Statuses())]
	r.Attempts = []run.Attempt{{Number: n, Tasks: []run.Task{{ARN: text, Raw: r.Request}}}}
}

func whole(got *run.Run) error {
	want := got.Clone()
	number(want, int(got.Version))
	if diff := Diff(want, got); diff != "" {
		return fmt.Errorf("version %d is torn: -want +got\n%s", got.Version, diff)
	}
	return nil
}

func testNoTornRead(s *suite) {
	const writes, readers = 40, 3
	r := s.record(1)
	number(r, 1)
	s.create(r)
	ctx, written := context.WithCancel(s.Context())
	s.together(readers+1, func(i int) error {
		if i < readers {
			return s.readUntil(ctx, r.ID)
		}
		defer written()
		return s.rewrite(r.Clone(), writes)
	})
	if got := s.get(r.ID); got.Version != writes+1 {
		s.Errorf("version %d, want %d", got.Version, writes+1)
	}
}

func (s *suite) rewrite(r *run.Run, times int) error {
	r.Version = 1
	for range times {
		number(r, int(r.Version)+1)
		if err := s.Store.Update(s.Context(), r); err != nil {
			return err
		}
	}
	return nil
}

// readUntil reads a record and the list until ctx ends: whole records, and Get never an older one.
func (s *suite) readUntil(ctx context.Context, id string) error {
	seen := int64(0)
	for ctx.Err() == nil {
		r, err := s.Store.Get(s.Context(), id)
		if err != nil {
			return err
		}
		if r.Version < seen {
			return fmt.Errorf("version %d after %d", r.Version, seen)
		}
		seen = r.Version
		page, err := s.Store.List(s.Context(), run.Query{Limit: 10})
		if err != nil {
			return err
		}
		for _, listed := range append(page.Runs, r) {
			if err := whole(listed); err != nil {
				return err
			}
		}
	}
	return nil
}
