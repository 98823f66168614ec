package localecs

import (
	"davit/internal/localecs/faults"
	"davit/internal/localecs/journal"
	"davit/internal/localecs/placement"
	"slices"
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

// The states of a task, and of a container where ECS has them.
const (
	provisioning   = "PROVISIONING"
	pending        = "PENDING"
	running        = "RUNNING"
	deactivating   = "DEACTIVATING"
	stopping       = "STOPPING"
	deprovisioning = "DEPROVISIONING"
	stopped        = "STOPPED"
)

// task is one task. Its goroutine (life) alone moves lastStatus on; anyone may ask for its stop.
type task struct {
	// Task is what DescribeTasks shows. Its pointers are replaced, never written through, so a copy of the struct and of
	// Containers is safe to read without the lock.
	types.Task
	id, cluster, family string
	seq                 uint64
	token               string
	told                int64
	instance            int // the machine's index
	booked              placement.Booking
	hiding              *faults.Hidden
	stopAsked           chan struct{} // closed by the first stop
	ended               chan struct{} // closed when STOPPED
}

// newTask makes the parts of a task that are not shown.
func newTask(shown types.Task, id, cluster, family string, seq uint64) *task {
	return &task{
		Task: shown, id: id, cluster: cluster, family: family, seq: seq,
		stopAsked: make(chan struct{}), ended: make(chan struct{}),
	}
}

func (t *task) is(status string) bool { return *t.LastStatus == status }

// view is the task as it is now, for a reader without the lock.
func (t *task) view() types.Task {
	v := t.Task
	v.Containers = slices.Clone(t.Containers)
	return v
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
