package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"iter"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"davit/client"
	"davit/internal/cli/render"
)

// logFlags are the flags of `davit logs`.
type logFlags struct {
	client.LogQuery
	follow, times bool
}

func (p *program) logsCommand() *cobra.Command {
	f := &logFlags{}
	cmd := &cobra.Command{
		Use:   "logs [RUN]",
		Short: "Write the output of a run",
		Long: `logs writes what the containers of a run wrote, of all attempts or of one, merged by time. Where several containers have output each line begins with
task/container. With -f it goes on until the run has ended and its last line was written.`,
		Example: "  davit logs zys7 -n 50\n  davit logs -f zys7 -c worker\n  davit logs zys7 --attempt 2 -o jsonl | jq -r .text",
		GroupID: groupRuns, Args: cobra.MaximumNArgs(1), ValidArgsFunction: p.completeRuns,
	}
	cmd.RunE = p.connected(func(ctx context.Context, s *session, args []string) error { return s.logs(ctx, f, cmd, args) })
	flags := cmd.Flags()
	flags.BoolVarP(&f.follow, "follow", "f", false, "go on until the run has ended")
	flags.IntVarP(&f.Tail, "tail", "n", 0, "the last `N` lines only, 1 to 10000")
	flags.StringVar(&f.Since, "since", "", "what was written since then: `10m`, 2h or a time such as 2026-11-27T02:00:00Z")
	flags.IntVar(&f.Attempt, "attempt", 0, "of the attempt `N` only")
	flags.StringVar(&f.Task, "task", "", "of the `task` only: its id or ARN")
	flags.StringVarP(&f.Container, "container", "c", "", "of the `container` only")
	flags.BoolVarP(&f.times, "timestamps", "t", false, "begin each line with its time (as on a terminal)")
	return cmd
}

var sinceForm = regexp.MustCompile(`^[1-9][0-9]*[smhd]$`)

func (f *logFlags) check(cmd *cobra.Command) error {
	changed := cmd.Flags().Changed
	if _, err := time.Parse(time.RFC3339, f.Since); f.Since != "" && err != nil && !sinceForm.MatchString(f.Since) {
		return usagef("--since %q: give a duration such as 10m, or a time such as 2026-11-27T02:00:00Z", f.Since)
	}
	switch {
	case changed("tail") && (f.Tail < 1 || f.Tail > 10_000):
		return usagef("-n %d: give 1 to 10000", f.Tail)
	case changed("attempt") && f.Attempt < 1:
		return usagef("--attempt %d: attempts are counted from 1", f.Attempt)
	}
	return nil
}

func (s *session) logs(ctx context.Context, f *logFlags, cmd *cobra.Command, args []string) error {
	form, err := s.form("table", "json", "jsonl")
	if err != nil {
		return err
	}
	if err := f.check(cmd); err != nil {
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
	d := awaitDeparture(ctx)
	defer d.close()
	var absent missing
	f.Unavailable = absent.add
	err = s.copyLogs(d.ctx, r, f, form, &absent)
	for _, u := range absent.list() {
		s.hint("%s", s.style(s.Err).Unavailable(u))
	}
	if by, gone := d.left(); gone && by != nil {
		return ExitStatus(exitDetached)
	}
	return err
}

// copyLogs writes the events of a run's output. What is buffered is written whenever nothing more is there to be read.
func (s *session) copyLogs(ctx context.Context, r *client.Run, f *logFlags, form string, absent *missing) error {
	out := bufio.NewWriterSize(s.Out, 64<<10)
	events := s.client.Logs(ctx, r.ID, f.LogQuery)
	if f.follow || r.Status.Final() { // of a run that is over the end is waited for: a page may be short because CloudWatch Logs asks for fewer calls
		events = s.client.Follow(ctx, r.ID, f.LogQuery)
	}
	if f.follow {
		out = bufio.NewWriterSize(s.Out, 1) // a follower sees each line at once
	}
	write := s.lineWriter(out, r, f, form)
	if form == "json" {
		return writeArray(out, events)
	}
	n := 0
	for e, err := range events {
		if err == nil {
			n++
			absent.seen(e)
			err = write(e)
		}
		if err != nil {
			_ = out.Flush() // what came before the error is worth reading; err is the one to report
			return err
		}
	}
	if n == 0 && form == "table" && len(absent.list()) == 0 {
		s.hint("no output%s", until(r))
	}
	return out.Flush()
}

// until is how a run stands that has no output.
func until(r *client.Run) string {
	if r.Status.Final() {
		return ""
	}
	return " yet; it is " + string(r.Status)
}

// lineWriter returns the function that writes one event in a form.
func (s *session) lineWriter(out *bufio.Writer, r *client.Run, f *logFlags, form string) func(client.LogEvent) error {
	style := s.style(s.Out)
	lines := &lineWriter{style: style, options: render.LogOptions{
		Streams: severalStreams(r) && f.Container == "" || len(r.Attempts) > 1 && f.Attempt == 0,
		Times:   f.times || style.Terminal,
	}}
	return func(e client.LogEvent) error {
		if form == "jsonl" {
			return json.NewEncoder(out).Encode(e)
		}
		_, err := out.WriteString(lines.text(e))
		return err
	}
}

// writeArray writes events as one JSON array, without holding it in memory.
func writeArray(out *bufio.Writer, events iter.Seq2[client.LogEvent, error]) error {
	separator := "[\n"
	for e, err := range events {
		if err != nil {
			return err
		}
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if _, err := out.WriteString(separator + string(line)); err != nil {
			return err
		}
		separator = ",\n"
	}
	if separator == "[\n" {
		separator = "["
	}
	if _, err := out.WriteString(strings.TrimPrefix(separator, ",") + "]\n"); err != nil {
		return err
	}
	return out.Flush()
}
