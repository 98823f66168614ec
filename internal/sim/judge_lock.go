package sim

import (
	"slices"

	"davit/internal/run"
)

// lockHistory is in which order runs of QUEUE came to a key, and held it.
type lockHistory struct {
	last          *run.Lock
	entered, held []string
	gone          map[string]bool
}

// wroteLock looks whether the queue is kept.
func (j *judge) wroteLock(l *run.Lock) {
	h := j.locks[l.Key]
	if h == nil {
		h = &lockHistory{gone: map[string]bool{}}
		j.locks[l.Key] = h
	}
	here := map[string]bool{}
	for _, s := range append(slices.Clone(l.Holders), l.Waiters...) {
		here[s.Run] = true
		if s.Mode == run.OverlapQueue && !slices.Contains(h.entered, s.Run) {
			h.entered = append(h.entered, s.Run)
		}
	}
	for _, s := range l.Holders {
		if len(l.Holders) > s.Limit {
			j.fail("overlap limit", s.Run, "more holders than its limit")
		}
		if s.Mode != run.OverlapQueue || slices.Contains(h.held, s.Run) {
			continue
		}
		h.held = append(h.held, s.Run)
		for _, before := range h.entered[:slices.Index(h.entered, s.Run)] {
			if here[before] && !slices.Contains(h.held, before) && !slices.ContainsFunc(l.Holders, func(e run.LockEntry) bool { return e.Run == before }) {
				j.fail("queue order", s.Run, "it holds the key before "+short(before)+", which came first")
			}
		}
	}
	h.last = l
}
