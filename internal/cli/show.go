package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) showCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "show [RUN]",
		Short:   "Explain a run: how it stands, where its time went, and what to do",
		Example: "  davit show zys7\n  davit show zys7 -o json | jq .attempts",
		GroupID: groupRuns, Args: cobra.MaximumNArgs(1), ValidArgsFunction: p.completeRuns,
	}
	cmd.RunE = p.connected(func(ctx context.Context, s *session, args []string) error {
		form, err := s.form("table", "json", "id")
		if err != nil {
			return err
		}
		id, err := s.find(ctx, s.client, strings.Join(args, ""), leastOfID)
		if err != nil {
			return err
		}
		r, err := s.client.Get(ctx, id)
		if err != nil {
			return err
		}
		if form == "table" {
			return s.style(s.Out).Run(s.Out, r)
		}
		return s.writeRun(r, form, "")
	})
	return cmd
}
