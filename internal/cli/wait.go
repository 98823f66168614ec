package cli

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"davit/client"
	"davit/internal/cli/render"
)

func (p *program) waitCommand() *cobra.Command {
	var limit time.Duration
	cmd := &cobra.Command{
		Use:   "wait [RUN...]",
		Short: "Wait until runs have ended, and exit with their outcome",
		Long: `wait follows runs until they have ended, and exits as davit run does. Of several it exits with the first status that is not 0, in the order given.
A run that has ended already is no error. Networks and servers that fail are waited out.`,
		Example: "  davit wait h5wp\n  davit wait $(cat ids) --wait-timeout 2h",
		GroupID: groupRuns, ValidArgsFunction: p.completeRuns,
	}
	cmd.RunE = p.connected(func(ctx context.Context, s *session, args []string) error { return s.wait(ctx, args, limit) })
	cmd.Flags().DurationVar(&limit, "wait-timeout", 0, "how long to wait here (status 125); the runs go on")
	return cmd
}

func (s *session) wait(ctx context.Context, args []string, limit time.Duration) error {
	form, err := s.form("table", "json", "jsonl", "id")
	if err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{""}
	}
	ids := make([]string, len(args))
	for i, text := range args {
		if ids[i], err = s.find(ctx, s.client, text, leastOfID); err != nil {
			return err
		}
	}
	d := awaitDeparture(ctx)
	defer d.close()
	if len(ids) == 1 {
		w := s.newWatch(s.client, ids[0], false)
		return w.waitAndWrite(d, form, limit)
	}
	return s.waitForAll(d, ids, form, limit)
}

// outcome is how one of several waits ended.
type outcome struct {
	run *client.Run
	err error
}

// waitForAll waits for several runs at the same time, and writes how each ended when it does.
func (s *session) waitForAll(d *departure, ids []string, form string, limit time.Duration) error {
	ctx, cancel := limited(d.ctx, limit)
	defer cancel()
	ends := make([]outcome, len(ids))
	var all sync.WaitGroup
	var writing sync.Mutex
	for i, id := range ids {
		all.Go(func() {
			r, err := s.client.Wait(ctx, id, nil)
			ends[i] = outcome{r, err}
			writing.Lock()
			defer writing.Unlock()
			if err == nil {
				s.sayEnded(r, form)
			}
		})
	}
	all.Wait()
	return s.firstFailure(d, ids, ends)
}

// sayEnded writes how one of several runs ended.
func (s *session) sayEnded(r *client.Run, form string) {
	s.hint("%s  %s", s.style(s.Err).ID(r.ID), render.Sentence(r))
	if form != "table" {
		_ = s.writeRun(r, form, "id") // a reader that is gone changes no outcome
	}
}

// firstFailure returns the first outcome that is no success.
func (s *session) firstFailure(d *departure, ids []string, ends []outcome) error {
	for i, e := range ends {
		by, gone := d.left()
		w := s.newWatch(s.client, ids[i], false)
		switch {
		case e.err == nil:
			if status := Outcome(&e.run.Summary); status != 0 {
				return ExitStatus(status)
			}
		case gone && stopsRun(by):
			return s.stopAll(ids, ends)
		case gone:
			w.sayDetached("detached")
			return ExitStatus(exitDetached)
		case d.ctx.Err() == nil && errors.Is(e.err, context.DeadlineExceeded):
			w.sayDetached("not over in time")
			return ExitStatus(exitUnavailable)
		default:
			return e.err
		}
	}
	return nil
}

// stopAll stops the runs that had not ended when the job that waits for them was cancelled.
func (s *session) stopAll(ids []string, ends []outcome) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	for i, id := range ids {
		if ends[i].err == nil {
			continue
		}
		if _, err := s.client.Stop(ctx, id, "", "the job that waited for it was cancelled"); err != nil {
			s.hint("%s may go on, since the stop was not answered: %v", id, err)
			continue
		}
		s.hint("cancelled: stopping %s", id)
	}
	return ExitStatus(exitDetached)
}
