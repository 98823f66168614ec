package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"davit/client"
	"davit/internal/cli/render"
)

// outputGrace is for how long the last lines of a run that has ended are waited for. CloudWatch Logs may have a line some seconds after it was written.
const outputGrace = 45 * time.Second

// watch follows a run: its progress to stderr and, where output is set, what its containers write to stdout.
type watch struct {
	*program
	client *client.Client
	id     string
	output bool

	mu       sync.Mutex // of what follows, and of the terminal that both streams may be
	progress *render.Progress
	run      *client.Run
	lines    lineWriter
	ended    bool // no line is written any more
}

func (p *program) newWatch(c *client.Client, id string, output bool) *watch {
	w := &watch{program: p, client: c, id: id, output: output, lines: lineWriter{style: p.style(p.Out)}}
	if !p.flags.quiet {
		w.progress = render.NewProgress(p.Err, p.style(p.Err), time.Now)
	}
	return w
}

// follow waits for the run's end and returns the run. leave is called where nobody reads the output any more.
func (w *watch) follow(ctx context.Context, leave func()) (*client.Run, error) {
	defer w.keepTime()()
	if !w.output {
		last, err := w.client.Wait(ctx, w.id, w.update)
		w.finish(last, err)
		return last, err
	}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	var copyErr error
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		copyErr = w.copyOutput(reading, leave)
	}()
	last, err := w.client.Wait(ctx, w.id, w.update)
	if err == nil {
		w.awaitOutput(ctx, copied, &copyErr)
	} else {
		stop()
		<-copied
	}
	w.finish(last, err)
	return last, err
}

// keepTime shows each second how much time has passed, until the function that it returns is called.
func (w *watch) keepTime() (stop func()) {
	if w.progress == nil || !w.style(w.Err).Terminal {
		return func() {}
	}
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				w.mu.Lock()
				w.progress.Resize(w.style(w.Err).Width)
				w.progress.Tick()
				w.mu.Unlock()
			}
		}
	}()
	return func() { close(done) }
}

// awaitOutput waits until the output was copied to its end, at most outputGrace. copyErr is set once copied is closed.
func (w *watch) awaitOutput(ctx context.Context, copied <-chan struct{}, copyErr *error) {
	timer := time.NewTimer(outputGrace)
	defer timer.Stop()
	var problem string
	select {
	case <-copied:
		if *copyErr == nil || ctx.Err() != nil {
			return
		}
		problem = (*copyErr).Error()
	case <-timer.C:
		problem = "its end did not come within " + outputGrace.String()
	case <-ctx.Done():
		return
	}
	w.note("the output is not whole: " + problem + "; see " + w.command("logs", w.id))
}

func (w *watch) update(r *client.Run) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.run = r
	if w.progress != nil {
		w.progress.Update(r)
	}
}

// finish ends the progress, with how the run ended where it did.
func (w *watch) finish(last *client.Run, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
	switch {
	case w.progress == nil:
	case err == nil:
		w.progress.Ended(last)
	default:
		w.progress.Pause()
	}
}

// copyOutput writes the run's output to stdout, line by line.
func (w *watch) copyOutput(ctx context.Context, leave func()) error {
	var absent missing
	for e, err := range w.client.Follow(ctx, w.id, client.LogQuery{Unavailable: absent.add}) {
		if err != nil {
			return err
		}
		absent.seen(e)
		if err := w.line(e); err != nil {
			if isClosedPipe(err) || isTerminalGone(err) {
				leave()
			}
			return fmt.Errorf("it cannot be written: %w", err)
		}
	}
	for _, u := range absent.list() {
		w.note(w.style(w.Err).Unavailable(u))
	}
	return nil
}

// line writes a line of output between two states of the progress.
func (w *watch) line(e client.LogEvent) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		return errors.New("the run has ended")
	}
	if w.progress != nil {
		w.progress.Pause()
		defer w.progress.Resume()
	}
	w.lines.options.Streams = severalStreams(w.run)
	_, err := io.WriteString(w.Out, w.lines.text(e))
	return err
}

// note writes a line of its own to stderr.
func (w *watch) note(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.progress != nil {
		w.progress.Pause()
		defer w.progress.Resume()
	}
	w.hint("%s", text)
}

// severalStreams reports whether the current attempt of a run has more than one container with output.
func severalStreams(r *client.Run) bool {
	if r == nil || len(r.Attempts) == 0 {
		return false
	}
	n := 0
	for _, t := range r.Attempts[len(r.Attempts)-1].Tasks {
		for _, c := range t.Containers {
			if c.Log != nil {
				n++
			}
		}
	}
	return n > 1 || r.Count > 1
}

// Follow follows a run of the API that c calls: its progress to s.Err and what its containers write to s.Out. It returns the run as it ended, or ctx's error.
func Follow(ctx context.Context, s Streams, c *client.Client, id string) (*client.Run, error) {
	p := &program{Streams: s}
	return p.newWatch(c, id, true).follow(ctx, func() {})
}
