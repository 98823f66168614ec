package run

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// TaskEvents takes ECS Task State Change events.
type TaskEvents struct {
	Keeper
	Engine Engine
}

type taskEvent struct {
	Source     string          `json:"source"`
	DetailType string          `json:"detail-type"`
	Detail     json.RawMessage `json:"detail"`
}

// Handle merges one event (EventBridge's envelope) into the record of its run and wakes the execution when its next decision changed. Events may come twice,
// late, in any order, of tasks that are not Davit's, or of runs whose records have expired: none of these is an error. CodeInvalid: it is not a task state change
// event.
func (h *TaskEvents) Handle(ctx context.Context, event []byte) error {
	var e taskEvent
	if err := json.Unmarshal(event, &e); err != nil {
		return &Error{Code: CodeInvalid, Message: "the event is not JSON", Err: err}
	}
	told := readDescription(asDescribed(e.Detail))
	s := &told.state
	if e.Source != "aws.ecs" || e.DetailType != "ECS Task State Change" || s.TaskARN == "" {
		return &Error{Code: CodeInvalid, Message: "not an ECS Task State Change event of aws.ecs with a taskArn"}
	}
	id, number, ok := ParseStartedBy(h.Tuning.Prefix, s.StartedBy)
	if !ok {
		return nil
	}
	orphan := false
	r, err := h.edit(ctx, id, func(r *Run, now time.Time) (write bool, err error) {
		write, orphan = r.takeEvent(number, told, now)
		return write, nil
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if orphan && s.DesiredStatus != desiredStopped && !s.stopped() {
		return h.stopOrphan(ctx, r, s)
	}
	return h.wake(ctx, r, h.now())
}

// takeEvent merges an event's task, and reports whether the record changed and whether the task is an orphan: of a run that
// is over, or of no launch call that the record knows.
func (r *Run) takeEvent(number int, told description, now time.Time) (write, orphan bool) {
	s := &told.state
	if number > len(r.Attempts) || r.Attempts[number-1].StartedBy != s.StartedBy {
		return false, r.ownerOf(s) != foreignTask
	}
	a := &r.Attempts[number-1]
	t := a.find(s.TaskARN)
	switch {
	case t == nil && r.ownerOf(s) == foreignTask:
		return false, false
	case t == nil && (a.Open == nil || r.ownerOf(s) == orphanTask):
		return false, true
	case t != nil && t.State().stopped() && a.Outcome != nil:
		return false, false // it says nothing that an ended attempt keeps
	}
	if write = a.take(told, fromEvent, now); write {
		r.LastHeardAt = now
		r.noteLaunch(a, now)
		Settle(r, now)
	}
	return write, r.Status.Terminal()
}

func (h *TaskEvents) stopOrphan(ctx context.Context, r *Run, s *TaskState) error {
	_, err := h.Engine.Stop(ctx, firstOf(s.ClusterARN, r.Cluster), s.TaskARN, "Davit: the run of this task is over")
	if err == nil {
		return nil
	}
	if c := ClassifyError(err); c == Throttled || c == Unavailable {
		return engineFault(err)
	}
	return nil // ECS no longer knows it
}
