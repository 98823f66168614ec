package run

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// How an overlap key is asked.
const (
	// mostInspected is how many holders, the oldest, are looked at by a run that they keep from launching.
	mostInspected = 25
	// lockAttempts bounds how often a lock is read anew because another writer was first.
	lockAttempts = 60
)

// passage is what came of asking a lock for a seat.
type passage struct {
	seat   Seat
	answer answer
	why    string // for the record, where it is not admitted
	tell   []Seat // holders who may not know that they are admitted
	skip   []Seat // waiters whose place another has
	stop   []Seat // holders who are to make place
}

// admit asks r's overlap key for leave to launch and writes what it says into the record: admitted, QUEUED or SKIPPED. It answers the record as it is
// then. Anyone may repeat it at any time, which also repeats what a run that died in it left undone: freeing keys of runs that are over,
// telling those who were admitted, stopping and skipping those that were replaced.
func (k Keeper) admit(ctx context.Context, r *Run) (*Run, error) {
	if !r.asks(k.now()) {
		return r, nil
	}
	p, err := k.enter(ctx, r)
	if err != nil {
		return r, err
	}
	key := r.Policy.Overlap.Key
	r, err = k.editSeen(ctx, r.ID, r, func(r *Run, now time.Time) (bool, error) {
		return r.takeSeat(p.seat, p.answer, p.why, now), nil
	})
	if err != nil {
		return r, err
	}
	if p.answer.seated() && (r.Status.Terminal() || r.Born != p.seat.Born) { // it ended while it was given a seat
		if err := k.leave(ctx, key, p.seat); err != nil {
			return r, err
		}
	}
	return r, k.passOn(ctx, r, key, p)
}

// enter gives r its seat in the lock.
func (k Keeper) enter(ctx context.Context, r *Run) (p passage, err error) {
	known := records{}
	err = k.changeLock(ctx, r.Policy.Overlap.Key, func(l *Lock) (changed bool, err error) {
		p, changed, err = k.ask(ctx, l, r, known)
		return changed, err
	})
	return p, err
}

// ask is what the lock says to r. Holders are looked at only where they are in r's way.
func (k Keeper) ask(ctx context.Context, l *Lock, r *Run, known records) (p passage, changed bool, err error) {
	p.seat = r.seat()
	p.tell = l.promote()
	changed = len(p.tell) > 0
	if gone, err := k.gone(ctx, l, r); gone || err != nil {
		p.answer = over
		return p, changed, err
	}
	var first *Run
	if !l.admits(p.seat) {
		seen, err := k.inspect(ctx, l, known)
		if err != nil {
			return p, false, err
		}
		first = seen.first
		p.tell = append(append(p.tell, seen.untold...), l.promote()...)
		changed = changed || seen.freed
	}
	if p.answer, p.why, err = k.objection(ctx, l, r, known); err != nil || p.answer != admitted {
		return p, changed, err
	}
	var entered bool
	p.answer, entered = l.enter(p.seat, r.Policy.Overlap.MaxQueued)
	if p.answer == waits {
		p.tell = append(p.tell, l.promote()...)
		if p.seat.in(l.Holders) {
			p.answer = admitted
		}
	}
	p.why = r.held(p.answer, l, first)
	p.skip, p.stop = l.taken()
	return p, changed || entered, nil
}

// gone says that r, which has no seat, is not to get one, because it has ended since it was read: its seat may have been taken out for
// that. Were it to sit down again, it would replace runs that came after it. A run is terminal before its seat goes, so the record has to be
// read after the lock.
func (k Keeper) gone(ctx context.Context, l *Lock, r *Run) (bool, error) {
	if l.seats(r.seat()) {
		return false, nil
	}
	current, err := k.Store.Get(ctx, r.ID)
	if errors.Is(err, ErrNotFound) {
		return true, nil
	}
	return err == nil && (current.Born != r.Born || current.Status.Terminal()), err
}

// inspection is what a look at the oldest holders found.
type inspection struct {
	freed  bool   // some were over and were taken out
	untold []Seat // they do not know that they are admitted
	first  *Run   // the oldest that is not over
}

// records are what was read of runs while one lock was being changed; nil where there was none. Reading them again with each try would
// keep the lock from being written in time.
type records map[string]*Run

func (k Keeper) readOnce(ctx context.Context, known records, id string) (*Run, error) {
	if r, has := known[id]; has {
		return r, nil
	}
	r, err := k.Store.Get(ctx, id)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	known[id] = r
	return r, nil
}

// inspect reads the records of the oldest holders and takes those out that are over.
func (k Keeper) inspect(ctx context.Context, l *Lock, known records) (inspection, error) {
	var seen inspection
	for _, s := range append([]Seat{}, l.Holders[:min(len(l.Holders), mostInspected)]...) {
		r, err := k.readOnce(ctx, known, s.Run)
		switch {
		case err != nil:
			return seen, err
		case r == nil || r.Born != s.Born || r.Status.Terminal():
			seen.freed = l.drop(s) || seen.freed
			continue
		case r.Status == Queued:
			seen.untold = append(seen.untold, s)
		}
		if seen.first == nil {
			seen.first = r
		}
	}
	return seen, nil
}

// changeLock reads the lock of a key, lets change work on it, and writes it when change says so, again from the start while other writers
// are first.
func (k Keeper) changeLock(ctx context.Context, key string, change func(*Lock) (write bool, err error)) error {
	for try := range lockAttempts {
		l, err := k.Store.Lock(ctx, key)
		if err != nil {
			return err
		}
		write, err := change(l)
		if err != nil || !write {
			return err
		}
		if err = k.Store.PutLock(ctx, l); !errors.Is(err, ErrConflict) {
			return err
		}
		if err := stepAside(ctx, try); err != nil {
			return err
		}
	}
	return &Error{Code: CodeConflict, Message: "the overlap key is being changed by others; repeat the call"}
}

// stepAside pauses for a random part of what grows to 100 ms, so that many writers of one lock do not meet again and again.
func stepAside(ctx context.Context, try int) error {
	pause := time.NewTimer(rand.N(min(time.Millisecond<<min(try, 10), 100*time.Millisecond)))
	defer pause.Stop()
	select {
	case <-pause.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
