package run

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"davit/internal/jsontree"
)

// Sweeper is the shared poll: it examines every record whose execution is late, whose tasks ECS did not report on for half an hour, or which is terminal and
// may have live tasks. Two sweeps at once do no harm.
type Sweeper struct {
	Keeper
	Engine Engine
	// Reads is the budget of DescribeTasks and ListTasks calls of one sweep; 0 is 100 (5/s of the account's
	// 20 over a call of 20 s).
	Reads int
	// Page is how many records are read at a time; 0 is 100.
	Page int
}

// SweepReport counts what a sweep did.
type SweepReport struct {
	Examined int // records
	Started  int // executions, the first of a record or the next generation
	Woken    int
	Stopped  int // orphans
	Failed   int // records that could not be seen to; the next sweep looks again
}

// Sweep examines all records that are due, one page at a time, until none is left or ctx ends. Once the read budget is used up, it leaves those that need a
// call of ECS to the next sweep. A record that fails does not keep it from the others.
func (s *Sweeper) Sweep(ctx context.Context) (SweepReport, error) {
	var report SweepReport
	due := s.now()
	reads := s.Reads
	if reads == 0 {
		reads = 100
	}
	var after *OpenPosition
	for {
		page, err := s.Store.Open(ctx, due, s.page(), after)
		if err != nil {
			return report, err
		}
		runs := s.load(ctx, page.IDs, &report)
		unwritten := s.describeUnheard(ctx, runs, &reads)
		for _, r := range runs {
			if unwritten[r] {
				report.Failed++
				continue
			}
			if reads <= 0 && r.isUnheard(s.now()) {
				continue
			}
			if err := s.handleDue(ctx, r, &report, &reads); err != nil {
				report.Failed++
			}
		}
		if page.Next == nil || ctx.Err() != nil {
			return report, ctx.Err()
		}
		after = page.Next
	}
}

func (s *Sweeper) page() int {
	if s.Page > 0 {
		return s.Page
	}
	return 100
}

func (s *Sweeper) load(ctx context.Context, ids []string, report *SweepReport) []*Run {
	var runs []*Run
	for _, id := range ids {
		r, err := s.Store.Get(ctx, id)
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			report.Failed++
		default:
			report.Examined++
			runs = append(runs, r)
		}
	}
	return runs
}

// describeUnheard describes the tasks that ECS did not report on for long, up to 100 a call by cluster, and writes what it learned. Records that could not be
// written are ahead of the store: nothing may be done on their account.
func (s *Sweeper) describeUnheard(ctx context.Context, runs []*Run, reads *int) (unwritten map[*Run]bool) {
	now := s.now()
	unwritten = map[*Run]bool{}
	for cluster, group := range unheardOf(runs, now) {
		for len(group) > 0 && *reads > 0 {
			batch, arns := takeBatch(group)
			group = group[len(batch):]
			*reads--
			found, err := describe(ctx, s.Engine, cluster, arns)
			if err != nil {
				continue // throttled or gone: the next sweep asks again
			}
			of := byTask(found)
			for _, r := range batch {
				unwritten[r] = !s.write(ctx, r, of(r.attempt().liveTasks()))
			}
		}
	}
	return unwritten
}

// byTask returns the part of a description that is about some of its tasks.
func byTask(found Description) (of func(arns []string) Description) {
	shown := map[string]json.RawMessage{}
	for _, raw := range found.Tasks {
		shown[jsontree.StringMember(raw, "taskArn")] = raw
	}
	return func(arns []string) Description {
		var part Description
		for _, arn := range arns {
			if raw, is := shown[arn]; is {
				part.Tasks = append(part.Tasks, raw)
			} else if slices.Contains(found.Missing, arn) {
				part.Missing = append(part.Missing, arn)
			}
		}
		return part
	}
}

// isUnheard reports whether ECS said nothing of the run's live tasks for long.
func (r *Run) isUnheard(now time.Time) bool {
	a := r.attempt()
	return a != nil && a.live() && now.Sub(r.LastHeardAt) >= unheard
}

func unheardOf(runs []*Run, now time.Time) map[string][]*Run {
	groups := map[string][]*Run{}
	for _, r := range runs {
		if r.isUnheard(now) {
			groups[r.Cluster] = append(groups[r.Cluster], r)
		}
	}
	return groups
}

// takeBatch takes runs from the front of group until their live tasks would be over 100, at least one run.
func takeBatch(group []*Run) (batch []*Run, arns []string) {
	for _, r := range group {
		live := r.attempt().liveTasks()
		if len(batch) > 0 && len(arns)+len(live) > 100 {
			break
		}
		batch, arns = append(batch, r), append(arns, live...)
	}
	return batch, arns
}

// write merges a description into the stored record, copies the written record to r, and reports whether it was written.
func (s *Sweeper) write(ctx context.Context, r *Run, found Description) bool {
	described := r.attempt().Number
	written, err := s.editSeen(ctx, r.ID, r, func(r *Run, now time.Time) (bool, error) {
		if a := r.attempt(); a == nil || a.Number != described {
			return false, nil // the description is of an earlier attempt's tasks
		}
		r.takeDescription(found, now)
		Settle(r, now)
		return true, nil
	})
	if err == nil && written != r {
		*r = *written
	}
	return err == nil
}

// handleDue does for one record what is due: it stops the orphans of a terminal run, wakes the execution, or starts one where there is none.
func (s *Sweeper) handleDue(ctx context.Context, r *Run, report *SweepReport, reads *int) error {
	r, err := s.admit(ctx, r)
	if err != nil {
		return err
	}
	now := s.now()
	if r.StepAt.IsZero() && !r.Status.Terminal() {
		return s.start(ctx, r, report)
	}
	woken, err := s.wakeIfDue(ctx, r, now)
	switch {
	case woken:
		report.Woken++
	case err != nil && !errors.Is(err, ErrTokenGone):
		return err
	}
	switch {
	case r.Status.Terminal():
		return s.stopOrphans(ctx, r, report, reads)
	case woken:
		return nil
	case s.overdue(r, now):
		return s.restart(ctx, r, report)
	case r.SweepAt.After(now):
		return nil // hear wrote it
	default:
		return s.reindex(ctx, r.ID)
	}
}

// reindex writes the record with its index, so that the next sweep examines it when it is due.
func (s *Sweeper) reindex(ctx context.Context, id string) error {
	_, err := s.edit(ctx, id, func(r *Run, now time.Time) (bool, error) {
		Settle(r, now)
		if r.Status.Terminal() {
			r.Waiting = nil
		}
		return true, nil
	})
	return err
}

// stopOrphans stops the live tasks of a terminal run, until all were seen STOPPED or orphanWatch has passed.
func (s *Sweeper) stopOrphans(ctx context.Context, r *Run, report *SweepReport, reads *int) error {
	for i := range r.Attempts {
		a := &r.Attempts[i]
		if !a.mayHaveLiveTasks() {
			continue
		}
		if *reads <= 0 {
			return nil
		}
		*reads--
		arns, err := s.Engine.List(ctx, TaskQuery{Cluster: r.Cluster, StartedBy: a.StartedBy})
		if err != nil {
			return engineFault(err)
		}
		for _, arn := range arns {
			if _, err := s.Engine.Stop(ctx, r.Cluster, arn, "Davit: the run of this task is over"); err == nil {
				report.Stopped++
			}
		}
	}
	return s.reindex(ctx, r.ID)
}
