// Package scripted runs containers by script instead of as processes, for tests of what is above them. All its waiting is by
// the clock and by channels, so it is at home under testing/synctest, and it touches no file.
package scripted

import (
	"context"
	"slices"
	"sync"
	"time"

	"davit/internal/clock"
	"davit/internal/localecs/process"
)

// Script is how one process behaves. The zero value starts at once and exits with 0 at once.
type Script struct {
	// StartAfter is how long the start takes.
	StartAfter time.Duration
	// FailStart is a reason for which the process cannot start.
	FailStart string
	// NoRoom makes that reason a full disk.
	NoRoom bool
	// LoseStart makes the supervisor die during the start.
	LoseStart bool
	// NeverStarts makes Start wait until its context ends.
	NeverStarts bool
	// For is how long the process runs.
	For time.Duration
	// Forever makes it run until it is ended by a signal.
	Forever bool
	// ExitCode is what it exits with by itself.
	ExitCode int
	// Lost makes its exit code unknown.
	Lost bool
	// IgnoreTerm makes SIGTERM have no effect.
	IgnoreTerm bool
	// TermAfter is how long it takes to end after SIGTERM.
	TermAfter time.Duration
	// TermCode is what it exits with after SIGTERM; 0 stands for 143, as of a process that does not handle the signal.
	TermCode int
}

// Pick chooses the script of a process that is to start. It is called from many goroutines.
type Pick func(spec process.Spec) Script

// Runner is a process.Runner whose processes follow scripts. It is safe for concurrent use.
type Runner struct {
	clock clock.Clock
	pick  Pick

	mu      sync.Mutex
	pids    int
	started []process.Spec
	running map[*proc]struct{}
}

var _ process.Runner = (*Runner)(nil)

// New makes a runner. A nil clock is the system's, a nil pick gives every process the zero Script.
func New(c clock.Clock, pick Pick) *Runner {
	if c == nil {
		c = clock.System
	}
	if pick == nil {
		pick = func(process.Spec) Script { return Script{} }
	}
	return &Runner{clock: c, pick: pick, pids: 1000, running: map[*proc]struct{}{}}
}

// Start follows the script that was picked for the process.
func (r *Runner) Start(ctx context.Context, spec process.Spec) (process.Process, error) {
	script := r.pick(spec)
	if err := r.wait(ctx, script); err != nil {
		return nil, err
	}
	switch {
	case script.LoseStart:
		return nil, process.ErrLost
	case script.FailStart != "":
		return nil, &process.StartError{Reason: script.FailStart, NoRoom: script.NoRoom}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pids++
	p := &proc{runner: r, script: script, pid: r.pids, done: make(chan process.Exit, 1)}
	r.started = append(r.started, spec)
	r.running[p] = struct{}{}
	if !script.Forever {
		p.endAfter(script.For, process.Exit{Code: script.ExitCode, Lost: script.Lost})
	}
	return p, nil
}

func (r *Runner) wait(ctx context.Context, script Script) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if script.NeverStarts {
		<-ctx.Done()
		return ctx.Err()
	}
	if script.StartAfter <= 0 {
		return nil
	}
	passed := make(chan struct{})
	stop := r.clock.AfterFunc(script.StartAfter, func() { close(passed) })
	defer stop()
	select {
	case <-passed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Started are the processes that started so far, in order.
func (r *Runner) Started() []process.Spec {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.started)
}

// Running is the number of processes that have not ended.
func (r *Runner) Running() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.running)
}

// Crash ends all processes without an exit code, as the death of their supervisor does.
func (r *Runner) Crash() {
	r.mu.Lock()
	var all []*proc
	for p := range r.running {
		all = append(all, p)
	}
	r.mu.Unlock()
	for _, p := range all {
		p.end(process.Exit{Lost: true})
	}
}
