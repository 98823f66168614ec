package cli

import (
	"context"
	"errors"
	"time"

	"davit/client"
)

// stopTimeout bounds the request that stops a run after a signal. A cancelled CI job is killed some 7 s after its signal.
const stopTimeout = 6 * time.Second

// waitFor follows a run until it ends, and returns its exit status as an error. A departure detaches, or stops the run where stopsRun has it so.
func (w *watch) waitFor(d *departure, limit time.Duration) (*client.Run, error) {
	ctx, cancel := limited(d.ctx, limit)
	defer cancel()
	last, err := w.follow(ctx, func() { d.leave(nil) })
	by, gone := d.left()
	switch {
	case err == nil:
		return last, asExit(Outcome(&last.Summary))
	case gone && stopsRun(by):
		return w.stopAndWait(d)
	case gone:
		w.sayDetached("detached")
		return last, ExitStatus(exitDetached)
	case errors.Is(err, context.DeadlineExceeded):
		w.sayDetached("not over after " + limit.String())
		return last, ExitStatus(exitUnavailable)
	default:
		return last, err
	}
}

// waitAndWrite waits as waitFor does, and writes the run that has ended in a form other than table.
func (w *watch) waitAndWrite(d *departure, form string, limit time.Duration) error {
	last, outcome := w.waitFor(d, limit)
	if last == nil || !last.Status.Final() || form == "table" {
		return outcome
	}
	if err := w.writeRun(last, form, "id"); err != nil {
		return err
	}
	return outcome
}

// limited returns a context that ends after limit; 0 is no limit.
func limited(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, limit)
}

// sayDetached writes that the run goes on, and how to come back to it.
func (w *watch) sayDetached(why string) {
	w.hint("%s; it goes on. Come back: %s · %s · stop it: %s", why, w.command("wait", w.id), w.command("logs -f", w.id), w.command("stop", w.id))
}

// stopAndWait stops the run, and follows it to its end until a second signal.
func (w *watch) stopAndWait(d *departure) (*client.Run, error) {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	w.hint("cancelled: stopping the run")
	if _, err := w.client.Stop(ctx, w.id, "", "the job that waited for it was cancelled"); err != nil {
		w.hint("it may go on, since the stop was not answered: %v. Stop it: %s", err, w.command("stop", w.id))
		return nil, ExitStatus(exitUnavailable)
	}
	waiting, leave := context.WithCancel(context.Background())
	defer leave()
	go func() {
		select {
		case <-d.second:
			leave()
		case <-waiting.Done():
		}
	}()
	again := w.newWatch(w.client, w.id, false)
	last, err := again.follow(waiting, leave)
	if err != nil {
		w.hint("the run is being stopped. See how it ended: %s", w.command("show", w.id))
		return last, ExitStatus(exitDetached)
	}
	return last, asExit(Outcome(&last.Summary))
}
