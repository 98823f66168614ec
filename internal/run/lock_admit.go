package run

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// How an overlap key is asked.
const (
	// maxInspected is how many holders are looked at by a run that they keep from launching.
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

// admit asks the lock of r's overlap key for admission and records the answer: admitted, QUEUED or SKIPPED. It returns the record as it is then. Any writer may
// repeat it at any time, which also repeats what one that died in it left undone: removing runs that have ended, notifying those that were admitted, stopping and
// skipping those that were replaced.
func (k Keeper) admit(ctx context.Context, r *Run) (*Run, error) {
	if !r.needsAdmission(k.now()) {
		return r, nil
	}
	p, err := k.enter(ctx, r)
	if err != nil {
		return r, err
	}
	if p.answer == runEnded {
		return k.Store.Get(ctx, r.ID)
	}
	key := r.Policy.Overlap.Key
	r, err = k.editSeen(ctx, r.ID, r, func(r *Run, now time.Time) (bool, error) {
		return r.applyAdmission(p.entry, p.answer, p.why, now), nil
	})
	if err != nil {
		return r, err
	}
	if p.answer.hasEntry() && (r.Status.Terminal() || r.Incarnation != p.entry.Incarnation) { // it ended while it was given a entry
		if _, err := k.leaveLock(ctx, key, p.entry); err != nil {
			return r, err
		}
	}
	return r, k.notifyOthers(ctx, r, key, p)
}

// enter asks the lock of r's overlap key for an entry and writes the lock where that changed it.
func (k Keeper) enter(ctx context.Context, r *Run) (p admission, err error) {
	known := runCache{}
	var promotedBefore []LockEntry
	err = k.changeLock(ctx, r.Policy.Overlap.Key, func(l *Lock) (changed bool, err error) {
		p, changed, err = k.requestAdmission(ctx, l, r, known)
		again := l.holding(promotedBefore)
		promotedBefore = append(promotedBefore, p.unnotified...)
		p.unnotified = append(p.unnotified, again...)
		return changed, err
	})
	return p, err
}

// requestAdmission returns the lock's answer to r, and whether the lock changed. Holders' records are read only where the lock does not admit r.
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

// hasEnded reports whether r, which has no entry, has ended since it was read. Its entry may have been removed for that, and a new one would replace runs
// that came later. A record is terminal before its entry is removed, so it is read after the lock.
func (k Keeper) hasEnded(ctx context.Context, l *Lock, r *Run) (bool, error) {
	if l.contains(r.entry()) {
		return false, nil
	}
	current, err := k.Store.Get(ctx, r.ID)
	if errors.Is(err, ErrNotFound) {
		return true, nil
	}
	return err == nil && (current.Incarnation != r.Incarnation || current.Status.Terminal()), err
}

// inspection is what the records of the oldest holders show.
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
	for _, s := range l.inspected(k.now()) {
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

// inspected returns the holders that are looked at now: all of them, or of many maxInspected beside one another, from one on that the key and the minute draw. A
// turn that went by the clock alone would leave some out for ever: sweeps come every five minutes.
func (l *Lock) inspected(now time.Time) []LockEntry {
	n := len(l.Holders)
	if n <= maxInspected {
		return append([]LockEntry{}, l.Holders...)
	}
	var some []LockEntry
	begin := int(jitter(l.Key, now.UTC().Truncate(time.Minute).String()) * float64(n))
	for i := range maxInspected {
		some = append(some, l.Holders[(begin+i)%n])
	}
	return some
}

// changeLock reads the lock of a key, calls change with it, and writes it when change returns true. It begins again while other writers are first.
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
		if err := k.backOff(ctx, try); err != nil {
			return err
		}
	}
	return &Error{Code: CodeConflict, Message: "the overlap key is being changed by others; repeat the call"}
}

func (k Keeper) backOff(ctx context.Context, try int) error {
	if k.Backoff != nil {
		return k.Backoff(ctx, try)
	}
	return lockBackoff(ctx, try)
}

// lockBackoff pauses for a random part of what grows to 100 ms, so that many writers of one lock do not collide again and again.
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
