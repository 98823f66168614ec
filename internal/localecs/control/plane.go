package control

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"davit/internal/clock"
	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/events"
	"davit/internal/localecs/faults"
	"davit/internal/localecs/journal"
	"davit/internal/localecs/output"
	"davit/internal/localecs/placement"
	"davit/internal/localecs/process"
	"davit/internal/localecs/task"
)

// Settings configure a plane; all of them are set.
type Settings struct {
	Dir         string // of ecs.db and the tasks' folders
	Runner      process.Runner
	Clock       clock.Clock
	Log         *slog.Logger
	S3Dir       string // "": environmentFiles are refused
	Machines    []placement.Machine
	Seed        uint64
	Starts      int // processes that are being started at a time
	StopTimeout time.Duration
	Delays      task.Delays
	Events      func(ctx context.Context, event []byte) // nil: none
	Faults      *faults.Faults
	NoSync      bool
	Rules       func(operation string, input []byte) string // nil: the plane's own checks alone
}

// Plane is ECS's control plane: clusters, definitions, instances and tasks, and what its operations do with them. The operations are called with its lock held.
type Plane struct {
	opt    Settings
	clock  clock.Clock
	log    *slog.Logger
	DB     *bbolt.DB
	faults *faults.Faults

	host    *task.Host // of the tasks' runners
	cancel  context.CancelFunc
	closing sync.Once
	journal *journal.Journal
	events  *events.Dispatcher

	mu       sync.Mutex // guards what follows, and every task
	stopping bool
	state
}

// lockWait is how long Open waits for another process to let go of ecs.db.
const lockWait = time.Second

// Open opens the folder, restores what an earlier plane left there and resumes.
func Open(opt Settings) (*Plane, error) {
	db, err := openDB(opt)
	if err != nil {
		return nil, err
	}
	s := newPlane(opt, db)
	if err := s.restore(); err != nil {
		s.cancel()
		return nil, closeAfter(db, err)
	}
	s.journal = journal.Start(db, &s.mu, opt.Clock, opt.Log)
	s.events = events.Start(opt.Events, s.eventDelivered)
	s.resume()
	return s, nil
}

func openDB(opt Settings) (*bbolt.DB, error) {
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

func newPlane(opt Settings, db *bbolt.DB) *Plane {
	s := &Plane{opt: opt, clock: opt.Clock, log: opt.Log, DB: db, faults: opt.Faults, state: newState(opt)}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.host = &task.Host{
		Owner: taskOwner{s}, Ctx: ctx, KillAll: make(chan struct{}), Starts: make(chan struct{}, opt.Starts),
		Written: func(ctx context.Context) error { return s.journal.Written(ctx) },
		Clock:   opt.Clock, Log: opt.Log, Runner: opt.Runner, Output: output.NewRecorder(opt.Clock, opt.Log), Delays: opt.Delays, Dir: opt.Dir, S3Dir: opt.S3Dir, Path: hostPath(),
	}
	return s
}

// Faults is how the server misbehaves; it can be changed at any time.
func (s *Plane) Faults() *faults.Faults { return s.faults }

// Close ends the server as a crash would: tasks are left as they are, processes too, and the next Open stops what is left.
// Events that were not handed over yet are, for tasks that reached their end, handed over by the next Open.
//
// Of several calls of Close and Shutdown the first one counts; the others wait for it.
func (s *Plane) Close() error {
	var err error
	s.closing.Do(func() { err = s.close() })
	return err
}

func (s *Plane) close() error {
	s.mu.Lock()
	s.stopping = true
	s.cancelTimer()
	s.mu.Unlock()
	s.cancel()
	s.host.Output.Close()
	s.host.Group.Wait()
	s.events.Stop()
	s.journal.Close()
	return s.DB.Close()
}

// Output returns the recorder of the containers' output.
func (s *Plane) Output() *output.Recorder { return s.host.Output }

// now has the resolution of a millisecond, as ECS's times do.
func (s *Plane) now() time.Time { return s.clock.Now().UTC().Truncate(time.Millisecond) }

// Locked calls f under the lock, unless the plane is being shut down.
func (s *Plane) Locked(f func() (any, error)) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return nil, ecserror.Server("The local ECS is shutting down.")
	}
	return f()
}

// Settled waits until what was changed so far, in those buckets if any are named, is on disk. It returns a ServerException when the disk does
// not take it; the change stands, as it does in ECS when a reply is lost.
func (s *Plane) Settled(ctx context.Context, buckets ...string) error {
	err := s.journal.Settled(ctx, buckets...)
	if errors.Is(err, journal.ErrNotWritten) {
		return ecserror.Server("The local ECS cannot write to its data folder. Is the disk full? The call may have been carried out; repeat it when there is room.")
	}
	return err
}

// Writable reports whether the disk took the last changes.
func (s *Plane) Writable() bool { return s.journal.Writable() }

// Before returns the error with which a call of the operation is to be refused by order; nil for none.
func (s *Plane) Before(operation string) error {
	if refusal := s.faults.Before(operation, s.now()); refusal != nil {
		return refusal
	}
	return nil
}

// After reports what becomes of a reply by order: it waits for the delay and reports whether and how the reply is lost.
func (s *Plane) After(operation string, until <-chan struct{}) (lost bool, how faults.Loss) {
	delay, lost, how := s.faults.After(operation)
	s.host.Sleep(delay, until)
	return lost, how
}

// hostPath is all that a container sees of the host's environment.
func hostPath() string { return os.Getenv("PATH") }
