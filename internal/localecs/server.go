package localecs

import (
	"context"
	"log/slog"
	"strings"
	"sync"

	"davit/internal/localecs/control"
	"davit/internal/localecs/faults"
	"davit/internal/localecs/output"
)

// Server is a local ECS: an http.Handler and the tasks behind it. It is safe for concurrent use.
type Server struct {
	plane       *control.Plane
	log         *slog.Logger
	hosts       map[string]bool
	recordCalls bool

	callsMu sync.Mutex
	calls   []Call
}

// Open starts a local ECS on a folder, with what an earlier one left there: tasks that it had not seen stopped are stopped now, as
// their processes ended with it. An error says that the folder cannot be used, for example because another Server has it open.
func Open(options Options) (*Server, error) {
	opt, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	p, err := control.Open(opt.settings())
	if err != nil {
		return nil, err
	}
	s := &Server{plane: p, log: opt.Logger, hosts: map[string]bool{}, recordCalls: opt.RecordCalls}
	for _, h := range opt.AllowedHosts {
		s.hosts[strings.ToLower(h)] = true
	}
	return s, nil
}

// Faults returns how the server misbehaves; it can be changed at any time.
func (s *Server) Faults() *faults.Faults { return s.plane.Faults() }

// Writable reports whether the disk took the last changes.
func (s *Server) Writable() bool { return s.plane.Writable() }

// Output returns the recorder of the containers' output, which is in the files that task.LogFile names.
func (s *Server) Output() *output.Recorder { return s.plane.Output() }

// Interrupt takes a running task away as Fargate Spot does: stop code SpotInterruption, SIGTERM, and SIGKILL after stopTimeout. task is an id or an ARN; an unknown
// one is an error, one that stops already is left alone.
func (s *Server) Interrupt(task string) error { return s.plane.Interrupt(task) }

// Shutdown stops all tasks with SIGTERM, and with SIGKILL when ctx ends, marks them STOPPED (TerminationNotice unless something else had stopped them first),
// hands over their events and closes the server. It takes a second longer than ctx at the most, and refuses all calls from its start.
func (s *Server) Shutdown(ctx context.Context) error { return s.plane.Shutdown(ctx) }

// Close ends the server as a crash would: tasks are left as they are, processes too, and the next Open stops what is left. Events that were not handed over yet
// are, for tasks that reached their end, handed over by the next Open. Of several calls of Close and Shutdown the first one counts; the others wait for it.
func (s *Server) Close() error { return s.plane.Close() }
