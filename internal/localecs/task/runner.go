package task

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/process"
)

const (
	reasonEssential = "Essential container in task exited"
	reasonLost      = "The host of the container's process died, and its exit code with it."
)

// life brings one task from PROVISIONING to STOPPED. Its goroutine alone touches it; starts and ends of processes reach it as messages.
type runner struct {
	h        *Host
	t        *Task
	messages chan func()   // see tell
	over     chan struct{} // closed when nobody listens to news any more
	ctx      context.Context
	cancel   context.CancelFunc // ends the starts and health checks that are under way
	parts    []Part
	ending   bool // the stop is being carried out
	early    early
}

// Part is one container of a life.
type Part struct {
	Container
	asked       bool // its start was asked for
	process     process.Process
	started     bool // it ran
	runs        int  // how often it was started
	since       time.Time
	last        process.Exit // before it was started again
	over        bool         // it has ended, or will never run
	code        int
	told        bool        // it was sent SIGTERM
	cancelIt    func() bool // the timer to SIGKILL
	Health      Health
	unwatch     func()      // ends its health checks
	tooLate     bool        // its startTimeout has passed
	stopWaiting func() bool // the timer to that
}

// Run runs a task until it is STOPPED or the host's context ends. No process starts before the task is on disk.
func Run(h *Host, t *Task, plan []Container) {
	if h.Written(h.Ctx) != nil {
		return
	}
	l := newLife(h, t, plan)
	defer l.close()
	if l.begin() {
		l.startReady()
	}
	if !l.follow() {
		return
	}
	l.end()
}

func newLife(h *Host, t *Task, plan []Container) *runner {
	l := &runner{h: h, t: t, messages: make(chan func(), len(plan)), over: make(chan struct{})}
	l.ctx, l.cancel = context.WithCancel(h.Ctx)
	for _, c := range plan {
		l.parts = append(l.parts, Part{Container: c, Health: Health{Status: types.HealthStatusUnknown}})
	}
	return l
}

// tell hands news to the life's goroutine, as long as there is one.
func (l *runner) post(news func()) {
	select {
	case l.messages <- news:
	case <-l.over:
	}
}

// leave ends what could still tell news.
func (l *runner) close() {
	l.cancel()
	close(l.over)
	if l.early.cancel != nil {
		l.early.cancel()
	}
	for i := range l.parts {
		for _, timer := range []func() bool{l.parts[i].cancelIt, l.parts[i].stopWaiting} {
			if timer != nil {
				timer()
			}
		}
	}
}

// begin passes PROVISIONING; false when the task is stopped before anything was started.
func (l *runner) begin() bool {
	if !l.h.Sleep(l.h.Delays.Provisioning, l.t.StopAsked) {
		return false
	}
	l.change(func(now time.Time) {
		l.t.LastStatus, l.t.Connectivity, l.t.ConnectivityAt = new(Pending), types.ConnectivityConnected, &now
		l.t.Attachments = attachmentsIn(l.t.Attachments, attached)
	})
	return l.h.Sleep(l.h.Delays.Pending, l.t.StopAsked) && !l.stopAsked() && l.readFiles()
}

func (l *runner) stopAsked() bool {
	select {
	case <-l.t.StopAsked:
		return true
	default:
		return false
	}
}

// to changes the task's state.
func (l *runner) to(status string) {
	l.change(func(time.Time) { l.t.LastStatus = &status })
}

// change changes the task, unless it was ended from outside.
func (l *runner) change(f func(now time.Time)) { l.h.Owner.Change(l.t, f) }

// askStop asks for the task's stop for a cause that the life itself found, with the change that goes with it.
func (l *runner) askStop(code types.TaskStopCode, reason string, also func(now time.Time)) {
	l.h.Owner.AskStop(l.t, code, reason, also)
}

// follow handles news until nothing of the task runs any more; false when the server was closed.
func (l *runner) follow() bool {
	asked, killAll := l.t.StopAsked, l.h.KillAll
	for !l.finished() {
		select {
		case news := <-l.messages:
			news()
		case <-asked:
			asked = nil
			l.stop()
		case <-killAll:
			killAll = nil
			l.killRest()
		case <-l.h.Ctx.Done():
			return false
		}
	}
	return l.h.Ctx.Err() == nil
}

// finished is true when the stop is being carried out and no container is left.
func (l *runner) finished() bool {
	if !l.ending {
		return false
	}
	for i := range l.parts {
		if !l.parts[i].over {
			return false
		}
	}
	return true
}

// stop ends what runs and keeps from starting what does not.
func (l *runner) stop() {
	l.ending = true
	l.cancel()
	anyRan := false
	for i := range l.parts {
		p := &l.parts[i]
		p.over = p.over || !p.asked
		anyRan = anyRan || p.started && !p.over
	}
	if l.t.StartedAt != nil {
		l.to(deactivating)
		l.h.Sleep(l.h.Delays.Deactivating, l.h.KillAll)
	}
	if anyRan {
		l.to(stopping)
	}
	l.terminateReady()
	l.actOnEarlyEnds()
}

// terminate sends SIGTERM to a container's process, and SIGKILL after its stopTimeout.
func (l *runner) terminate(i int) {
	p := &l.parts[i]
	if p.process == nil || p.over || p.told {
		return
	}
	p.told = true
	l.signal(p.process.Terminate)
	p.cancelIt = l.h.Clock.AfterFunc(p.stopTimeout, func() {
		l.post(func() { l.kill(i) })
	})
}

func (l *runner) kill(i int) {
	if p := &l.parts[i]; p.process != nil && !p.over {
		l.signal(p.process.Kill)
	}
}

func (l *runner) killRest() {
	for i := range l.parts {
		l.kill(i)
	}
}

func (l *runner) signal(send func() error) {
	if err := send(); err != nil {
		l.h.Log.Warn("a process could not be signalled", "task", l.t.ID, "error", err)
	}
}

// end passes the last states.
func (l *runner) end() {
	l.to(deprovisioning)
	l.h.Sleep(l.h.Delays.Deprovisioning, l.h.KillAll)
	if l.h.Ctx.Err() == nil {
		l.h.Owner.Finish(l.t)
	}
}

// reasonOf is why a container cannot start, as a user may see it.
func (l *runner) reasonOf(err error) string {
	if known := new(process.StartError); errors.As(err, &known) {
		return "CannotStartContainerError: " + known.Reason
	}
	l.h.Log.Error("a process could not be started", "task", l.t.ID, "error", err)
	return "CannotStartContainerError: the process could not be started"
}
