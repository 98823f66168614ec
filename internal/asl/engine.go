package asl

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"

	"davit/internal/clock"
)

const (
	maxHistory         = 25000
	defaultInvocations = 64
)

// Invoker invokes functions. Invoke is called by many goroutines at once, and again for the same
// payload when the process ended before its answer was recorded. A *FunctionError carries the error
// name that Retry and Catch look at; any other error is Lambda.Unknown. The answer is JSON, or empty for
// null. ctx ends only with Close: the Invoker bounds the time of a function, as Lambda does.
type Invoker interface {
	Invoke(ctx context.Context, functionName string, payload []byte) ([]byte, error)
}

// InvokerFunc is a function as an Invoker.
type InvokerFunc func(ctx context.Context, functionName string, payload []byte) ([]byte, error)

// Invoke calls f.
func (f InvokerFunc) Invoke(ctx context.Context, functionName string, payload []byte) ([]byte, error) {
	return f(ctx, functionName, payload)
}

// Options are what an Engine is made of. Path, Machine, ARN and Invoker are required.
type Options struct {
	// Path is the engine's own file; one process at a time may have it open.
	Path string
	// Machine runs the executions that are started from now on. Those that are open go on with the
	// definition that they were started with.
	Machine *Machine
	// ARN is the state machine's: arn:aws:states:<region>:<account>:stateMachine:<name>.
	ARN     string
	Invoker Invoker
	// Ended is called with every execution that ends, each in a goroutine of its own and at least once: when
	// it fails, or the process ends before it returned nil, the next Resume calls it again. It may
	// start executions; it must not call Close. Its ctx ends with Close.
	Ended func(ctx context.Context, ended Execution) error
	// Clock is clock.System by default.
	Clock clock.Clock
	// Rand draws the jitter, uniform in [0, 1), to many goroutines at once; math/rand/v2 by default.
	Rand func() float64
	// DataLimitEscapes lets States.DataLimitExceeded of a task's result escape States.ALL and
	// States.TaskFailed, as AWS's pages say. By default they match it, as in the executions that were
	// recorded on AWS in March 2024. Its own name matches it in both.
	DataLimitEscapes bool
	// Invocations is how many functions may run at once, 64 by default.
	Invocations int
	// NoSync is for tests: transitions are gathered in memory, up to 256 of them or until something is read,
	// and are never forced to disk, so that a process which is killed loses its last ones.
	NoSync bool
	// Logger gets what no caller is there for; nothing by default.
	Logger *slog.Logger
}

// Engine runs the executions of one state machine. All its methods may be called at the same time.
type Engine struct {
	opts        Options
	clock       clock.Clock
	log         *slog.Logger
	machineName string
	store       *store
	tokens      tokens
	places      chan struct{} // of running functions
	maxEvents   int64
	ctx         context.Context
	cancel      context.CancelFunc

	restart sync.Mutex // guards ended, and the growth of work
	ended   bool       // closed: no new work
	work    sync.WaitGroup
	closing atomic.Bool
	failing atomic.Bool // the last write failed
	closed  chan struct{}
	mu      sync.Mutex // guards open and resumed; taken after an execution's own lock, never before
	open    map[string]*execution
	resumed bool
}

// Open reads the file, or makes it, and forgets what closed more than 90 days ago. Until Resume nothing is
// invoked, no time passes and Ended is not called; everything else works, and is acted upon by Resume.
func Open(opts Options) (*Engine, error) {
	e, err := newEngine(opts)
	if err != nil {
		return nil, err
	}
	if e.store, err = openStore(opts.Path, opts.NoSync); err != nil {
		return nil, err
	}
	if err := e.load(); err != nil {
		return nil, errors.Join(err, e.store.close())
	}
	return e, nil
}

func newEngine(opts Options) (*Engine, error) {
	head, name, ok := strings.Cut(opts.ARN, ":stateMachine:")
	if opts.Path == "" || opts.Machine == nil || opts.Invoker == nil || !ok || head == "" || name == "" {
		return nil, fmt.Errorf("asl: Path, Machine, Invoker and a state machine's ARN are needed; the ARN is %q", opts.ARN)
	}
	if opts.Clock == nil {
		opts.Clock = clock.System
	}
	if opts.Rand == nil {
		opts.Rand = rand.Float64
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.Invocations <= 0 {
		opts.Invocations = defaultInvocations
	}
	e := &Engine{
		opts: opts, clock: opts.Clock, log: opts.Logger, machineName: name,
		places: make(chan struct{}, opts.Invocations), maxEvents: maxHistory, open: map[string]*execution{},
		closed: make(chan struct{}),
	}
	e.ctx, e.cancel = context.WithCancel(context.Background())
	return e, nil
}

func (e *Engine) executionARN(name string) string {
	return strings.Replace(e.opts.ARN, ":stateMachine:", ":execution:", 1) + ":" + name
}

// begin registers a piece of work that Close waits for; it fails once the engine is closed.
func (e *Engine) begin() error {
	e.restart.Lock()
	defer e.restart.Unlock()
	if e.ended {
		return ErrClosed
	}
	e.work.Add(1)
	return nil
}

// spawn runs f in a goroutine that Close waits for, or not at all once the engine is closed.
func (e *Engine) spawn(f func()) {
	if e.begin() != nil {
		return
	}
	go func() {
		defer e.work.Done()
		f()
	}()
}

// Close cancels the running functions and waits for them, then closes the file. Open executions stay
// open; a function whose answer was not recorded is invoked again after the next Open. A second
// Close waits for the first and does nothing else.
func (e *Engine) Close() error {
	if e.closing.Swap(true) {
		<-e.closed
		return nil
	}
	defer close(e.closed)
	e.end()
	e.work.Wait()
	for _, x := range e.live() {
		x.disarm()
	}
	return e.store.close()
}

// end lets no new work begin and cancels what runs.
func (e *Engine) end() {
	e.restart.Lock()
	e.ended = true
	e.restart.Unlock()
	e.cancel()
}
