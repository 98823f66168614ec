package run

import (
	"context"
	"errors"
	"time"
)

// releaseLock returns the overlap key of a run that is over to those who wait for it, and marks the record once that is done. Every
// write of a terminal record ends with it; what it could not do, the sweep does again.
func (k Keeper) releaseLock(ctx context.Context, r *Run) error {
	if !r.mustReleaseLock() {
		return nil
	}
	if err := k.leaveLock(ctx, r.Policy.Overlap.Key, r.entry()); err != nil {
		return err
	}
	incarnation := r.Incarnation
	_, err := k.editSeen(ctx, r.ID, r, func(r *Run, _ time.Time) (bool, error) {
		if r.Incarnation != incarnation || r.Released {
			return false, nil
		}
		r.Released = true
		return true, nil
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// leaveLock takes an entry out of the lock, and admits and tells those whose turn it is. Where the entry is gone already, whoever took it out may
// have died before it told them, so the holders are looked at.
func (k Keeper) leaveLock(ctx context.Context, key string, s LockEntry) error {
	var tell []LockEntry
	known := runCache{}
	err := k.changeLock(ctx, key, func(l *Lock) (bool, error) {
		dropped := l.drop(s)
		tell = nil
		if !dropped && !l.Empty() {
			seen, err := k.inspect(ctx, l, known)
			if err != nil {
				return false, err
			}
			dropped, tell = seen.freed, seen.unnotified
		}
		promoted := l.promote()
		tell = append(tell, promoted...)
		return dropped || len(promoted) > 0, nil
	})
	if err != nil {
		return err
	}
	return k.notifyAdmitted(ctx, key, tell)
}

// notifyAdmitted lets runs know that they are admitted, and wakes their executions. The entry of one that is over goes to the next.
func (k Keeper) notifyAdmitted(ctx context.Context, key string, entries []LockEntry) error {
	var first error
	for _, s := range entries {
		r, err := k.edit(ctx, s.Run, func(r *Run, now time.Time) (bool, error) { return r.applyAdmission(s, admitted, "", now), nil })
		switch {
		case errors.Is(err, ErrNotFound), err == nil && (r.Incarnation != s.Incarnation || r.Status.Terminal()):
			err = k.leaveLock(ctx, key, s)
		case err == nil:
			err = k.wake(ctx, r, k.now())
		}
		first = firstError(first, err)
	}
	return first
}

// notifyOthers does what asking the lock for r's entry made due for others. It is repeated, when it fails, for a run that waits; one that was
// admitted goes on.
func (k Keeper) notifyOthers(ctx context.Context, r *Run, key string, p admission) error {
	var others []LockEntry
	for _, s := range p.unnotified {
		if !s.sameRun(p.entry) {
			others = append(others, s)
		}
	}
	first := k.notifyAdmitted(ctx, key, others)
	if p.answer != waits {
		return nil
	}
	if p.entry.Mode != OverlapReplace {
		return first
	}
	for _, s := range p.skip {
		first = firstError(first, k.skip(ctx, r, s))
	}
	for _, s := range p.stop {
		first = firstError(first, k.replace(ctx, r, s))
	}
	return first
}
