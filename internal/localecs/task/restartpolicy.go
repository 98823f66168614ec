package task

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/process"
)

// restartPolicy is an enabled restart policy, defaults filled.
type restartPolicy struct {
	period  time.Duration // that a container must have run
	ignored []int32       // exit codes
}

const defaultRestartPeriod = 300 * time.Second

// planRestart is the policy that a definition asks for, nil without an enabled one.
func planRestart(r *types.ContainerRestartPolicy) *restartPolicy {
	if r == nil || !ecsname.Value(r.Enabled) {
		return nil
	}
	return &restartPolicy{period: ecsname.OrDefault(ecsname.Seconds(r.RestartAttemptPeriod), defaultRestartPeriod), ignored: r.IgnoredExitCodes}
}

// allows reports whether a container that ran so long and ended so is started again.
func (r *restartPolicy) allows(exit process.Exit, ran time.Duration) bool {
	return r != nil && !exit.Lost && ran >= r.period && !slices.Contains(r.ignored, int32(exit.Code))
}

// restart starts a container again that ended, without the task taking notice; false when it is not to be.
func (l *runner) restart(i int, exit process.Exit) bool {
	p := &l.parts[i]
	if l.ending || l.stopAsked() || !p.restart.allows(exit, l.h.Clock.Now().Sub(p.since)) {
		return false
	}
	p.last, p.process = exit, nil
	shown := p.Health.Status
	p.Health = Health{Status: types.HealthStatusUnknown}
	if shown != types.HealthStatusUnknown {
		l.change(func(time.Time) { l.showHealth(i) })
	}
	l.h.Group.Go(func() { l.start(i) })
	return true
}

// notRestarted ends a container as it had ended before it could not be started again.
func (l *runner) notRestarted(i int, err error) {
	if !l.ending && !l.stopAsked() {
		reason := l.reasonOf(err)
		l.change(func(time.Time) { l.t.Containers[i].Reason = &reason })
	}
	l.ended(i, l.parts[i].last)
}
