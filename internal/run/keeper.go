package run

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// How the sweep's index is kept.
const (
	sweepGrace   = 2 * time.Minute  // an execution that is later than this is taken for dead or asleep
	unheard      = 30 * time.Minute // ECS forgets stopped tasks after 60
	orphanSweep  = 5 * time.Minute
	orphanWatch  = 24 * time.Hour // how long a terminal run's loose ends are watched
	editAttempts = 12
)

// DefaultRetention is how long a record is kept after its run's end.
const DefaultRetention = 90 * 24 * time.Hour

// Keeper writes records: every use case that changes one has it.
type Keeper struct {
	Store     Store
	Clock     Clock
	Tuning    Tuning
	Workflow  Workflow
	Retention time.Duration // from the run's end; 0 is DefaultRetention
	// Backoff waits before try+1 of a lock's change, try counted from 0. Nil waits for a random part of up to 100 ms.
	Backoff func(ctx context.Context, try int) error
	// Log gets a line when a run is accepted, launched and ended. Nil discards them.
	Log *slog.Logger
	// Random returns n characters of the id alphabet, n at most 26. Nil reads crypto/rand.
	Random func(n int) string
}

// now is the time that records are written with, in whole milliseconds.
func (k Keeper) now() time.Time { return k.Clock.Now().UTC().Truncate(time.Millisecond) }

// index sets what the store indexes: when the sweep must next look, and at the end when the record expires.
func (k Keeper) index(r *Run, now time.Time) {
	r.cutAttempts()
	if r.Status.Terminal() {
		k.indexTerminal(r, now)
		return
	}
	due := Decide(r, now).Due
	if r.StepAt.IsZero() && now.Before(due) {
		due = now // no execution is known to be at work
	}
	r.SweepAt = due.Add(sweepGrace)
	if at := now.Add(r.queueSweep()); r.Status == Queued && at.Before(r.SweepAt) {
		r.SweepAt = at
	}
	if a := r.attempt(); a != nil && a.live() {
		if at := r.LastHeardAt.Add(unheard); at.Before(r.SweepAt) {
			r.SweepAt = at
		}
	}
}

func (k Keeper) indexTerminal(r *Run, now time.Time) {
	r.SweepAt = time.Time{}
	if (r.mayHaveLiveTasks() || r.mustReleaseLock()) && now.Before(r.StoppedAt.Add(orphanWatch)) {
		r.SweepAt = now.Add(orphanSweep)
	}
	retention := k.Retention
	if retention == 0 {
		retention = DefaultRetention
	}
	r.Expires = r.StoppedAt.Add(retention)
}

// mayHaveLiveTasks reports whether a task of the run may still be alive.
func (r *Run) mayHaveLiveTasks() bool {
	for i := range r.Attempts {
		if r.Attempts[i].mayHaveLiveTasks() {
			return true
		}
	}
	return false
}

// mayHaveLiveTasks reports whether a task of the attempt may still be alive.
func (a *Attempt) mayHaveLiveTasks() bool {
	for i := range a.Tasks {
		if !a.Tasks[i].State().stopped() {
			return true
		}
	}
	return a.Unclear
}

// save writes r with its index; if r is over, its overlap key goes to the next. ErrConflict is the caller's to repeat.
func (k Keeper) save(ctx context.Context, r *Run, now time.Time) error {
	k.index(r, now)
	if err := k.Store.Update(ctx, r); err != nil {
		return err
	}
	k.logNews(ctx, r)
	_ = k.releaseLock(ctx, r) // r is written; the sweep frees what this could not
	return nil
}

// edit reads a record, calls change with it, and writes it when change returns true. It begins again while other writers are first.
func (k Keeper) edit(ctx context.Context, id string, change func(r *Run, now time.Time) (write bool, err error)) (*Run, error) {
	return k.editSeen(ctx, id, nil, change)
}

// editSeen is edit for a record that was read a moment ago: the first try spares the read.
func (k Keeper) editSeen(ctx context.Context, id string, r *Run, change func(r *Run, now time.Time) (write bool, err error)) (*Run, error) {
	for range editAttempts {
		if r == nil {
			var err error
			if r, err = k.Store.Get(ctx, id); err != nil {
				return nil, err
			}
		}
		now := k.now()
		write, err := change(r, now)
		if err != nil || !write {
			return r, err
		}
		if err = k.save(ctx, r, now); !errors.Is(err, ErrConflict) {
			return r, err
		}
		r = nil
	}
	return nil, &Error{Code: CodeConflict, Message: "the run is being changed by others; repeat the call"}
}

// stepRun reads the record that an execution works for, and asks for it at its overlap key. stop is true when this execution has
// nothing to do any more: the record is gone, reborn or terminal, or another generation has taken over.
func (k Keeper) stepRun(ctx context.Context, in StepInput) (r *Run, stop bool, err error) {
	r, err = k.Store.Get(ctx, in.RunID)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, true, nil
	case err != nil:
		return nil, false, err
	case !in.worksFor(r):
		return r, true, nil
	case r.Status.Terminal():
		_ = k.leaveAfterEnd(ctx, r) // the sweep, or the next run of the key, frees what this cannot
		return r, true, nil
	}
	if r, err = k.admit(ctx, r); err != nil {
		return nil, false, err
	}
	return r, !in.worksFor(r) || r.Status.Terminal(), nil
}

func (in StepInput) worksFor(r *Run) bool {
	return r.Incarnation == in.Incarnation && r.Generation == in.Generation
}

// repeat runs a step until its write is not refused because of another writer.
func repeat(step func() (StepOutput, error)) (StepOutput, error) {
	for range editAttempts {
		out, err := step()
		if !errors.Is(err, ErrConflict) {
			return out, err
		}
	}
	return StepOutput{}, &Error{Code: CodeConflict, Message: "the run is being changed by others"}
}

func done(in StepInput) StepOutput {
	return StepOutput{Execution: in.Execution, Next: StepDone, WaitSeconds: 1}
}
