package localecs

import (
	"context"
	"davit/internal/localecs/faults"
	"davit/internal/localecs/journal"
	"davit/internal/localecs/task"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"davit/internal/clock"
)

// Server is a local ECS: an http.Handler and the tasks behind it. It is safe for concurrent use.
type Server struct {
	opt    Options
	clock  clock.Clock
	log    *slog.Logger
	db     *bbolt.DB
	faults *faults.Faults
	hosts  map[string]bool

	host    *task.Host // of the tasks' runners
	cancel  context.CancelFunc
	closing sync.Once
	journal *journal.Journal
	events  *dispatcher

	callsMu sync.Mutex
	calls   []Call

	mu       sync.Mutex // guards what follows, and every task
	stopping bool
	state
}

// lockWait is how long Open waits for another process to let go of ecs.db.
const lockWait = time.Second

// Open starts a local ECS on a folder, with what an earlier one left there: tasks that it had not seen stopped are stopped now, as
// their processes ended with it. An error says that the folder cannot be used, for example because another Server has it open.
func Open(options Options) (*Server, error) {
	opt, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	db, err := openDB(opt)
	if err != nil {
		return nil, err
	}
	s := newServer(opt, db)
	if err := s.restore(); err != nil {
		s.cancel()
		return nil, closeAfter(db, err)
	}
	s.journal = journal.Start(db, &s.mu)
	s.events = startDispatcher(opt.Events, s.told)
	s.resume()
	return s, nil
}

func openDB(opt Options) (*bbolt.DB, error) {
	dir, err := filepath.Abs(opt.Dir)
	if err != nil {
		return nil, fmt.Errorf("localecs: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "tasks"), 0o700); err != nil {
		return nil, fmt.Errorf("localecs: %w", err)
	}
	file := filepath.Join(dir, "ecs.db")
	db, err := bbolt.Open(file, 0o600, &bbolt.Options{Timeout: lockWait, NoSync: opt.NoSync, NoGrowSync: opt.NoSync, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return nil, fmt.Errorf("localecs: open %s: %w", file, err)
	}
	if err := journal.Prepare(db); err != nil {
		return nil, closeAfter(db, err)
	}
	return db, nil
}

func closeAfter(db *bbolt.DB, err error) error {
	if closeErr := db.Close(); closeErr != nil {
		return fmt.Errorf("localecs: %w (and closing: %w)", err, closeErr)
	}
	return fmt.Errorf("localecs: %w", err)
}

func newServer(opt Options, db *bbolt.DB) *Server {
	s := &Server{
		opt: opt, clock: opt.Clock, log: opt.Logger, db: db, faults: opt.Faults, hosts: map[string]bool{}, state: newState(opt),
	}
	for _, h := range opt.AllowedHosts {
		s.hosts[strings.ToLower(h)] = true
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.host = &task.Host{
		Owner: taskOwner{s}, Ctx: ctx, KillAll: make(chan struct{}), Starts: make(chan struct{}, opt.Starts),
		Settled: func(ctx context.Context) error { return s.journal.Settled(ctx) },
		Clock:   opt.Clock, Log: opt.Logger, Runner: opt.Runner, Delays: opt.Delays, Dir: opt.Dir, S3Dir: opt.S3Dir, Path: hostPath(),
	}
	return s
}

// Faults is how the server misbehaves; it can be changed at any time.
func (s *Server) Faults() *faults.Faults { return s.faults }

// Close ends the server as a crash would: tasks are left as they are, processes too, and the next Open stops what is left.
// Events that were not handed over yet are, for tasks that reached their end, handed over by the next Open.
//
// Of several calls of Close and Shutdown the first one counts; the others wait for it.
func (s *Server) Close() error {
	var err error
	s.closing.Do(func() { err = s.close() })
	return err
}

func (s *Server) close() error {
	s.mu.Lock()
	s.stopping = true
	s.cancelAgenda()
	s.mu.Unlock()
	s.cancel()
	s.host.Group.Wait()
	s.events.stop()
	s.journal.Close()
	return s.db.Close()
}

// now has the resolution of a millisecond, as ECS's times do.
func (s *Server) now() time.Time { return s.clock.Now().UTC().Truncate(time.Millisecond) }
