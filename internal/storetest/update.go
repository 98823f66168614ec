package storetest

import (
	"context"
	"errors"

	"davit/internal/run"
)

func updateCases() []testCase {
	return []testCase{
		{"raises the version", testUpdateVersions},
		{"refuses what is not the stored version", testUpdateStale},
		{"refuses a record that is gone", testUpdateGone},
		{"not under an ended context", testUpdateCancelled},
		{"takes fields away", testUpdateClears},
	}
}

func testUpdateVersions(s *suite) {
	r := s.create(s.record(1))
	for want := int64(2); want <= 5; want++ {
		r.Observations++
		s.update(r)
		if r.Version != want {
			s.Fatalf("version %d after Update, want %d", r.Version, want)
		}
		s.same("Get", s.get(r.ID), r)
	}
}

func testUpdateStale(s *suite) {
	r := s.create(s.record(1))
	s.update(r)
	for _, version := range []int64{0, 1, 3} {
		stale := r.Clone()
		stale.Version, stale.Owner = version, "another"
		before := stale.Clone()
		if err := s.Store.Update(s.Context(), stale); !errors.Is(err, run.ErrConflict) {
			s.Errorf("Update of version %d over 2: %v, want ErrConflict", version, err)
		}
		s.same("the refused record", stale, before)
	}
	s.same("Get", s.get(r.ID), r)
}

func testUpdateGone(s *suite) {
	r := s.record(1, func(r *run.Run) { r.Version = 1 })
	before := r.Clone()
	if err := s.Store.Update(s.Context(), r); !errors.Is(err, run.ErrNotFound) {
		s.Errorf("Update of nothing: %v, want ErrNotFound", err)
	}
	s.same("the refused record", r, before)
	if _, err := s.Store.Get(s.Context(), r.ID); !errors.Is(err, run.ErrNotFound) {
		s.Errorf("Get: %v, want ErrNotFound", err)
	}
}

func testUpdateCancelled(s *suite) {
	r := s.create(s.record(1))
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	next := r.Clone()
	next.Observations = 9
	if err := s.Store.Update(ctx, next); !errors.Is(err, context.Canceled) || next.Version != 1 {
		s.Errorf("Update: %v, version %d; want context.Canceled, 1", err, next.Version)
	}
	s.same("Get", s.get(r.ID), r)
}

func testUpdateClears(s *suite) {
	r := s.create(s.filled())
	bare := s.record(1, func(b *run.Run) {
		b.Version, b.CreatedAt, b.Family, b.Group, b.StartedBy = r.Version, r.CreatedAt, r.Family, r.Group, r.StartedBy
	})
	s.update(bare)
	s.same("Get", s.get(bare.ID), bare)
}
