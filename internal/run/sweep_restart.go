package run

import (
	"context"
	"errors"
	"time"
)

// overdue reports whether a live execution would have taken its next step by now.
func (s *Sweeper) overdue(r *Run, now time.Time) bool {
	next := Decide(r, now).Due
	if r.Waiting != nil && r.Waiting.Due.Before(next) {
		next = r.Waiting.Due
	}
	if !s.Tuning.TaskEvents {
		next = r.StepAt.Add(maxPoll) // a pause that began is not cut short, whatever became due meanwhile
	}
	return now.Sub(next) >= sweepGrace/2 && now.Sub(r.StepAt) >= sweepGrace
}

// start starts the execution of a generation that has not taken a step, or is known to have died: its submission, its
// predecessor or a sweep could not, or must wait.
func (s *Sweeper) start(ctx context.Context, r *Run, report *SweepReport) error {
	err := s.Workflow.Start(ctx, r.execution(), "")
	if errors.Is(err, ErrExecutionExists) {
		return s.restart(ctx, r, report)
	}
	if err == nil {
		report.Started++
	}
	return err
}

// restart starts the next generation of an execution that died: at once the first time, later after RestartPause. The old execution, should it live, finds that
// it was replaced and ends. Within the pause the record notes that no execution is known to be at work, so that every sweep examines it again, and the sweep
// itself stops what is to stop by then: a deadline or a caller's stop does not wait for the pause.
func (s *Sweeper) restart(ctx context.Context, seen *Run, report *SweepReport) error {
	start := false
	var asked []string
	r, err := s.edit(ctx, seen.ID, func(r *Run, now time.Time) (bool, error) {
		start, asked = false, nil
		if r.Status.Terminal() || r.Generation != seen.Generation || r.Incarnation != seen.Incarnation {
			return false, nil
		}
		if now.Before(r.RestartAt) {
			var changed bool
			asked, changed = r.settlePaused(now)
			return changed, nil
		}
		start = true
		r.nextGeneration(now)
		return true, nil
	})
	switch {
	case err != nil:
		return err
	case !start:
		return stopper{s.Keeper, s.Engine}.stop(ctx, r, asked)
	}
	report.Started++
	return s.Workflow.Start(ctx, r.execution(), "")
}

// nextGeneration makes the record that of the next execution, and sets when the one after it may start.
func (r *Run) nextGeneration(now time.Time) {
	r.StepAt, r.Waiting = time.Time{}, nil
	r.Generation++
	r.Restarts++
	r.Observations = 0
	r.RestartAt = now.Add(r.restartPause())
}

// settlePaused notes that no execution is known to be at work, and settles the record. It returns the tasks to stop by now, marked as asked, and whether the
// record changed.
func (r *Run) settlePaused(now time.Time) (asked []string, changed bool) {
	changed = !r.StepAt.IsZero()
	r.StepAt, r.Waiting = time.Time{}, nil
	status, stop := r.Status, r.Stop
	Settle(r, now)
	asked = r.markAsked(Decide(r, now).Stops, now)
	return asked, changed || len(asked) > 0 || r.Status != status || r.Stop != stop
}

// ExecutionEnded is called when an execution FAILED, TIMED_OUT or was ABORTED. It starts the next generation for its run.
func (s *Sweeper) ExecutionEnded(ctx context.Context, x Execution) error {
	r, err := s.Store.Get(ctx, x.RunID)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	switch {
	case r.Incarnation != x.Incarnation || r.Status.Terminal():
		return nil
	case r.Generation == x.Generation:
		return s.restart(ctx, r, &SweepReport{})
	case r.Generation == x.Generation+1 && r.StepAt.IsZero():
		return s.start(ctx, r, &SweepReport{}) // this news came before, and the start failed
	default:
		return nil
	}
}
