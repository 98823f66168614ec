package run

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// How an overlap key is asked.
const (
	// maxInspected is how many holders, the oldest, are looked at by a run that they keep from launching.
	maxInspected = 25
	// lockAttempts bounds how often a lock is read anew because another writer was first.
	lockAttempts = 60
)

// admission is what came of asking a lock for an entry.
type admission struct {
	entry      LockEntry
	answer     lockAnswer
	why        string      // for the record, where it is not admitted
	unnotified []LockEntry // holders who may not know that they are admitted
	skip       []LockEntry // waiters whose place another has
	stop       []LockEntry // holders who are to make place
}

// admit asks r's overlap key for leave to launch and writes what it says into the record: admitted, QUEUED or SKIPPED. It answers the record as it is
// then. Anyone may repeat it at any time, which also repeats what a run that died in it left undone: freeing keys of runs that are over,
// telling those who were admitted, stopping and skipping those that were replaced.
func (k Keeper) admit(ctx context.Context, r *Run) (*Run, error) {
	if !r.needsAdmission(k.now()) {
		return r, nil
	}
	p, err := k.enter(ctx, r)
	if err != nil {
		return r, err
	}
	key := r.Policy.Overlap.Key
	r, err = k.editSeen(ctx, r.ID, r, func(r *Run, now time.Time) (bool, error) {
		return r.applyAdmission(p.entry, p.answer, p.why, now), nil
	})
	if err != nil {
		return r, err
	}
	if p.answer.hasEntry() && (r.Status.Terminal() || r.Incarnation != p.entry.Incarnation) { // it ended while it was given a entry
		if err := k.leaveLock(ctx, key, p.entry); err != nil {
			return r, err
		}
	}
	return r, k.notifyOthers(ctx, r, key, p)
}

// enter returns r its entry in the lock.
func (k Keeper) enter(ctx context.Context, r *Run) (p admission, err error) {
	known := runCache{}
	err = k.changeLock(ctx, r.Policy.Overlap.Key, func(l *Lock) (changed bool, err error) {
		p, changed, err = k.requestAdmission(ctx, l, r, known)
		return changed, err
	})
	return p, err
}

// requestAdmission is what the lock says to r. Holders are looked at only where they are in r's way.
func (k Keeper) requestAdmission(ctx context.Context, l *Lock, r *Run, known runCache) (p admission, changed bool, err error) {
	p.entry = r.entry()
	p.unnotified = l.promote()
	changed = len(p.unnotified) > 0
	if gone, err := k.hasEnded(ctx, l, r); gone || err != nil {
		p.answer = runEnded
		return p, changed, err
	}
	var first *Run
	if !l.admits(p.entry) {
		seen, err := k.inspect(ctx, l, known)
		if err != nil {
			return p, false, err
		}
		first = seen.first
		p.unnotified = append(append(p.unnotified, seen.unnotified...), l.promote()...)
		changed = changed || seen.freed
	}
	if p.answer, p.why, err = k.replaceObjection(ctx, l, r, known); err != nil || p.answer != admitted {
		return p, changed, err
	}
	var entered bool
	p.answer, entered = l.enter(p.entry, r.Policy.Overlap.MaxQueued)
	if p.answer == waits {
		p.unnotified = append(p.unnotified, l.promote()...)
		if p.entry.isIn(l.Holders) {
			p.answer = admitted
		}
	}
	p.why = r.admissionReason(p.answer, l, first)
	p.skip, p.stop = l.replacedBy()
	return p, changed || entered, nil
}

// hasEnded reports whether r, which has no entry, is not to get one, because it has ended since it was read: its entry may have been taken out for
// that. Were it to sit down again, it would replace runs that came after it. A run is terminal before its entry goes, so the record has to be
// read after the lock.
func (k Keeper) hasEnded(ctx context.Context, l *Lock, r *Run) (bool, error) {
	if l.entries(r.entry()) {
		return false, nil
	}
	current, err := k.Store.Get(ctx, r.ID)
	if errors.Is(err, ErrNotFound) {
		return true, nil
	}
	return err == nil && (current.Incarnation != r.Incarnation || current.Status.Terminal()), err
}

// inspection is what a look at the oldest holders found.
type inspection struct {
	freed      bool        // some were over and were taken out
	unnotified []LockEntry // they do not know that they are admitted
	first      *Run        // the oldest that is not over
}

// runCache are what was read of runs while one lock was being changed; nil where there was none. Reading them again with each try would
// keep the lock from being written in time.
type runCache map[string]*Run

func (k Keeper) readOnce(ctx context.Context, known runCache, id string) (*Run, error) {
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
func (k Keeper) inspect(ctx context.Context, l *Lock, known runCache) (inspection, error) {
	var seen inspection
	for _, s := range append([]LockEntry{}, l.Holders[:min(len(l.Holders), maxInspected)]...) {
		r, err := k.readOnce(ctx, known, s.Run)
		switch {
		case err != nil:
			return seen, err
		case r == nil || r.Incarnation != s.Incarnation || r.Status.Terminal():
			seen.freed = l.drop(s) || seen.freed
			continue
		case r.Status == Queued:
			seen.unnotified = append(seen.unnotified, s)
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
		if err := lockBackoff(ctx, try); err != nil {
			return err
		}
	}
	return &Error{Code: CodeConflict, Message: "the overlap key is being changed by others; repeat the call"}
}

// lockBackoff pauses for a random part of what grows to 100 ms, so that many writers of one lock do not meet again and again.
func lockBackoff(ctx context.Context, try int) error {
	pause := time.NewTimer(rand.N(min(time.Millisecond<<min(try, 10), 100*time.Millisecond)))
	defer pause.Stop()
	select {
	case <-pause.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
