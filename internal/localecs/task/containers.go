package task

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/process"
)

// startReady asks for the start of every container whose dependencies have come true.
func (l *runner) startReady() {
	for i := range l.parts {
		p := &l.parts[i]
		if l.ending || l.stopAsked() || p.asked || p.over {
			continue
		}
		switch state, why := l.ready(p); state {
		case ready:
			p.asked = true
			l.h.Group.Go(func() { l.start(i) })
		case never:
			l.failed(i, "CannotStartContainerError: "+why)
		case notYet:
		}
	}
}

// roomPause is the time between two tries to start a process on a full disk.
const roomPause = time.Second

// start starts a container's process, once there is room on the disk, and reports its start and its end. It has a goroutine of its own.
func (l *runner) start(i int) {
	c := l.parts[i].Container
	p, spec, err := l.startInTurn(c)
	if process.NoRoom(err) {
		l.h.Log.Warn("a process waits for room on the disk", "task", l.t.ID, "container", c.name, "error", err)
	}
	for process.NoRoom(err) && l.h.Sleep(roomPause, l.t.StopAsked) {
		p, spec, err = l.startInTurn(c)
	}
	if err != nil && l.h.Ctx.Err() != nil {
		return
	}
	if err != nil {
		l.post(func() { l.notStarted(i, err) })
		return
	}
	l.post(func() { l.started(i, p, spec) })
	select {
	case exit, ok := <-p.Done():
		l.h.Output.End(spec.Output)
		exit.Lost = exit.Lost || !ok
		l.post(func() { l.exited(i, exit) })
	case <-l.h.Ctx.Done():
	}
}

// startInTurn starts a process when fewer than Starts are being started.
func (l *runner) startInTurn(c Container) (process.Process, process.Spec, error) {
	select {
	case l.h.Starts <- struct{}{}:
		defer func() { <-l.h.Starts }()
		return l.startProcess(c)
	case <-l.t.StopAsked:
		return nil, process.Spec{}, context.Canceled
	case <-l.h.Ctx.Done():
		return nil, process.Spec{}, l.h.Ctx.Err()
	}
}

func (l *runner) startProcess(c Container) (process.Process, process.Spec, error) {
	if l.stopAsked() {
		return nil, process.Spec{}, context.Canceled
	}
	spec, err := c.prepare(l.h.Dir, l.h.Path, l.t.ID)
	if err != nil {
		return nil, spec, err
	}
	l.h.Output.Begin(spec.Output)
	p, err := l.h.Runner.Start(l.ctx, spec)
	if err != nil {
		l.h.Output.End(spec.Output)
	}
	return p, spec, err
}

func (l *runner) notStarted(i int, err error) {
	if l.parts[i].started {
		l.notRestarted(i, err)
		return
	}
	l.parts[i].over = true
	defer l.actOnEarlyEnds()
	switch {
	case l.ending:
		l.terminateReady()
	case l.stopAsked():
	case errors.Is(err, process.ErrLost):
		// The command may have begun, so this is not a task that never ran.
		l.fail(i, types.TaskStopCodeTerminationNotice, reasonLost)
	default:
		l.failed(i, l.reasonOf(err))
	}
}

// failed notes that a container cannot run. Without an essential one there is no task.
func (l *runner) failed(i int, reason string) { l.fail(i, types.TaskStopCodeTaskFailedToStart, reason) }

func (l *runner) fail(i int, code types.TaskStopCode, reason string) {
	l.parts[i].over = true
	reason = clip(reason)
	note := func(now time.Time) {
		c := &l.t.Containers[i]
		c.LastStatus, c.Reason = new(Stopped), &reason
		l.noteRunning(now)
	}
	if l.parts[i].Essential {
		l.askStop(code, reason, note)
		return
	}
	l.change(note)
	l.startReady()
}

// reasonLength is how many characters of a container's reason ECS shows.
const reasonLength = 1024

func clip(reason string) string {
	if runes := []rune(reason); len(runes) > reasonLength {
		return string(runes[:reasonLength-1]) + "…"
	}
	return reason
}

func (l *runner) started(i int, p process.Process, spec process.Spec) {
	part := &l.parts[i]
	part.process, part.started, part.since = p, true, l.h.Clock.Now()
	part.runs++
	l.change(func(now time.Time) {
		c := &l.t.Containers[i]
		c.LastStatus, c.RuntimeId, c.ManagedAgents = new(Running), new(strconv.Itoa(p.PID())), agentsOfStarted(c.ManagedAgents)
		l.noteRunning(now)
	})
	l.watch(i, spec)
	if l.ending {
		l.terminateReady()
		return
	}
	if part.runs == 1 {
		l.limitWaiting(i)
	}
	l.startReady()
	l.actOnEarlyEnds()
}

// noteRunning makes the task RUNNING once each of its containers has started, those aside that need not and cannot.
func (l *runner) noteRunning(now time.Time) {
	for i := range l.parts {
		if p := &l.parts[i]; !p.started && (p.Essential || !p.over) {
			return
		}
	}
	if !l.ending && l.t.Is(Pending) {
		l.t.LastStatus, l.t.StartedAt = new(Running), &now
	}
}

// exited handles the end of a container's process.
func (l *runner) exited(i int, exit process.Exit) {
	l.parts[i].unwatch()
	if !l.restart(i, exit) {
		l.ended(i, exit)
	}
}

// ended notes how a container ended. The end of an essential one stops the task, once the containers that are being started have begun or failed: ECS's agent
// starts all of them before it acts on the end of a short one.
func (l *runner) ended(i int, exit process.Exit) {
	if !l.parts[i].Essential || !l.endsEarly(i, exit) {
		l.endedNow(i, exit)
	}
}

func (l *runner) endedNow(i int, exit process.Exit) {
	part := &l.parts[i]
	part.over, part.code = true, exit.Code
	if part.cancelIt != nil {
		part.cancelIt()
	}
	if l.ending {
		defer l.terminateReady()
	}
	note := func(now time.Time) { l.noteExit(i, exit, now) }
	switch {
	case !part.Essential:
		l.change(note)
		l.startReady()
	case exit.Lost:
		l.askStop(types.TaskStopCodeTerminationNotice, reasonLost, note)
	default:
		l.askStop(types.TaskStopCodeEssentialContainerExited, reasonEssential, note)
	}
}

func (l *runner) noteExit(i int, exit process.Exit, now time.Time) {
	c := &l.t.Containers[i]
	c.LastStatus = new(Stopped)
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

func (l *runner) noneRuns() bool {
	for i := range l.parts {
		if l.parts[i].started && !l.parts[i].over {
			return false
		}
	}
	return true
}
