package asl

import (
	"sync"
	"time"
)

// leaping is a clock for one execution whose timers of at most an hour fire at once, and which is then
// at their time. Longer ones, the limits, never fire.
type leaping struct {
	mu  sync.Mutex
	now time.Time
}

func (l *leaping) Now() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

func (l *leaping) AfterFunc(d time.Duration, f func()) func() bool {
	if d == 120*time.Second || d > time.Hour {
		return func() bool { return true }
	}
	go func() {
		l.mu.Lock()
		l.now = l.now.Add(d)
		l.mu.Unlock()
		f()
	}()
	return func() bool { return false }
}
