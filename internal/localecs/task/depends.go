package task

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecsname"
)

type readiness int

const (
	notYet readiness = iota
	ready
	never
)

// ready reports whether a container may start now, and if never, why.
func (l *runner) ready(p *Part) (readiness, string) {
	all := ready
	for _, d := range p.dependsOn {
		switch on := l.part(ecsname.Value(d.ContainerName)); on.reached(d.Condition) {
		case never:
			return never, "a container that it depends on did not start, or did not end successfully"
		case notYet:
			if on.tooLate && d.Condition != types.ContainerConditionStart {
				return never, fmt.Sprintf("container '%s', which it depends on, was not %s within its startTimeout of %s",
					on.name, d.Condition, on.startTimeout)
			}
			all = notYet
		case ready:
		}
	}
	return all, ""
}

// reached reports whether what others wait for has come true of a container: that it has started, has ended, has ended with 0, or was
// seen healthy.
func (p *Part) reached(condition types.ContainerCondition) readiness {
	reached, hopeless := p.started, p.over && !p.started
	switch condition {
	case types.ContainerConditionComplete:
		reached = p.started && p.over
	case types.ContainerConditionSuccess:
		reached = p.started && p.over && p.code == 0
		hopeless = p.over && !reached
	case types.ContainerConditionHealthy:
		reached = p.Health.Status == types.HealthStatusHealthy
		hopeless = p.over && !reached
	case types.ContainerConditionStart:
	}
	switch {
	case hopeless:
		return never
	case reached:
		return ready
	default:
		return notYet
	}
}

// limitWaiting lets those give up that wait for more than the start of a container, once its startTimeout has passed.
func (l *runner) limitWaiting(i int) {
	p := &l.parts[i]
	if p.startTimeout <= 0 {
		return
	}
	p.stopWaiting = l.h.Clock.AfterFunc(p.startTimeout, func() {
		l.post(func() {
			p.tooLate = true
			l.startReady()
		})
	})
}

// part finds a container; registering a definition made sure that it is there.
func (l *runner) part(name string) *Part {
	i := slices.IndexFunc(l.parts, func(p Part) bool { return p.name == name })
	return &l.parts[i]
}

// terminateReady ends the containers that no other one that is left depends on: they stop in the reverse order of their start.
func (l *runner) terminateReady() {
	for i := range l.parts {
		if !l.needed(i) {
			l.terminate(i)
		}
	}
}

func (l *runner) needed(i int) bool {
	return slices.ContainsFunc(l.parts, func(p Part) bool {
		return !p.over && slices.ContainsFunc(p.dependsOn, func(d types.ContainerDependency) bool {
			return ecsname.Value(d.ContainerName) == l.parts[i].name
		})
	})
}
