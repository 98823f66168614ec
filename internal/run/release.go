package run

import (
	"context"
	"errors"
	"time"
)

// free gives the overlap key of a run that is over to those who wait for it, and marks the record once that is done. Every
// write of a terminal record ends with it; what it could not do, the sweep does again.
func (k Keeper) free(ctx context.Context, r *Run) error {
	if !r.owes() {
		return nil
	}
	if err := k.leave(ctx, r.Policy.Overlap.Key, r.seat()); err != nil {
		return err
	}
	born := r.Born
	_, err := k.editSeen(ctx, r.ID, r, func(r *Run, _ time.Time) (bool, error) {
		if r.Born != born || r.Released {
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

// leave takes a seat out of the lock, and admits and tells those whose turn it is. Where the seat is gone already, whoever took it out may
// have died before it told them, so the holders are looked at.
func (k Keeper) leave(ctx context.Context, key string, s Seat) error {
	var tell []Seat
	known := records{}
	err := k.changeLock(ctx, key, func(l *Lock) (bool, error) {
		dropped := l.drop(s)
		tell = nil
		if !dropped && !l.Empty() {
			seen, err := k.inspect(ctx, l, known)
			if err != nil {
				return false, err
			}
			dropped, tell = seen.freed, seen.untold
		}
		promoted := l.promote()
		tell = append(tell, promoted...)
		return dropped || len(promoted) > 0, nil
	})
	if err != nil {
		return err
	}
	return k.tell(ctx, key, tell)
}

// tell lets runs know that they are admitted, and wakes their executions. The seat of one that is over goes to the next.
func (k Keeper) tell(ctx context.Context, key string, seats []Seat) error {
	var first error
	for _, s := range seats {
		r, err := k.edit(ctx, s.Run, func(r *Run, now time.Time) (bool, error) { return r.takeSeat(s, admitted, "", now), nil })
		switch {
		case errors.Is(err, ErrNotFound), err == nil && (r.Born != s.Born || r.Status.Terminal()):
			err = k.leave(ctx, key, s)
		case err == nil:
			err = k.wake(ctx, r, k.now())
		}
		first = firstError(first, err)
	}
	return first
}

// passOn does what asking the lock for r's seat made due for others. It is repeated, when it fails, for a run that waits; one that was
// admitted goes on.
func (k Keeper) passOn(ctx context.Context, r *Run, key string, p passage) error {
	var others []Seat
	for _, s := range p.tell {
		if !s.of(p.seat) {
			others = append(others, s)
		}
	}
	first := k.tell(ctx, key, others)
	if p.answer != waits {
		return nil
	}
	if p.seat.Mode != OverlapReplace {
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
