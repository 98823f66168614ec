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
// it was replaced and ends. Within the pause the record only notes that no execution is known to be at work, so that every sweep examines it again.
func (s *Sweeper) restart(ctx context.Context, seen *Run, report *SweepReport) error {
	start := false
	r, err := s.edit(ctx, seen.ID, func(r *Run, now time.Time) (bool, error) {
		start = false
		if r.Status.Terminal() || r.Generation != seen.Generation || r.Incarnation != seen.Incarnation {
			return false, nil
		}
		known := r.StepAt.IsZero()
		r.StepAt, r.Waiting = time.Time{}, nil
		if now.Before(r.RestartAt) {
			return !known, nil
		}
		start = true
		r.Generation++
		r.Restarts++
		r.Observations = 0
		r.RestartAt = now.Add(r.restartPause())
		return true, nil
	})
	if err != nil || !start {
		return err
	}
	report.Started++
	return s.Workflow.Start(ctx, r.execution(), "")
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
