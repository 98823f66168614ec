package run

import (
	"context"
	"errors"
	"time"
)

// lateEntry is for how long after a run's end a process that read its record before may still write its entry into the lock: longer than any function works.
const lateEntry = orphanSweep

// releaseLock removes a terminal run from the lock of its overlap key, admits the next ones, and marks the record as released. Every write of a terminal record
// ends with it; the sweep repeats it where it failed. A run that had no entry is marked by the sweep only, once no entry of it can come any more.
func (k Keeper) releaseLock(ctx context.Context, r *Run) error {
	if !r.mustReleaseLock() {
		return nil
	}
	left, err := k.leaveLock(ctx, r.Policy.Overlap.Key, r.entry())
	if err != nil || !left && k.now().Sub(*r.StoppedAt) < lateEntry {
		return err
	}
	incarnation := r.Incarnation
	_, err = k.editSeen(ctx, r.ID, r, func(r *Run, _ time.Time) (bool, error) {
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

// leaveAfterEnd is releaseLock for a step whose run is over. A run that was skipped counts as released from the start; the step before this one may have died
// with an entry of it in the lock all the same.
func (k Keeper) leaveAfterEnd(ctx context.Context, r *Run) error {
	if r.Status != Skipped || !r.Released {
		return k.releaseLock(ctx, r)
	}
	_, err := k.leaveLock(ctx, r.Policy.Overlap.Key, r.entry())
	return err
}

// leaveLock removes an entry from the lock, admits the waiters whose turn it is, and notifies them. It reports whether the entry was there. Where it is gone
// already, the writer that removed it may have died before it notified them, so the holders' records are read.
func (k Keeper) leaveLock(ctx context.Context, key string, s LockEntry) (left bool, err error) {
	var tell, promotedBefore []LockEntry
	known := runCache{}
	err = k.changeLock(ctx, key, func(l *Lock) (bool, error) {
		dropped := l.drop(s)
		left = left || dropped
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
		return left, err
	}
	return left, k.notifyAdmitted(ctx, key, tell)
}

// notifyAdmitted records in each run that it is admitted, and wakes its execution. The entry of a run that has ended is removed.
func (k Keeper) notifyAdmitted(ctx context.Context, key string, entries []LockEntry) error {
	var first error
	for _, s := range entries {
		r, err := k.edit(ctx, s.Run, func(r *Run, now time.Time) (bool, error) { return r.applyAdmission(s, admitted, "", now), nil })
		switch {
		case errors.Is(err, ErrNotFound), err == nil && (r.Incarnation != s.Incarnation || r.Status.Terminal()):
			_, err = k.leaveLock(ctx, key, s)
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
