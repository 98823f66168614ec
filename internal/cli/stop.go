package cli

import (
	"context"

	"github.com/spf13/cobra"

	"davit/client"
)

// stopFlags are the flags of `davit stop`.
type stopFlags struct{ reason, task string }

func (p *program) stopCommand() *cobra.Command {
	f := &stopFlags{}
	cmd := &cobra.Command{
		Use:     "stop RUN...",
		Short:   "Stop runs, or one task of a run",
		Long:    `stop orders runs to stop and does not wait for it; davit wait does. A run that has ended stays as it is. An id needs at least 8 characters.`,
		Example: "  davit stop h5wpr6p3 --reason 'wrong day'",
		GroupID: groupRuns, ValidArgsFunction: p.completeRuns,
	}
	cmd.RunE = p.connected(func(ctx context.Context, s *session, args []string) error { return s.stop(ctx, f, args) })
	cmd.Flags().StringVar(&f.reason, "reason", "", "`text` that ECS shows as the reason, at most 255 characters")
	cmd.Flags().StringVar(&f.task, "task", "", "stop this `task` only: its id or ARN")
	return cmd
}

func (s *session) stop(ctx context.Context, f *stopFlags, args []string) error {
	form, err := s.form("table", "json", "jsonl", "id")
	if err != nil {
		return err
	}
	if f.task != "" && len(args) > 1 {
		return usagef("--task names a task of one run; %d runs are given", len(args))
	}
	if len(args) == 0 {
		args = []string{""}
	}
	ids := make([]string, len(args))
	for i, text := range args {
		if ids[i], err = s.find(ctx, s.client, text, leastToStop); err != nil {
			return err
		}
	}
	for _, id := range ids {
		r, err := s.sender.Stop(ctx, id, f.task, f.reason)
		if err != nil {
			return err
		}
		s.sayStopping(r)
		if form != "table" {
			if err := s.writeRun(r, form, "id"); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *session) sayStopping(r *client.Run) {
	id := s.style(s.Err).ID(r.ID)
	if r.Status.Final() {
		s.hint("%s had ended already: %s", id, r.Status)
		return
	}
	s.hint("%s is being stopped. See its end: %s", id, s.command("wait", r.ID))
}
