package run

import "slices"

// Lock is the state of an overlap key: which runs hold it and may launch, and which wait for it. There is one for a key in the whole stack. How those runs
// fare is in their records; any writer that finds that a holder's run has ended removes it.
type Lock struct {
	Key string `json:"key"`
	// Version is the store's compare-and-set; 0: nobody has written it yet.
	Version int64 `json:"version"`
	// Holders are in the order in which they were admitted.
	Holders []LockEntry `json:"holders,omitempty"`
	// Waiters are in the order in which they will be admitted: those of REPLACE, then those of QUEUE.
	Waiters []LockEntry `json:"waiters,omitempty"`
}

// LockEntry is one run's place in a Lock, until the run has ended.
type LockEntry struct {
	Run         string `json:"run"`
	Incarnation string `json:"born"`
	Mode        string `json:"mode"`
	// Limit is how many runs may hold the key together with this one, itself included.
	Limit int `json:"limit"`
	// ReplacedBy is the run whose REPLACE takes its place: a holder is to stop, a waiter is to be skipped. "": none.
	ReplacedBy string `json:"by,omitempty"`
}

// lockAnswer is a Lock's answer to a run that asks for admission.
type lockAnswer int

const (
	admitted lockAnswer = iota
	waits
	keyBusy    // FORBID: others hold the key, or wait for it
	queueFull  // QUEUE: maxQueued wait already
	replaced   // a later REPLACE took its place while it waited
	notVisible // REPLACE of a run that the caller may not see
	runEnded   // it has ended
)

// Empty reports whether nobody holds the key or waits for it.
func (l *Lock) Empty() bool { return len(l.Holders) == 0 && len(l.Waiters) == 0 }

func (s LockEntry) sameRun(o LockEntry) bool { return s.Run == o.Run && s.Incarnation == o.Incarnation }

func (s LockEntry) isIn(entries []LockEntry) bool { return slices.ContainsFunc(entries, s.sameRun) }

// admits reports whether s holds the key, or would if it asked: there is room for it, and nobody waits.
func (l *Lock) admits(s LockEntry) bool {
	return s.isIn(l.Holders) || (!slices.ContainsFunc(l.Waiters, LockEntry.notReplaced) && fits(s, l.Holders))
}

// fits reports whether s may be at work beside others: neither its limit nor one of theirs is passed.
func fits(s LockEntry, others []LockEntry) bool {
	least := s.Limit
	for _, o := range others {
		least = min(least, o.Limit)
	}
	return len(others) < least
}

// notReplaced reports whether no REPLACE has taken the entry.
func (s LockEntry) notReplaced() bool { return s.ReplacedBy == "" }

// enter returns the lock's answer to s, and adds an entry where that is admitted or waits. It reports whether the lock changed and is to be written. For a
// run that has an entry it returns the answer of that entry. maxQueued is how many may wait by QUEUE.
func (l *Lock) enter(s LockEntry, maxQueued int) (a lockAnswer, changed bool) {
	if l.admits(s) {
		if s.isIn(l.Holders) {
			return admitted, false
		}
		l.Holders = append(l.Holders, s)
		return admitted, true
	}
	if i := slices.IndexFunc(l.Waiters, s.sameRun); i >= 0 {
		if l.Waiters[i].notReplaced() {
			return waits, false
		}
		return replaced, false
	}
	switch {
	case s.Mode == OverlapReplace:
		l.replace(s)
	case s.Mode != OverlapQueue:
		return keyBusy, false
	case l.queued() >= maxQueued:
		return queueFull, false
	default:
		l.Waiters = append(l.Waiters, s)
	}
	return waits, true
}

// queued is how many wait by QUEUE.
func (l *Lock) queued() int {
	n := 0
	for _, w := range l.Waiters {
		if w.Mode == OverlapQueue {
			n++
		}
	}
	return n
}

// replace marks the oldest entries as replaced by s, as many as it takes to make room for it, and adds s behind the waiters of REPLACE and before all of QUEUE.
func (l *Lock) replace(s LockEntry) {
	for _, victim := range l.victims(s) {
		victim.ReplacedBy = s.Run
	}
	at := slices.IndexFunc(l.Waiters, func(w LockEntry) bool { return w.Mode != OverlapReplace })
	if at < 0 {
		at = len(l.Waiters)
	}
	l.Waiters = slices.Insert(l.Waiters, at, s)
}

// victims returns the entries that a REPLACE by s takes: the oldest of the holders and REPLACE waiters that no other has taken.
func (l *Lock) victims(s LockEntry) []*LockEntry {
	var staying []LockEntry
	var at []*LockEntry
	for i := range l.Holders {
		if h := &l.Holders[i]; h.notReplaced() {
			staying, at = append(staying, *h), append(at, h)
		}
	}
	for i := range l.Waiters {
		if w := &l.Waiters[i]; w.Mode == OverlapReplace && w.notReplaced() {
			staying, at = append(staying, *w), append(at, w)
		}
	}
	n := 0
	for n < len(staying) && !fits(s, staying[n:]) {
		n++
	}
	return at[:n]
}

// promote moves waiters from the front to the holders while there is room for the next, and returns them. None overtakes another.
func (l *Lock) promote() (promoted []LockEntry) {
	for i := 0; i < len(l.Waiters); {
		w := l.Waiters[i]
		if !w.notReplaced() {
			i++
			continue
		}
		if !fits(w, l.Holders) {
			break
		}
		l.Waiters = slices.Delete(l.Waiters, i, i+1)
		l.Holders, promoted = append(l.Holders, w), append(promoted, w)
	}
	return promoted
}

// contains reports whether s has an entry.
func (l *Lock) contains(s LockEntry) bool { return s.isIn(l.Holders) || s.isIn(l.Waiters) }

// holding returns those of the entries that hold the key. A write that was answered as a conflict may have been carried out: what an earlier try promoted
// is then a holder, and nobody but that try knows.
func (l *Lock) holding(entries []LockEntry) []LockEntry {
	var holders []LockEntry
	for _, s := range entries {
		if s.isIn(l.Holders) && !s.isIn(holders) {
			holders = append(holders, s)
		}
	}
	return holders
}

// drop removes s and reports whether it was there.
func (l *Lock) drop(s LockEntry) bool {
	before := len(l.Holders) + len(l.Waiters)
	l.Holders = slices.DeleteFunc(l.Holders, s.sameRun)
	l.Waiters = slices.DeleteFunc(l.Waiters, s.sameRun)
	return len(l.Holders)+len(l.Waiters) < before
}
