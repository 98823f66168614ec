package storetest

import (
	"errors"
	"time"

	"davit/internal/run"
)

func expiryCases() []testCase {
	return []testCase{
		{"an expired record is absent everywhere", testExpiredIsAbsent},
		{"its ID can be created anew", testExpiredIsReplaced},
		{"an update can put it off", testExpiryPutOff},
		{"many expired records hide none", testManyExpired},
	}
}

// ending is a record that expires so many hours ahead and stands in every index.
func (s *suite) ending(n, hours int) *run.Run {
	return s.record(n, func(r *run.Run) {
		r.Group, r.StartedBy, r.Status = "g", "me", run.Failed
		r.SweepAt, r.Expires = s.sweepAt(n), s.Clock.Now().Add(time.Duration(hours)*time.Hour)
	})
}

// expectPresent expects exactly these records in every list and in the open index.
func (s *suite) expectPresent(what string, want ...int) {
	s.Helper()
	var rising []int
	for i := len(want) - 1; i >= 0; i-- {
		rising = append(rising, want[i])
	}
	for name, q := range map[string]run.Query{
		"all": {}, "family": {Family: "sleep"}, "group": {Group: "g"}, "startedBy": {StartedBy: "me"}, "status": {Statuses: []run.Status{run.Failed}},
	} {
		s.expectList(what+": "+name, q, want...)
	}
	s.expectOpen(what+": open", 7*24*3600, rising...)
}

func (s *suite) expectGone(id string) {
	s.Helper()
	if _, err := s.Store.Get(s.Context(), id); !errors.Is(err, run.ErrNotFound) {
		s.Errorf("Get(%s): %v, want ErrNotFound", id, err)
	}
}

func testExpiredIsAbsent(s *suite) {
	r := s.create(s.ending(1, 2))
	s.create(s.ending(2, 4))
	s.expectPresent("before", 2, 1)
	s.Clock.Advance(3 * time.Hour)
	s.expectPresent("after", 2)
	s.expectGone(r.ID)
	if err := s.Store.Update(s.Context(), r); !errors.Is(err, run.ErrNotFound) || r.Version != 1 {
		s.Errorf("Update: %v, version %d; want ErrNotFound, 1", err, r.Version)
	}
	s.get(idOf(2))
}

func testExpiredIsReplaced(s *suite) {
	old := s.create(s.ending(1, 1))
	s.update(old)
	s.Clock.Advance(2 * time.Hour)
	next := s.record(5, func(r *run.Run) { r.ID, r.Group, r.Family = old.ID, "next", "next" })
	s.same("Create", s.create(next), next)
	s.same("Get", s.get(old.ID), next)
	s.expectList("all", run.Query{}, 1)
	s.expectList("the new group", run.Query{Group: "next"}, 1)
	for what, q := range map[string]run.Query{
		"family": {Family: "sleep"}, "group": {Group: "g"}, "startedBy": {StartedBy: "me"}, "status": {Statuses: []run.Status{run.Failed}},
	} {
		s.expectList("the old "+what, q)
	}
	s.expectOpen("the old SweepAt", 1000)
	next.Observations++
	s.update(next)
}

func testExpiryPutOff(s *suite) {
	r := s.create(s.ending(1, 1))
	r.Expires = s.Clock.Now().Add(9 * time.Hour)
	s.update(r)
	s.Clock.Advance(2 * time.Hour)
	s.expectPresent("put off", 1)
	r.Expires = s.Clock.Now().Add(time.Hour)
	s.update(r)
	s.Clock.Advance(2 * time.Hour)
	s.expectPresent("expired")
	s.expectGone(r.ID)
}

func testManyExpired(s *suite) {
	for n := range 40 {
		s.create(s.ending(n, 1+n%4*10))
	}
	s.Clock.Advance(15 * time.Hour)
	var want []int
	for n := 39; n >= 0; n-- {
		if n%4 >= 2 {
			want = append(want, n)
		}
	}
	s.expectPresent("some", want...)
	s.create(s.ending(50, 1))
	s.expectPresent("one more", append([]int{50}, want...)...)
	s.Clock.Advance(100 * time.Hour)
	s.expectPresent("none")
}
