package cli

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// departure is what ends a wait while the run goes on: a signal, or a reader of the output that is gone.
type departure struct {
	ctx    context.Context // ends at the departure
	cancel context.CancelFunc
	second chan struct{} // closed at the second signal
	caught chan os.Signal

	mu   sync.Mutex
	by   os.Signal // nil where a pipe was closed
	gone bool
}

// submitGrace is for how long a submission that is under way may still be answered after a signal, so that its id can be written.
const submitGrace = 3 * time.Second

// awaitDeparture catches the signals that detach. Close releases them.
func awaitDeparture(ctx context.Context) *departure {
	d := &departure{second: make(chan struct{}), caught: make(chan os.Signal, 4)}
	d.ctx, d.cancel = context.WithCancel(ctx)
	// A write to a closed pipe is then an error and not the end of the program.
	signal.Notify(d.caught, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	go d.watch()
	return d
}

func (d *departure) watch() {
	signals := 0
	for s := range d.caught {
		if s == syscall.SIGPIPE {
			continue // the write has its error
		}
		if signals++; signals == 2 {
			close(d.second)
		}
		d.leave(s)
	}
}

// leave records the departure; the first one counts. by is nil where a pipe was closed.
func (d *departure) leave(by os.Signal) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.gone {
		d.gone, d.by = true, by
		d.cancel()
	}
}

// left reports whether there was a departure, and by which signal.
func (d *departure) left() (by os.Signal, gone bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.by, d.gone
}

// graceful returns a context that ends submitGrace after the departure.
func (d *departure) graceful(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	stop := context.AfterFunc(d.ctx, func() {
		timer := time.NewTimer(submitGrace)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel()
		case <-d.second:
			cancel()
		case <-ctx.Done():
		}
	})
	return ctx, func() { stop(); cancel() }
}

// close releases the signals.
func (d *departure) close() {
	signal.Stop(d.caught)
	close(d.caught)
	d.cancel()
}

// stopsRun reports whether a departure by that signal stops the run: in CI, whose jobs are cancelled with Ctrl-C's signal or SIGTERM.
func stopsRun(by os.Signal) bool {
	return os.Getenv("CI") == "true" && (by == os.Interrupt || by == syscall.SIGTERM)
}
