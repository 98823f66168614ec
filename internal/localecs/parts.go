package localecs

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/process"
)

// startReady asks for the start of every container whose dependencies have come true.
func (l *life) startReady() {
	for i := range l.parts {
		p := &l.parts[i]
		if l.ending || l.stopAsked() || p.asked || p.over {
			continue
		}
		switch l.ready(p) {
		case ready:
			p.asked = true
			l.s.lives.Go(func() { l.start(i) })
		case never:
			l.failed(i, "CannotStartContainerError: a container that it depends on did not start, or did not end successfully")
		case notYet:
		}
	}
}

type readiness int

const (
	notYet readiness = iota
	ready
	never
)

// ready says whether a container may start now. A dependency must have started, have ended, or have ended with 0.
func (l *life) ready(p *part) readiness {
	all := ready
	for _, d := range p.dependsOn {
		on := l.part(value(d.ContainerName))
		switch {
		case on.over && !on.started, d.Condition == types.ContainerConditionSuccess && on.over && on.code != 0:
			return never
		case !on.started, needsEnd(d.Condition) && !on.over:
			all = notYet
		}
	}
	return all
}

// part finds a container; registering a definition made sure that it is there.
func (l *life) part(name string) *part {
	i := slices.IndexFunc(l.parts, func(p part) bool { return p.name == name })
	return &l.parts[i]
}

// start waits for its turn, starts a container's process and reports its start and its end. It has a goroutine of its own.
func (l *life) start(i int) {
	c := l.parts[i].container
	select {
	case l.s.starts <- struct{}{}:
	case <-l.t.stopAsked:
		l.news <- func() { l.notStarted(i, context.Canceled) }
		return
	case <-l.s.ctx.Done():
		return
	}
	p, err := l.startProcess(c)
	<-l.s.starts
	if err != nil {
		l.news <- func() { l.notStarted(i, err) }
		return
	}
	l.news <- func() { l.started(i, p) }
	select {
	case exit, ok := <-p.Done():
		exit.Lost = exit.Lost || !ok
		l.news <- func() { l.exited(i, exit) }
	case <-l.s.ctx.Done():
	}
}

func (l *life) startProcess(c container) (process.Process, error) {
	if l.stopAsked() {
		return nil, context.Canceled
	}
	spec, err := c.prepare(l.s.opt.Dir, l.s.path, l.t.id)
	if err != nil {
		return nil, err
	}
	return l.s.opt.Runner.Start(l.ctx, spec)
}

func (l *life) notStarted(i int, err error) {
	l.parts[i].over = true
	switch {
	case l.ending || l.stopAsked():
	case errors.Is(err, process.ErrLost):
		// The command may have begun, so this is not a task that never ran.
		l.fail(i, types.TaskStopCodeTerminationNotice, reasonLost)
	default:
		l.failed(i, l.reasonOf(err))
	}
}

// failed notes that a container cannot run. Without an essential one there is no task.
func (l *life) failed(i int, reason string) { l.fail(i, types.TaskStopCodeTaskFailedToStart, reason) }

func (l *life) fail(i int, code types.TaskStopCode, reason string) {
	l.parts[i].over = true
	note := func(now time.Time) {
		c := &l.t.Containers[i]
		c.LastStatus, c.Reason = new(stopped), &reason
		l.noteRunning(now)
	}
	if l.parts[i].essential {
		l.askStop(code, reason, note)
		return
	}
	l.change(note)
	l.startReady()
}

func (l *life) started(i int, p process.Process) {
	l.parts[i].process, l.parts[i].started = p, true
	l.change(func(now time.Time) {
		c := &l.t.Containers[i]
		c.LastStatus, c.RuntimeId = new(running), new(strconv.Itoa(p.PID()))
		l.noteRunning(now)
	})
	if l.ending {
		l.terminate(i)
		return
	}
	l.startReady()
}

// noteRunning makes the task RUNNING once each of its containers has started, those aside that need not and cannot.
func (l *life) noteRunning(now time.Time) {
	for i := range l.parts {
		if p := &l.parts[i]; !p.started && (p.essential || !p.over) {
			return
		}
	}
	if !l.ending && l.t.is(pending) {
		l.t.LastStatus, l.t.StartedAt = new(running), &now
	}
}

// exited notes how a container ended. The end of an essential one stops the task.
func (l *life) exited(i int, exit process.Exit) {
	part := &l.parts[i]
	part.over, part.code = true, exit.Code
	if part.cancelIt != nil {
		part.cancelIt()
	}
	note := func(now time.Time) { l.noteExit(i, exit, now) }
	switch {
	case !part.essential:
		l.change(note)
		l.startReady()
	case exit.Lost:
		l.askStop(types.TaskStopCodeTerminationNotice, reasonLost, note)
	default:
		l.askStop(types.TaskStopCodeEssentialContainerExited, reasonEssential, note)
	}
}

func (l *life) noteExit(i int, exit process.Exit, now time.Time) {
	c := &l.t.Containers[i]
	c.LastStatus = new(stopped)
	if exit.Lost {
		l.parts[i].code = -1
		c.Reason = new(reasonLost)
	} else {
		c.ExitCode = new(int32(exit.Code))
	}
	if l.noneRuns() {
		l.t.ExecutionStoppedAt = &now
	}
}

func (l *life) noneRuns() bool {
	for i := range l.parts {
		if l.parts[i].process != nil && !l.parts[i].over {
			return false
		}
	}
	return true
}
