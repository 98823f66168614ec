package localecs

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
type life struct {
	h      *host
	t      *task
	news   chan func()   // see tell
	over   chan struct{} // closed when nobody listens to news any more
	ctx    context.Context
	cancel context.CancelFunc // ends the starts and health checks that are under way
	parts  []part
	ending bool // the stop is being carried out
}

// part is one container of a life.
type part struct {
	container
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
	health      health
	unwatch     func()      // ends its health checks
	tooLate     bool        // its startTimeout has passed
	stopWaiting func() bool // the timer to that
}

// runTask runs a task until it is STOPPED or the host's context ends. No process starts before the task is on disk.
func runTask(h *host, t *task, plan []container) {
	if h.settled(h.ctx) != nil {
		return
	}
	l := newLife(h, t, plan)
	defer l.leave()
	if l.begin() {
		l.startReady()
	}
	if !l.follow() {
		return
	}
	l.end()
}

func newLife(h *host, t *task, plan []container) *life {
	l := &life{h: h, t: t, news: make(chan func(), len(plan)), over: make(chan struct{})}
	l.ctx, l.cancel = context.WithCancel(h.ctx)
	for _, c := range plan {
		l.parts = append(l.parts, part{container: c, health: health{status: types.HealthStatusUnknown}})
	}
	return l
}

// tell hands news to the life's goroutine, as long as there is one.
func (l *life) tell(news func()) {
	select {
	case l.news <- news:
	case <-l.over:
	}
}

// leave ends what could still tell news.
func (l *life) leave() {
	l.cancel()
	close(l.over)
	for i := range l.parts {
		for _, timer := range []func() bool{l.parts[i].cancelIt, l.parts[i].stopWaiting} {
			if timer != nil {
				timer()
			}
		}
	}
}

// begin passes PROVISIONING; false when the task is stopped before anything was started.
func (l *life) begin() bool {
	if !l.h.sleep(l.h.delays.Provisioning, l.t.stopAsked) {
		return false
	}
	l.change(func(now time.Time) {
		l.t.LastStatus, l.t.Connectivity, l.t.ConnectivityAt = new(pending), types.ConnectivityConnected, &now
		l.t.Attachments = attachmentsIn(l.t.Attachments, attached)
	})
	return l.h.sleep(l.h.delays.Pending, l.t.stopAsked) && !l.stopAsked() && l.readFiles()
}

func (l *life) stopAsked() bool {
	select {
	case <-l.t.stopAsked:
		return true
	default:
		return false
	}
}

// to changes the task's state.
func (l *life) to(status string) {
	l.change(func(time.Time) { l.t.LastStatus = &status })
}

// change changes the task, unless it was ended from outside.
func (l *life) change(f func(now time.Time)) { l.h.owner.Change(l.t, f) }

// askStop asks for the task's stop for a cause that the life itself found, with the change that goes with it.
func (l *life) askStop(code types.TaskStopCode, reason string, also func(now time.Time)) {
	l.h.owner.AskStop(l.t, code, reason, also)
}

// follow handles news until nothing of the task runs any more; false when the server was closed.
func (l *life) follow() bool {
	asked, killAll := l.t.stopAsked, l.h.killAll
	for !l.finished() {
		select {
		case news := <-l.news:
			news()
		case <-asked:
			asked = nil
			l.stop()
		case <-killAll:
			killAll = nil
			l.killRest()
		case <-l.h.ctx.Done():
			return false
		}
	}
	return l.h.ctx.Err() == nil
}

// finished is true when the stop is being carried out and no container is left.
func (l *life) finished() bool {
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
func (l *life) stop() {
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
		l.h.sleep(l.h.delays.Deactivating, l.h.killAll)
	}
	if anyRan {
		l.to(stopping)
	}
	l.terminateReady()
}

// terminate sends SIGTERM to a container's process, and SIGKILL after its stopTimeout.
func (l *life) terminate(i int) {
	p := &l.parts[i]
	if p.process == nil || p.over || p.told {
		return
	}
	p.told = true
	l.signal(p.process.Terminate)
	p.cancelIt = l.h.clock.AfterFunc(p.stopTimeout, func() {
		l.tell(func() { l.kill(i) })
	})
}

func (l *life) kill(i int) {
	if p := &l.parts[i]; p.process != nil && !p.over {
		l.signal(p.process.Kill)
	}
}

func (l *life) killRest() {
	for i := range l.parts {
		l.kill(i)
	}
}

func (l *life) signal(send func() error) {
	if err := send(); err != nil {
		l.h.log.Warn("a process could not be signalled", "task", l.t.id, "error", err)
	}
}

// end passes the last states.
func (l *life) end() {
	l.to(deprovisioning)
	l.h.sleep(l.h.delays.Deprovisioning, l.h.killAll)
	if l.h.ctx.Err() == nil {
		l.h.owner.Finish(l.t)
	}
}

// reasonOf is why a container cannot start, as a user may see it.
func (l *life) reasonOf(err error) string {
	if known := new(process.StartError); errors.As(err, &known) {
		return "CannotStartContainerError: " + known.Reason
	}
	l.h.log.Error("a process could not be started", "task", l.t.id, "error", err)
	return "CannotStartContainerError: the process could not be started"
}
