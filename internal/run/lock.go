package run

import "slices"

// Lock is what an overlap key knows: which runs may be at work under it, and which wait to be. There is one for a key in the whole
// stack. It says nothing of how those runs fare: their records do, and whoever finds that a holder's run is over takes it out.
type Lock struct {
	Key     string `json:"key"`
	Version int64  `json:"version"`           // the store's compare-and-set; 0: nobody has written it yet
	Holders []Seat `json:"holders,omitempty"` // in the order in which they were admitted
	Waiters []Seat `json:"waiters,omitempty"` // in the order in which they will be: those of REPLACE, then those of QUEUE
}

// Seat is one run's place in a Lock, until the run is over.
type Seat struct {
	Run   string `json:"run"`
	Born  string `json:"born"`
	Mode  string `json:"mode"`
	Limit int    `json:"limit"` // of runs at work with it, itself included
	// By is the run whose REPLACE takes its place: a holder is to stop, a waiter is to be skipped. "": nobody's.
	By string `json:"by,omitempty"`
}

// answer is what a Lock says to a run that asks for leave to launch.
type answer int

const (
	admitted answer = iota
	waits
	busy     // FORBID: others hold the key, or wait for it
	crowded  // QUEUE: maxQueued wait already
	replaced // a later REPLACE took its place while it waited
	foreign  // REPLACE of a run that the caller may not see
	over     // it has ended
)

// Empty says that nobody holds the key or waits for it.
func (l *Lock) Empty() bool { return len(l.Holders) == 0 && len(l.Waiters) == 0 }

func (s Seat) of(o Seat) bool { return s.Run == o.Run && s.Born == o.Born }

func (s Seat) in(seats []Seat) bool { return slices.ContainsFunc(seats, s.of) }

// admits says that s holds the key, or would if it asked: there is room for it, and nobody waits.
func (l *Lock) admits(s Seat) bool {
	return s.in(l.Holders) || (!slices.ContainsFunc(l.Waiters, Seat.stays) && fits(s, l.Holders))
}

// fits says that s may be at work beside others: neither its limit nor one of theirs is passed.
func fits(s Seat, others []Seat) bool {
	least := s.Limit
	for _, o := range others {
		least = min(least, o.Limit)
	}
	return len(others) < least
}

// stays says that no REPLACE has taken the seat.
func (s Seat) stays() bool { return s.By == "" }

// enter gives s its answer, and a seat where that is admitted or waits; changed says that the lock is to be written. Asked again it
// answers from the seat that s has. maxQueued is how many may wait by QUEUE.
func (l *Lock) enter(s Seat, maxQueued int) (a answer, changed bool) {
	if l.admits(s) {
		if s.in(l.Holders) {
			return admitted, false
		}
		l.Holders = append(l.Holders, s)
		return admitted, true
	}
	if i := slices.IndexFunc(l.Waiters, s.of); i >= 0 {
		if l.Waiters[i].stays() {
			return waits, false
		}
		return replaced, false
	}
	switch {
	case s.Mode == OverlapReplace:
		l.replace(s)
	case s.Mode != OverlapQueue:
		return busy, false
	case l.queued() >= maxQueued:
		return crowded, false
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

// replace takes the oldest seats for s, as many as it takes to make room for it, and lets s wait behind the runs of REPLACE that
// stay and before all of QUEUE.
func (l *Lock) replace(s Seat) {
	for _, victim := range l.victims(s) {
		victim.By = s.Run
	}
	at := slices.IndexFunc(l.Waiters, func(w Seat) bool { return w.Mode != OverlapReplace })
	if at < 0 {
		at = len(l.Waiters)
	}
	l.Waiters = slices.Insert(l.Waiters, at, s)
}

// victims are the seats that a REPLACE by s takes: of the holders that stay and the runs of REPLACE that wait, the oldest.
func (l *Lock) victims(s Seat) []*Seat {
	var staying []Seat
	var at []*Seat
	for i := range l.Holders {
		if h := &l.Holders[i]; h.stays() {
			staying, at = append(staying, *h), append(at, h)
		}
	}
	for i := range l.Waiters {
		if w := &l.Waiters[i]; w.Mode == OverlapReplace && w.stays() {
			staying, at = append(staying, *w), append(at, w)
		}
	}
	n := 0
	for n < len(staying) && !fits(s, staying[n:]) {
		n++
	}
	return at[:n]
}

// promote admits waiters from the front while there is room for the next. None overtakes another.
func (l *Lock) promote() (promoted []Seat) {
	for i := 0; i < len(l.Waiters); {
		w := l.Waiters[i]
		if !w.stays() {
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

// seats says that s has a seat.
func (l *Lock) seats(s Seat) bool { return s.in(l.Holders) || s.in(l.Waiters) }

// drop takes s out, and says whether it was there.
func (l *Lock) drop(s Seat) bool {
	before := len(l.Holders) + len(l.Waiters)
	l.Holders = slices.DeleteFunc(l.Holders, s.of)
	l.Waiters = slices.DeleteFunc(l.Waiters, s.of)
	return len(l.Holders)+len(l.Waiters) < before
}
