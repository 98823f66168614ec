package run

import (
	"context"
	"errors"
	"time"
)

// releaseLock removes a terminal run from the lock of its overlap key, admits the next ones, and marks the record as released. Every write of a terminal record
// ends with it; the sweep repeats it where it failed.
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

// leaveLock removes an entry from the lock, admits the waiters whose turn it is, and notifies them. Where the entry is gone already, the writer that removed it
// may have died before it notified them, so the holders' records are read.
func (k Keeper) leaveLock(ctx context.Context, key string, s LockEntry) error {
	var tell, promotedBefore []LockEntry
	known := runCache{}
	err := k.changeLock(ctx, key, func(l *Lock) (bool, error) {
		dropped := l.drop(s)
		tell = l.holding(promotedBefore)
		if !dropped && !l.Empty() {
			seen, err := k.inspect(ctx, l, known)
			if err != nil {
				return false, err
			}
			dropped, tell = seen.freed, append(tell, seen.unnotified...)
		}
		promoted := l.promote()
		promotedBefore = append(promotedBefore, promoted...)
		tell = append(tell, promoted...)
		return dropped || len(promoted) > 0, nil
	})
	if err != nil {
		return err
	}
	return k.notifyAdmitted(ctx, key, tell)
}

// notifyAdmitted records in each run that it is admitted, and wakes its execution. The entry of a run that has ended is removed.
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

// notifyOthers carries out what r's admission means for other runs: it notifies the admitted, skips the replaced waiters and stops the replaced holders. A
// failure is returned, and so repeated, only for a run that waits.
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
