package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"davit/client"
)

// psFlags are the flags of `davit ps`.
type psFlags struct {
	family, group, startedBy, schedule, rerunOf, class string
	status                                             []string
	since, until                                       string
	all                                                bool
	limit                                              int
}

// usualRows is how many runs ps shows without -a and -n; maxOpen bounds the open ones among them.
const (
	usualRows = 20
	maxOpen   = 200
)

func (p *program) psCommand() *cobra.Command {
	f := &psFlags{}
	cmd := &cobra.Command{
		Use:     "ps",
		Short:   "List runs: the open ones first, then the newest",
		Long:    `ps lists the runs that are open, and then the newest of those that have ended, 20 in all. -a lists all that are recorded, the newest first; every filter narrows the list.`,
		Example: "  davit ps --status FAILED,TIMED_OUT,LOST --since 12h\n  davit ps --family import -a -o wide\n  davit ps --class OUT_OF_MEMORY -o id",
		GroupID: groupRuns, Args: cobra.NoArgs,
	}
	cmd.RunE = p.connected(func(ctx context.Context, s *session, _ []string) error { return s.ps(ctx, f, cmd) })
	flags := cmd.Flags()
	flags.StringVar(&f.family, "family", "", "of the task definition `family`")
	flags.StringSliceVar(&f.status, "status", nil, "of the `statuses`, such as FAILED,TIMED_OUT")
	flags.StringVar(&f.class, "class", "", "that failed for the `class`, such as OUT_OF_MEMORY or EXIT:137")
	flags.StringVar(&f.since, "since", "", "submitted since: `12h`, 7d, or a time such as 2026-11-27T02:00:00Z")
	flags.StringVar(&f.until, "until", "", "submitted before: `1h`, 2d, or a time")
	flags.StringVar(&f.schedule, "schedule", "", "of the `schedule`")
	flags.StringVar(&f.group, "group", "", "of the `group`")
	flags.StringVar(&f.startedBy, "started-by", "", "with that `startedBy`")
	flags.StringVar(&f.rerunOf, "rerun-of", "", "that repeat the `run`")
	flags.BoolVarP(&f.all, "all", "a", false, "all that are recorded")
	flags.IntVarP(&f.limit, "limit", "n", usualRows, "how many")
	_ = cmd.RegisterFlagCompletionFunc("family", p.completeFamilies)
	_ = cmd.RegisterFlagCompletionFunc("status", cobra.FixedCompletions(statusNames(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func statusNames() []string {
	var names []string
	for _, s := range client.Statuses() {
		names = append(names, string(s))
	}
	return names
}

// filter returns what the flags ask for.
func (f *psFlags) filter(ctx context.Context, s *session, now time.Time) (client.Filter, error) {
	q := client.Filter{Family: f.family, Group: f.group, StartedBy: f.startedBy, Schedule: f.schedule, Class: strings.ToUpper(f.class)}
	for _, name := range f.status {
		status := client.Status(strings.ToUpper(name))
		if !slices.Contains(client.Statuses(), status) {
			return q, usagef("--status %s: give %s", name, orList(statusNames()))
		}
		q.Statuses = append(q.Statuses, status)
	}
	var err error
	if q.CreatedAfter, err = moment("since", f.since, now); err != nil {
		return q, err
	}
	if q.CreatedBefore, err = moment("until", f.until, now); err != nil {
		return q, err
	}
	if f.rerunOf != "" {
		q.RerunOf, err = s.find(ctx, s.client, f.rerunOf, leastOfID)
	}
	return q, err
}

// moment reads a time of a flag: RFC 3339, or how long ago in s, m, h or d. "" is no time.
func moment(flag, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	if sinceForm.MatchString(text) {
		unit := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}[text[len(text)-1]]
		var n int
		if _, err := fmt.Sscan(text[:len(text)-1], &n); err == nil && n < 100_000 {
			return now.Add(-time.Duration(n) * unit), nil
		}
	}
	return time.Time{}, usagef("--%s %q: give how long ago, such as 12h or 7d, or a time such as 2026-11-27T02:00:00Z", flag, text)
}

func (s *session) ps(ctx context.Context, f *psFlags, cmd *cobra.Command) error {
	form, err := s.form("table", "wide", "json", "jsonl", "id")
	if err != nil {
		return err
	}
	if f.limit < 1 {
		return usagef("-n %d: give at least 1", f.limit)
	}
	filter, err := f.filter(ctx, s, time.Now())
	if err != nil {
		return err
	}
	limit := f.limit
	if f.all && !cmd.Flags().Changed("limit") {
		limit = 1 << 30
	}
	if form == "jsonl" || form == "id" {
		return s.streamRuns(ctx, filter, f.all, limit, form)
	}
	runs, err := s.listRuns(ctx, filter, f.all, limit)
	if err != nil {
		return err
	}
	if form == "json" {
		return s.writeRuns(runs)
	}
	if len(runs) == 0 {
		s.hint("no runs")
		return nil
	}
	return s.style(s.Out).Runs(s.Out, runs, form == "wide")
}

// listRuns returns at most limit runs, or all open ones where those are more.
func (s *session) listRuns(ctx context.Context, filter client.Filter, all bool, limit int) ([]client.Summary, error) {
	var runs []client.Summary
	err := s.eachRun(ctx, filter, all, limit, func(r client.Summary) error {
		runs = append(runs, r)
		return nil
	})
	return runs, err
}

func (s *session) streamRuns(ctx context.Context, filter client.Filter, all bool, limit int, form string) error {
	return s.eachRun(ctx, filter, all, limit, func(r client.Summary) error {
		if form == "id" {
			_, err := fmt.Fprintln(s.Out, r.ID)
			return err
		}
		return s.writeRaw(r.JSON)
	})
}

// eachRun calls do with the open runs and then with the newest, each once; with all, with the newest only, whatever their status.
func (s *session) eachRun(ctx context.Context, filter client.Filter, all bool, limit int, do func(client.Summary) error) error {
	shown := map[string]bool{}
	if !all && len(filter.Statuses) == 0 && filter.Class == "" {
		open := filter
		open.Open = true
		for r, err := range s.client.Runs(ctx, open) {
			if err != nil {
				return err
			}
			shown[r.ID] = true
			if err := do(r); err != nil {
				return err
			}
			if len(shown) == maxOpen {
				break
			}
		}
	}
	n := len(shown)
	if n >= limit {
		return nil
	}
	for r, err := range s.client.Runs(ctx, filter) {
		if err != nil {
			return err
		}
		if shown[r.ID] {
			continue
		}
		if err := do(r); err != nil {
			return err
		}
		if n++; n >= limit {
			return nil
		}
	}
	return nil
}

// writeRuns writes runs as the API's answer has them.
func (s *session) writeRuns(runs []client.Summary) error {
	list := make([]json.RawMessage, 0, len(runs))
	for _, r := range runs {
		list = append(list, r.JSON)
	}
	return s.writeList("runs", list)
}
