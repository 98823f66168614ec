package process

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"time"
)

// closePatience is how long a supervisor process that was told to end may take before it is killed. It
// is longer than the supervisor's own limits together.
const closePatience = endPatience + flushPatience + time.Second

// link is one supervisor process, seen from Davit.
type link struct {
	cmd    *exec.Cmd
	input  io.Closer // its stdin; closing it makes it end
	orders *outbox[order]
	logger *slog.Logger
	gone   chan struct{} // closed when it has ended and every process of its was settled

	mu      sync.Mutex
	next    uint64
	open    map[uint64]*handle
	dead    bool
	closing bool
}

// dial starts a supervisor process in a session of its own, where no terminal's signal reaches it.
func dial(command []string, logger *slog.Logger) (*link, error) {
	cmd := exec.Command(command[0], command[1:]...) //nolint:noctx // it lives as long as davit, not as long as a call
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Stderr = &logWriter{logger}
	cmd.WaitDelay = time.Second
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("process: start supervisor: %w", err)
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("process: start supervisor: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("process: start supervisor: %w", err)
	}
	l := &link{
		cmd: cmd, input: input, orders: newOutbox[order](input), logger: logger,
		gone: make(chan struct{}), open: make(map[uint64]*handle),
	}
	go l.follow(output)
	return l, nil
}

// begin registers a process and orders its start; ok is false when the supervisor process is dead.
func (l *link) begin(spec Spec) (h *handle, ok bool) {
	spec.Argv, spec.Env = slices.Clone(spec.Argv), slices.Clone(spec.Env)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dead {
		return nil, false
	}
	l.next++
	h = newHandle(l, l.next)
	l.open[h.id] = h
	l.orders.put(order{ID: h.id, Spec: spec})
	return h, true
}

// abandon kills h now, or as soon as it is reported to have started.
func (l *link) abandon(h *handle) {
	l.mu.Lock()
	defer l.mu.Unlock()
	h.abandoned = true
	if _, ok := l.open[h.id]; ok && h.pid != 0 {
		l.orders.put(order{ID: h.id, Signal: syscall.SIGKILL})
	}
}

// follow applies reports until the supervisor process has no more of them, which is its end.
func (l *link) follow(output io.Reader) {
	decoder := gob.NewDecoder(output)
	for {
		var r report
		if err := decoder.Decode(&r); err != nil {
			l.bury(err)
			return
		}
		l.apply(r)
	}
}

func (l *link) apply(r report) {
	l.mu.Lock()
	defer l.mu.Unlock()
	h, ok := l.open[r.ID]
	if !ok {
		return
	}
	switch r.Kind {
	case started:
		h.pid = r.PID
		h.answer <- nil
		if h.abandoned {
			l.orders.put(order{ID: h.id, Signal: syscall.SIGKILL})
		}
	case refused:
		delete(l.open, r.ID)
		h.answer <- &StartError{Reason: r.Reason, NoRoom: r.NoRoom}
	case exited:
		delete(l.open, r.ID)
		h.settle(Exit{Code: r.Code, At: r.At})
	}
}

// bury makes sure that the supervisor process and the processes it left are dead, and settles them.
func (l *link) bury(cause error) {
	defer close(l.gone)
	l.mu.Lock()
	l.dead = true
	l.mu.Unlock()
	// Both fail when it has ended already, which is all that is asked.
	_ = l.cmd.Process.Kill()
	_ = l.input.Close()
	waited := l.cmd.Wait()
	l.orders.finish(0)
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closing {
		l.logger.Error("process supervisor died", "pid", l.cmd.Process.Pid, "open", len(l.open),
			"report", cause, "status", waited)
	}
	for _, h := range l.open {
		h.lose()
	}
	clear(l.open)
}

// close asks the supervisor process to end and waits for it, the second time as well as the first.
func (l *link) close() error {
	l.mu.Lock()
	l.closing = true
	l.mu.Unlock()
	// It fails when the process has ended and was buried, or by an earlier close.
	_ = l.input.Close()
	timer := time.NewTimer(closePatience)
	defer timer.Stop()
	select {
	case <-l.gone:
		return nil
	case <-timer.C:
		_ = l.cmd.Process.Kill()
		<-l.gone
		return errors.New("process: supervisor did not end in time and was killed")
	}
}

// logWriter passes on what a supervisor process says on stderr: a warning, or the trace of a panic.
type logWriter struct{ logger *slog.Logger }

func (w *logWriter) Write(p []byte) (int, error) {
	w.logger.Warn("process supervisor says", "text", string(p))
	return len(p), nil
}
