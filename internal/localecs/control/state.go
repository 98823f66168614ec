package control

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/journal"
	"davit/internal/localecs/placement"
	"davit/internal/localecs/task"
)

// state is all that the server knows. Server.mu guards it.
type state struct {
	clusters  map[string]*types.Cluster
	families  map[string][]*journal.Definition // by revision, ascending, none ever missing
	tasks     map[string]*task.Task
	order     []*task.Task // by seq
	seq       uint64
	tokens    map[string]*journal.TokenRecord
	timers    timerQueue
	stopTimer func() bool
	placement.Fleet
}

func newState(opt Settings) state {
	return state{
		clusters: map[string]*types.Cluster{}, families: map[string][]*journal.Definition{},
		tasks: map[string]*task.Task{}, tokens: map[string]*journal.TokenRecord{}, Fleet: placement.NewFleet(opt.Machines, opt.Seed, opt.Faults.Disconnected),
	}
}

// change applies f, raises the version, and writes the task down together with its event. The caller holds mu.
func (s *Plane) change(t *task.Task, f func(now time.Time)) {
	now := s.now()
	f(now)
	t.Version++
	s.save(t)
	s.announce(t, now)
}

func (s *Plane) save(t *task.Task) {
	s.journal.Put(journal.BucketTasks, t.ID, journal.TaskRecord{Task: t.Task, Seq: t.Seq, Token: t.Token, EventVersion: t.EventVersion})
}

// askStop makes the task's goroutine stop it; also, which may be nil, is part of the same change. The first cause stands, so
// asking again changes nothing. The caller holds mu.
func (s *Plane) askStop(t *task.Task, code types.TaskStopCode, reason string, also func(now time.Time)) {
	if *t.DesiredStatus == task.Stopped {
		return
	}
	s.change(t, func(now time.Time) {
		if also != nil {
			also(now)
		}
		t.DesiredStatus = new(task.Stopped)
		t.StopCode, t.StoppedReason, t.StoppingAt = code, &reason, &now
	})
	close(t.StopAsked)
}

// add makes the task known. The caller holds mu.
func (s *Plane) add(t *task.Task) {
	s.tasks[t.ID] = t
	s.order = append(s.order, t)
	s.seq = max(s.seq, t.Seq)
}
