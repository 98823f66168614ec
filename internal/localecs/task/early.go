package task

import (
	"time"

	"davit/internal/localecs/process"
)

const (
	// startLimit is how long the end of an essential container waits for others to be started: ECS's agent gives up on a start after three minutes.
	startLimit = 3 * time.Minute
	// agentDelay is for how long a container that was started runs at least before the end of another stops it. ECS's agent takes about that long to hear of
	// an end, so that containers of a few milliseconds all end by themselves.
	agentDelay = 100 * time.Millisecond
)

// early are the ends of essential containers that are not acted on yet.
type early struct {
	ends   []earlyEnd
	first  time.Time   // when the first of them came
	cancel func() bool // the timer to the next look at them
}

type earlyEnd struct {
	part int
	exit process.Exit
}

// waitFor returns how long an end is not acted on for the sake of another container: one that is being started, or was a moment ago. 0: not at all.
func (l *runner) waitFor(now time.Time) time.Duration {
	if l.ending || !l.early.first.IsZero() && now.Sub(l.early.first) >= startLimit {
		return 0
	}
	var wait time.Duration
	for i := range l.parts {
		switch p := &l.parts[i]; {
		case p.over || l.hasEnded(i):
		case p.asked && !p.started:
			return startLimit
		case p.started:
			wait = max(wait, p.since.Add(agentDelay).Sub(now))
		}
	}
	return wait
}

func (l *runner) hasEnded(i int) bool {
	for _, e := range l.early.ends {
		if e.part == i {
			return true
		}
	}
	return false
}

// endsEarly takes the end of an essential container. It reports whether that is acted on later, by actOnEarlyEnds.
func (l *runner) endsEarly(i int, exit process.Exit) bool {
	now := l.h.Clock.Now()
	l.early.ends = append(l.early.ends, earlyEnd{i, exit})
	if l.early.first.IsZero() {
		l.early.first = now
	}
	if l.waitFor(now) > 0 {
		l.lookAgain(now)
		return true
	}
	l.early.ends = l.early.ends[:len(l.early.ends)-1]
	return false
}

// lookAgain sets the timer to when an end need not wait any longer.
func (l *runner) lookAgain(now time.Time) {
	if l.early.cancel != nil {
		l.early.cancel()
	}
	wait := min(l.waitFor(now), l.early.first.Add(startLimit).Sub(now))
	l.early.cancel = l.h.Clock.AfterFunc(wait, func() { l.post(l.actOnEarlyEnds) })
}

// actOnEarlyEnds handles the ends that need not wait any longer.
func (l *runner) actOnEarlyEnds() {
	if len(l.early.ends) == 0 {
		return
	}
	if now := l.h.Clock.Now(); l.waitFor(now) > 0 {
		l.lookAgain(now)
		return
	}
	ends := l.early.ends
	l.early.ends = nil
	for _, e := range ends {
		l.endedNow(e.part, e.exit)
	}
}
