package control

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/task"
)

const (
	reasonShutdown = "Local ECS was shut down."
	// lastWait is for what SIGKILL ends, and for the last events.
	lastWait = time.Second
)

// Shutdown stops all tasks with SIGTERM, and with SIGKILL when ctx ends, marks them STOPPED (TerminationNotice unless something else had
// stopped them first), hands over their events and closes the server. It takes a second longer than ctx at the most, and refuses
// all calls from its start.
func (s *Plane) Shutdown(ctx context.Context) error {
	var err error
	s.closing.Do(func() {
		s.stopTasks(ctx)
		err = s.close()
	})
	return err
}

func (s *Plane) stopTasks(ctx context.Context) {
	open := s.stopAll()
	if !await(open, ctx.Done()) {
		close(s.host.KillAll)
	}
	last := make(chan struct{})
	cancel := s.clock.AfterFunc(lastWait, func() { close(last) })
	defer cancel()
	await(open, last)
	for _, t := range open {
		taskOwner{s}.Finish(t)
	}
	s.drainEvents(last)
}

// stopAll refuses further calls and asks for the stop of every task.
func (s *Plane) stopAll() []*task.Task {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopping = true
	var open []*task.Task
	for _, t := range s.order {
		if !t.Is(task.Stopped) {
			s.askStop(t, types.TaskStopCodeTerminationNotice, reasonShutdown, nil)
			open = append(open, t)
		}
	}
	return open
}

// await waits for the tasks to be STOPPED; false when giveUp was closed first.
func await(tasks []*task.Task, giveUp <-chan struct{}) bool {
	for _, t := range tasks {
		select {
		case <-t.Ended:
		case <-giveUp:
			return false
		}
	}
	return true
}

// drainEvents hands over what is waiting once all of it is on disk, until giveUp is closed.
func (s *Plane) drainEvents(giveUp <-chan struct{}) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		select {
		case <-giveUp:
			cancel()
		case <-stop:
		}
	}()
	if err := s.journal.Flushed(ctx); err != nil {
		s.log.Warn("the last changes may not be on disk", "error", err)
		return
	}
	s.events.Finish(ctx)
}
