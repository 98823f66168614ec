package process

import (
	"context"
	"errors"
	"log/slog"
	"sync"
)

// ErrClosed is what Start answers after Close.
var ErrClosed = errors.New("process: supervisor is closed")

// ErrLost is what Start answers when the supervisor died before it answered. The command may have begun.
var ErrLost = errors.New("process: supervisor died during a start")

// Supervisor is Davit's side of the supervisor process, and replaces that process when it dies.
type Supervisor struct {
	command []string
	logger  *slog.Logger

	mu     sync.Mutex
	link   *link // the current supervisor process, perhaps dead
	closed bool
}

var _ Runner = (*Supervisor)(nil)

// Open starts a supervisor process. command is the argv that runs Main on its stdin and stdout, for
// example {os.Executable(), "supervise"}; it gets the environment and the working directory of this
// process, so relative paths in a Spec mean what they mean here.
func Open(command []string, logger *slog.Logger) (*Supervisor, error) {
	if len(command) == 0 {
		return nil, errors.New("process: no supervisor command")
	}
	l, err := dial(command, logger)
	if err != nil {
		return nil, err
	}
	return &Supervisor{command: command, logger: logger, link: l}, nil
}

// Start implements Runner. It may be called by many goroutines; starts are carried out one at a time.
func (s *Supervisor) Start(ctx context.Context, spec Spec) (Process, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	h, err := s.begin(spec)
	if err != nil {
		return nil, err
	}
	select {
	case err := <-h.answer:
		if err != nil {
			return nil, err
		}
		return h, nil
	case <-ctx.Done():
		return h.finishStart(ctx)
	}
}

// begin orders the start from the current supervisor process, or from a new one when that has died.
func (s *Supervisor) begin(spec Spec) (*handle, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	if h, ok := s.link.begin(spec); ok {
		return h, nil
	}
	l, err := dial(s.command, s.logger)
	if err != nil {
		return nil, err
	}
	s.link = l
	if h, ok := l.begin(spec); ok {
		return h, nil
	}
	return nil, ErrLost
}

// Close kills every process left and waits for the supervisor process to end, at most about five
// seconds. Open processes report their exit; a Start under way answers ErrLost. A second Close waits
// for the same end.
func (s *Supervisor) Close() error {
	s.mu.Lock()
	s.closed = true
	l := s.link
	s.mu.Unlock()
	return l.close()
}
