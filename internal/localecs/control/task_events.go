package control

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/task"
)

// announce has the task's change handed over once it is on disk. The caller holds mu.
func (s *Plane) announce(t *task.Task, at time.Time) {
	if s.events == nil {
		return
	}
	shown := t.View()
	s.journal.After(func() { s.events.Enqueue(shown, at) })
}

// told remembers that the last event of a task was handed over. It need not be on disk at once: a repeated event does no harm.
func (s *Plane) eventDelivered(shown types.Task) {
	if *shown.LastStatus != task.Stopped {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.tasks[taskID(shown)]; t != nil {
		t.EventVersion = shown.Version
		s.save(t)
	}
}

func taskID(t types.Task) string {
	_, id := ecsname.SplitResource("task", *t.TaskArn)
	return id
}
