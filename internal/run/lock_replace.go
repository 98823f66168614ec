package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// replacedBy lists the entries that a REPLACE has taken: of waiters, and of holders.
func (l *Lock) replacedBy() (waiters, holders []LockEntry) {
	stays := func(s LockEntry) bool { return s.notReplaced() }
	return slices.DeleteFunc(slices.Clone(l.Waiters), stays), slices.DeleteFunc(slices.Clone(l.Holders), stays)
}

// replaceObjection is why r may not ask for the entry that it wants, admitted where it may: REPLACE must not touch runs that its caller may not see.
func (k Keeper) replaceObjection(ctx context.Context, l *Lock, r *Run, known runCache) (lockAnswer, string, error) {
	s := r.entry()
	if !r.OwnerOnly || s.Mode != OverlapReplace || l.admits(s) || l.contains(s) {
		return admitted, "", nil
	}
	for _, victim := range l.victims(s) {
		other, err := k.readOnce(ctx, known, victim.Run)
		if err != nil {
			return admitted, "", err
		}
		if other != nil && !r.maySee(other) {
			return notVisible, "a run that its owner may not see holds the overlap key (REPLACE)", nil
		}
	}
	return admitted, "", nil
}

// maySee reports whether every caller that may see r may see the other run.
func (r *Run) maySee(other *Run) bool { return Stack{OwnerOnly: r.OwnerOnly}.shows(other, r.Owner) }

// admissionReason returns, for r's record, why it was not admitted. first is the oldest holder, where it was looked at.
func (r *Run) admissionReason(a lockAnswer, l *Lock, first *Run) string {
	o := r.Policy.Overlap
	switch a {
	case waits:
		if o.Mode == OverlapReplace {
			return "waits until what it replaces has stopped"
		}
		return "waits for its overlap key"
	case queueFull:
		return fmt.Sprintf("maxQueued (%d) runs wait for the overlap key already", o.MaxQueued)
	case replaced:
		return "a later run with the same overlap key replaced it while it waited"
	case keyBusy:
		switch {
		case fits(r.entry(), l.Holders):
			return "other runs wait for the overlap key (FORBID)"
		case !r.OwnerOnly:
			return "run " + l.Holders[0].Run + " holds the overlap key (FORBID)"
		case first != nil && r.maySee(first):
			return "run " + first.ID + " holds the overlap key (FORBID)"
		default:
			return "another run holds the overlap key (FORBID)"
		}
	default:
		return ""
	}
}

// skip ends a waiting run whose place a later one has.
func (k Keeper) skip(ctx context.Context, by *Run, s LockEntry) error {
	other, err := k.edit(ctx, s.Run, func(r *Run, now time.Time) (bool, error) {
		return r.applyAdmission(s, replaced, by.admissionReason(replaced, nil, nil), now), nil
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return k.wake(ctx, other, k.now())
}

// replace orders a holder to stop in favour of a waiting run. An order that is there stays.
func (k Keeper) replace(ctx context.Context, by *Run, s LockEntry) error {
	other, err := k.edit(ctx, s.Run, func(r *Run, now time.Time) (bool, error) {
		if r.Incarnation != s.Incarnation || r.Status.Terminal() || r.Stop != nil {
			return false, nil
		}
		reason := "replaced by another run"
		if s.ReplacedBy == by.ID && (Stack{OwnerOnly: by.OwnerOnly}).shows(by, r.Owner) {
			reason = "replaced by run " + by.ID
		}
		r.Stop = &StopOrder{Cause: ByReplace, Reason: reason, At: now}
		Settle(r, now)
		return true, nil
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return k.wake(ctx, other, k.now())
}

// wanted reports whether the stop was asked for by a caller or a later run, so that it is neither a failure nor retried.
func (c StopCause) wanted() bool { return c == ByCaller || c == ByReplace }
