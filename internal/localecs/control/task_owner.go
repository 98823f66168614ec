package control

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/task"
)

// taskOwner is the server as the tasks' runners know it.
type taskOwner struct{ s *Plane }

// Change implements owner.
func (o taskOwner) Change(t *task.Task, f func(now time.Time)) {
	o.s.mu.Lock()
	defer o.s.mu.Unlock()
	if !t.Is(task.Stopped) {
		o.s.change(t, f)
	}
}

// AskStop implements owner.
func (o taskOwner) AskStop(t *task.Task, code types.TaskStopCode, reason string, also func(now time.Time)) {
	o.s.mu.Lock()
	defer o.s.mu.Unlock()
	switch {
	case t.Is(task.Stopped):
	case *t.DesiredStatus == task.Stopped:
		o.s.change(t, also)
	default:
		o.s.askStop(t, code, reason, also)
	}
}

// Finish implements owner.
func (o taskOwner) Finish(t *task.Task) {
	s := o.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.Is(task.Stopped) {
		return
	}
	s.change(t, func(now time.Time) {
		t.StoppedAt = &now
		t.Retire()
	})
	s.release(t)
	s.schedule(t.StoppedAt.Add(shownFor), forgetTask, t.ID)
	close(t.Ended)
}
