package localecs

import (
	"davit/internal/localecs/journal"
	"davit/internal/localecs/placement"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// state is all that the server knows. Server.mu guards it.
type state struct {
	clusters  map[string]*types.Cluster
	families  map[string][]*journal.Definition // by revision, ascending, none ever missing
	tasks     map[string]*task
	order     []*task // by seq
	seq       uint64
	tokens    map[string]*journal.TokenRecord
	agenda    agenda
	stopTimer func() bool
	placement.Fleet
}

func newState(opt Options) state {
	return state{
		clusters: map[string]*types.Cluster{}, families: map[string][]*journal.Definition{},
		tasks: map[string]*task{}, tokens: map[string]*journal.TokenRecord{}, Fleet: placement.NewFleet(opt.Machines, opt.Seed, opt.Faults.Disconnected),
	}
}

// change applies f, raises the version, and writes the task down together with its event. The caller holds mu.
func (s *Server) change(t *task, f func(now time.Time)) {
	now := s.now()
	f(now)
	t.Version++
	s.save(t)
	s.announce(t, now)
}

func (s *Server) save(t *task) {
	s.journal.Put(journal.BucketTasks, t.id, journal.TaskRecord{Task: t.Task, Seq: t.seq, Token: t.token, Told: t.told})
}

// askStop makes the task's goroutine stop it; also, which may be nil, is part of the same change. The first cause stands, so
// asking again changes nothing. The caller holds mu.
func (s *Server) askStop(t *task, code types.TaskStopCode, reason string, also func(now time.Time)) {
	if *t.DesiredStatus == stopped {
		return
	}
	s.change(t, func(now time.Time) {
		if also != nil {
			also(now)
		}
		t.DesiredStatus = new(stopped)
		t.StopCode, t.StoppedReason, t.StoppingAt = code, &reason, &now
	})
	close(t.stopAsked)
}

// add makes the task known. The caller holds mu.
func (s *Server) add(t *task) {
	s.tasks[t.id] = t
	s.order = append(s.order, t)
	s.seq = max(s.seq, t.seq)
}
