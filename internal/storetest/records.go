package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"

	"davit/internal/run"
)

// idOf is a run ID; its order is n's order.
func idOf(n int) string {
	const digits = "234567abcdefghijklmnopqrstuvwxyz"
	id := make([]byte, 26)
	for i := len(id) - 1; i >= 0; i-- {
		id[i] = digits[n%32]
		n /= 32
	}
	return string(id)
}

// record is a small run, n seconds younger than the clock's start, changed by edits.
func (s *suite) record(n int, edits ...func(*run.Run)) *run.Run {
	r := &run.Run{
		ID: idOf(n), Incarnation: "abcdefgh", Owner: "somebody", Fingerprint: "print", Status: run.Submitted, Generation: 1, Count: 1,
		CreatedAt: s.Clock.Now().Add(time.Duration(n) * time.Second), Operation: run.RunTask, Family: "sleep",
		Request: json.RawMessage(`{"taskDefinition":"sleep"}`), Resolved: json.RawMessage(`{"taskDefinition":"sleep:1"}`),
	}
	for _, edit := range edits {
		edit(r)
	}
	return r
}

// create stores r, which must be new, and answers what the store answered.
func (s *suite) create(r *run.Run) *run.Run {
	s.Helper()
	stored, created, err := s.Store.Create(s.Context(), r)
	if err != nil || !created {
		s.Fatalf("Create(%s): created %v, error %v", r.ID, created, err)
	}
	return stored
}

func (s *suite) get(id string) *run.Run {
	s.Helper()
	r, err := s.Store.Get(s.Context(), id)
	if err != nil {
		s.Fatalf("Get(%s): %v", id, err)
	}
	return r
}

func (s *suite) update(r *run.Run) {
	s.Helper()
	if err := s.Store.Update(s.Context(), r); err != nil {
		s.Fatalf("Update(%s, version %d): %v", r.ID, r.Version, err)
	}
}

// same fails the test when the records differ; raw JSON is compared by value.
func (s *suite) same(what string, got, want *run.Run) {
	s.Helper()
	if diff := Diff(want, got); diff != "" {
		s.Errorf("%s: -want +got\n%s", what, diff)
	}
}

// eventually repeats an index read until it is as wanted, for as long as the harness lets an index lag.
func (s *suite) eventually(check func(ctx context.Context) error) {
	s.Helper()
	const pause = 20 * time.Millisecond
	err := check(s.Context())
	for waited := time.Duration(0); err != nil && waited < s.Eventually; waited += pause {
		time.Sleep(pause)
		err = check(s.Context())
	}
	if err != nil {
		s.Error(err)
	}
}

// expectIDs returns how two lists of IDs differ; nil when they are equal.
func expectIDs(what string, got, want []string) error {
	if len(got) == 0 && len(want) == 0 {
		return nil
	}
	if diff := cmp.Diff(want, got); diff != "" {
		return fmt.Errorf("%s: -want +got\n%s", what, diff)
	}
	return nil
}
