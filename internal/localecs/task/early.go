package task

import "time"

// startLimit is how long the end of an essential container waits for others to be started: ECS's agent gives up on a start after three minutes.
const startLimit = 3 * time.Minute

// early are the ends of essential containers that wait until the containers that are being started have begun, or failed.
type early struct {
	ends   []func()
	passed bool        // startLimit has
	cancel func() bool // the timer to that
}

// mustWait reports whether the start of a container was asked for and has neither come about nor failed.
func (l *runner) mustWait() bool {
	if l.ending || l.early.passed {
		return false
	}
	for i := range l.parts {
		if p := &l.parts[i]; p.asked && !p.started && !p.over {
			return true
		}
	}
	return false
}

// wait calls end once mustWait is false.
func (l *runner) wait(end func()) {
	l.early.ends = append(l.early.ends, end)
	if l.early.cancel != nil {
		return
	}
	l.early.cancel = l.h.Clock.AfterFunc(startLimit, func() {
		l.post(func() {
			l.early.passed = true
			l.actOnEarlyEnds()
		})
	})
}

// actOnEarlyEnds handles the ends that need not wait any longer.
func (l *runner) actOnEarlyEnds() {
	if l.mustWait() {
		return
	}
	ends := l.early.ends
	l.early.ends = nil
	for _, end := range ends {
		end()
	}
}
