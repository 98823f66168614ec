package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"davit/client"
)

// completionTimeout bounds what a shell waits for at a Tab, and completions how much is offered.
const (
	completionTimeout = 2 * time.Second
	completions       = 50
)

// forCompletion connects, with a client that gives up at once.
func (p *program) forCompletion(cmd *cobra.Command) (*session, context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(contextOf(cmd)), completionTimeout)
	s, err := p.connect(ctx)
	if err != nil {
		cancel()
		return nil, nil, func() {}
	}
	s.client.Patience = -1
	return s, ctx, cancel
}

func contextOf(cmd *cobra.Command) context.Context {
	if ctx := cmd.Context(); ctx != nil {
		return ctx
	}
	return context.Background()
}

// completeRuns offers the ids of the newest runs, with how each stands.
func (p *program) completeRuns(cmd *cobra.Command, _ []string, begin string) ([]string, cobra.ShellCompDirective) {
	s, ctx, cancel := p.forCompletion(cmd)
	defer cancel()
	if s == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var ids []string
	n := 0
	for r, err := range s.client.Runs(ctx, client.Filter{}) {
		if err != nil || n == completions {
			break
		}
		n++
		if strings.HasPrefix(r.ID, begin) {
			ids = append(ids, r.ID+"\t"+string(r.Status)+" "+r.Family)
		}
	}
	return ids, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// completeFamilies offers the families of task definitions.
func (p *program) completeFamilies(cmd *cobra.Command, args []string, begin string) ([]string, cobra.ShellCompDirective) {
	s, ctx, cancel := p.forCompletion(cmd)
	defer cancel()
	if s == nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	seen := map[string]bool{}
	for d, err := range s.client.Definitions(ctx, client.DefinitionFilter{}) {
		if err != nil || len(names) == completions {
			break
		}
		if !seen[d.Family] && strings.HasPrefix(d.Family, begin) {
			seen[d.Family] = true
			names = append(names, d.Family)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
