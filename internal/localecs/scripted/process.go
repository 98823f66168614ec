package scripted

import (
	"sync"
	"time"

	"davit/internal/localecs/process"
)

// What a process exits with that a signal ended.
const (
	codeKilled     = 137
	codeTerminated = 143
)

type proc struct {
	runner *Runner
	script Script
	pid    int
	done   chan process.Exit

	mu    sync.Mutex
	stops []func() bool // timers
	ended bool
}

func (p *proc) PID() int                  { return p.pid }
func (p *proc) Done() <-chan process.Exit { return p.done }

func (p *proc) Terminate() error {
	if p.script.IgnoreTerm {
		return nil
	}
	code := p.script.TermCode
	if code == 0 {
		code = codeTerminated
	}
	p.endAfter(p.script.TermAfter, process.Exit{Code: code})
	return nil
}

func (p *proc) Kill() error {
	p.end(process.Exit{Code: codeKilled})
	return nil
}

func (p *proc) endAfter(d time.Duration, exit process.Exit) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	p.stops = append(p.stops, p.runner.clock.AfterFunc(d, func() { p.end(exit) }))
}

// end reports the exit, once.
func (p *proc) end(exit process.Exit) {
	p.mu.Lock()
	already := p.ended
	p.ended = true
	for _, stop := range p.stops {
		stop()
	}
	p.mu.Unlock()
	if already {
		return
	}
	p.runner.mu.Lock()
	delete(p.runner.running, p)
	p.runner.mu.Unlock()
	exit.At = p.runner.clock.Now()
	p.done <- exit
	close(p.done)
}
