package task

import (
	"context"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/process"
)

// HealthCheck is a container's health check, defaults filled.
type HealthCheck struct {
	command                        []string
	interval, timeout, StartPeriod time.Duration
	Retries                        int
}

// What ECS fills in.
const (
	defaultInterval = 30 * time.Second
	defaultTimeout  = 5 * time.Second
	defaultRetries  = 3
)

// HasCommand reports whether a health check begins with CMD or CMD-SHELL. Docker makes no check of any other, although ECS registers it.
func HasCommand(h *types.HealthCheck) bool {
	return h != nil && len(h.Command) > 0 && (h.Command[0] == "CMD" || h.Command[0] == "CMD-SHELL")
}

// planHealth is the check that a definition asks for, nil without one that is made.
func planHealth(h *types.HealthCheck) *HealthCheck {
	if !HasCommand(h) {
		return nil
	}
	command := h.Command[1:]
	if h.Command[0] == "CMD-SHELL" {
		command = append([]string{"/bin/sh", "-c"}, command...)
	}
	return &HealthCheck{
		command: command, interval: ecsname.OrDefault(ecsname.Seconds(h.Interval), defaultInterval), timeout: ecsname.OrDefault(ecsname.Seconds(h.Timeout), defaultTimeout),
		StartPeriod: ecsname.Seconds(h.StartPeriod), Retries: ecsname.OrDefault(int(ecsname.Value(h.Retries)), defaultRetries),
	}
}

// Health is what the checks of one run of a container have shown so far, counted as Docker counts for ECS.
type Health struct {
	Status   types.HealthStatus
	failures int // in a row
}

// Note counts the result of a check that began so long after the container did. Failures do not count within the start
// period until a check has succeeded.
func (h *Health) Note(c *HealthCheck, succeeded bool, began time.Duration) {
	switch {
	case succeeded:
		h.Status, h.failures = types.HealthStatusHealthy, 0
	case h.Status == types.HealthStatusUnknown && began < c.StartPeriod:
	default:
		if h.failures++; h.failures >= c.Retries {
			h.Status = types.HealthStatusUnhealthy
		}
	}
}

// RollUp is a task's health: that of its essential containers.
func RollUp(parts []Part) types.HealthStatus {
	all := types.HealthStatusHealthy
	for i := range parts {
		switch p := &parts[i]; {
		case !p.Essential:
		case p.Health.Status == types.HealthStatusUnhealthy:
			return types.HealthStatusUnhealthy
		case p.Health.Status != types.HealthStatusHealthy:
			all = types.HealthStatusUnknown
		}
	}
	return all
}

// watch checks a container's health for as long as it runs. spec is what the container runs as.
func (l *runner) watch(i int, spec process.Spec) {
	p := &l.parts[i]
	p.unwatch = func() {}
	if p.check == nil || l.ending {
		return
	}
	ctx, cancel := context.WithCancel(l.ctx)
	p.unwatch = cancel
	spec.Argv, spec.Output = p.check.command, os.DevNull
	w := &watcher{life: l, part: i, run: p.runs, of: p.check, spec: spec, since: l.h.Clock.Now()}
	l.h.Group.Go(func() { w.follow(ctx) })
}

// watcher checks the health of one run of a container. It has a goroutine of its own.
type watcher struct {
	life  *runner
	part  int
	run   int // the number of the run, as a restarted container begins anew
	of    *HealthCheck
	spec  process.Spec
	since time.Time
}

// follow checks each time an interval has passed since the last check, until ctx ends.
func (w *watcher) follow(ctx context.Context) {
	for w.life.h.Sleep(w.of.interval, ctx.Done()) {
		began := w.life.h.Clock.Now().Sub(w.since)
		succeeded, whole := w.probe(ctx)
		if !whole {
			return
		}
		w.life.post(func() { w.life.checked(w.part, w.run, succeeded, began) })
	}
}

// probe runs the command once. whole is false when ctx ended before it had.
func (w *watcher) probe(ctx context.Context) (succeeded, whole bool) {
	h := w.life.h
	select {
	case h.Starts <- struct{}{}:
	case <-ctx.Done():
		return false, false
	}
	p, err := h.Runner.Start(ctx, w.spec)
	<-h.Starts
	if err != nil {
		return false, ctx.Err() == nil
	}
	late := make(chan struct{})
	defer h.Clock.AfterFunc(w.of.timeout, func() { close(late) })()
	select {
	case exit, ok := <-p.Done():
		return ok && !exit.Lost && exit.Code == 0, true
	case <-late:
		w.kill(p)
		return false, ctx.Err() == nil
	case <-ctx.Done():
		w.kill(p)
		return false, false
	}
}

// kill ends a check and sees it gone, unless the server closes first.
func (w *watcher) kill(p process.Process) {
	w.life.signal(p.Kill)
	select {
	case <-p.Done():
	case <-w.life.h.Ctx.Done():
	}
}

// checked notes a result. A change of health is a change of the task, and what waits for HEALTHY may start.
func (l *runner) checked(i, run int, succeeded bool, began time.Duration) {
	p := &l.parts[i]
	before := p.Health.Status
	if p.over || p.process == nil || p.runs != run { // nil between two runs
		return
	}
	p.Health.Note(p.check, succeeded, began)
	if p.Health.Status == before {
		return
	}
	l.change(func(time.Time) { l.showHealth(i) })
	l.startReady()
}

// showHealth writes a container's health into the task, and the task's with it. The caller holds the server's lock.
func (l *runner) showHealth(i int) {
	l.t.Containers[i].HealthStatus = l.parts[i].Health.Status
	l.t.HealthStatus = RollUp(l.parts)
}
