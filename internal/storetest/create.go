package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"davit/internal/run"
)

func createCases() []testCase {
	return []testCase{
		{"every field comes back", testRoundTrip},
		{"a bare record comes back", testBareRecord},
		{"a large record comes back", testLargeRecord},
		{"one that is too large is refused, and nothing of it is kept", testTooLarge},
		{"a long unicode group comes back", testLongNames},
		{"the second finds the first", testCreateTwice},
		{"what is answered is the caller's own", testNotShared},
		{"not under an ended context", testCreateCancelled},
	}
}

func getCases() []testCase {
	return []testCase{
		{"unknown", func(s *suite) {
			if r, err := s.Store.Get(s.Context(), idOf(1)); !errors.Is(err, run.ErrNotFound) || r != nil {
				s.Errorf("Get of nothing: %v, %v", r, err)
			}
		}},
		{"under an ended context", func(s *suite) {
			s.create(s.record(1))
			ctx, cancel := context.WithCancel(s.Context())
			cancel()
			if _, err := s.Store.Get(ctx, idOf(1)); !errors.Is(err, context.Canceled) {
				s.Errorf("Get: %v, want context.Canceled", err)
			}
		}},
	}
}

// filled is a record with every field set, that has not expired.
func (s *suite) filled() *run.Run {
	r := fill(s.T, s.Clock.Now())
	r.ID, r.Version = idOf(1), 0
	r.Expires = s.Clock.Now().Add(90 * 24 * time.Hour)
	return r
}

// comesBack stores r and expects Create, Get and a later Update with Get to answer it.
func (s *suite) comesBack(r *run.Run) {
	s.Helper()
	stored := s.create(r)
	if r.Version != 1 {
		s.Errorf("Create left Version %d in the record, want 1", r.Version)
	}
	s.same("Create", stored, r)
	s.same("Get", s.get(r.ID), r)
	r.Observations++
	s.update(r)
	s.same("Get after Update", s.get(r.ID), r)
}

func testRoundTrip(s *suite) { s.comesBack(s.filled()) }

func testBareRecord(s *suite) { s.comesBack(&run.Run{ID: idOf(1), CreatedAt: s.Clock.Now()}) }

func testLargeRecord(s *suite) {
	var b strings.Builder
	for i := 0; b.Len() < 200<<10; i++ {
		fmt.Fprintf(&b, "%d ü ", i*i)
	}
	text, err := json.Marshal(map[string]string{"text": b.String()})
	if err != nil {
		s.Fatal(err)
	}
	s.comesBack(s.record(1, func(r *run.Run) { r.Request = text }))
}

func testLongNames(s *suite) {
	group := strings.Repeat("𝄞ü/ ", 63) + "☃\x00☃"
	s.comesBack(s.record(1, func(r *run.Run) { r.Group, r.StartedBy = group, strings.Repeat("界", 128) }))
	s.comesBack(s.record(2, func(r *run.Run) { r.Group = group + "x" }))
	s.expectList("group", run.Query{Group: group}, 1)
	s.expectList("startedBy", run.Query{StartedBy: strings.Repeat("界", 128)}, 1)
}

func testCreateTwice(s *suite) {
	first := s.filled()
	s.create(first)
	first.Observations++
	s.update(first)
	second := s.record(1, func(r *run.Run) { r.Owner, r.Version = "another", 7 })
	stored, created, err := s.Store.Create(s.Context(), second)
	if err != nil || created {
		s.Fatalf("second Create: created %v, error %v", created, err)
	}
	s.same("second Create", stored, first)
	s.same("Get", s.get(first.ID), first)
	if second.Version != 7 || second.Owner != "another" {
		s.Errorf("the refused record became version %d of %s", second.Version, second.Owner)
	}
}

func testNotShared(s *suite) {
	r := s.filled()
	want := r.Clone()
	want.Version = 1
	stored := s.create(r)
	scribble := func(r *run.Run) {
		r.Owner, r.Request[2], r.Attempts[0].StartedBy, r.Policy.Retry.On[0] = "x", 'x', "x", "x"
	}
	scribble(r)
	scribble(stored)
	got := s.get(want.ID)
	s.same("after changing what went in and came out", got, want)
	scribble(got)
	s.same("after changing what Get answered", s.get(want.ID), want)
}

func testCreateCancelled(s *suite) {
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	r := s.record(1)
	if _, created, err := s.Store.Create(ctx, r); !errors.Is(err, context.Canceled) || created || r.Version != 0 {
		s.Errorf("Create: created %v, error %v, version %d", created, err, r.Version)
	}
	if _, err := s.Store.Get(s.Context(), r.ID); !errors.Is(err, run.ErrNotFound) {
		s.Errorf("Get: %v, want ErrNotFound", err)
	}
}
