package storetest

import (
	"encoding/json"
	"errors"
	"math/rand/v2"

	"davit/internal/run"
)

// tooLargeText is text of more bytes than a store takes of a record, however it is compressed.
func tooLargeText() string {
	rng := rand.New(rand.NewPCG(1, 1))
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	text := make([]byte, run.MaxRecord*3/2) // six bits a character
	for i := range text {
		text[i] = letters[rng.IntN(len(letters))]
	}
	return string(text)
}

func testTooLarge(s *suite) {
	body, err := json.Marshal(map[string]string{"group": tooLargeText()})
	if err != nil {
		s.Fatal(err)
	}
	r := s.record(1)
	r.Request = body
	if _, _, err := s.Store.Create(s.Context(), r); run.CodeOf(err) != run.CodeTooLarge {
		s.Errorf("Create: %v, want %s", err, run.CodeTooLarge)
	}
	if _, err := s.Store.Get(s.Context(), r.ID); !errors.Is(err, run.ErrNotFound) {
		s.Errorf("Get after the refused Create: %v, want ErrNotFound", err)
	}
	kept := s.create(s.record(2))
	next := kept.Clone()
	next.Request = body
	if err := s.Store.Update(s.Context(), next); run.CodeOf(err) != run.CodeTooLarge {
		s.Errorf("Update: %v, want %s", err, run.CodeTooLarge)
	}
	s.same("Get after the refused Update", s.get(kept.ID), kept)
}

func testLockTooLarge(s *suite) {
	l := s.lock("k")
	l.Holders = []run.LockEntry{seatOf(1)}
	s.putLock(l)
	next := *l
	next.Waiters = []run.LockEntry{{Run: tooLargeText(), Incarnation: "abcdefgh", Mode: run.OverlapQueue, Limit: 1}}
	if err := s.Store.PutLock(s.Context(), &next); run.CodeOf(err) != run.CodeTooLarge {
		s.Errorf("PutLock: %v, want %s", err, run.CodeTooLarge)
	}
	s.sameLock(l)
}
