package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"davit/client"
	"davit/internal/cli/render"
)

// runFlags are the flags of `davit run`.
type runFlags struct {
	jobFlags
	file, envFile, key, cluster string
	timeout, waitTimeout        time.Duration
	retryOn                     []string
	overlap                     string
	dryRun, detach              bool
}

func (p *program) runCommand() *cobra.Command {
	f := &runFlags{}
	cmd := &cobra.Command{
		Use:   "run FAMILY [flags] [-- COMMAND...]",
		Short: "Run a job, show its output, and exit with its outcome",
		Long: `run submits a run of a task definition, follows it, and writes its output to stdout. It exits with 0 only if the run SUCCEEDED.

The command after -- and the variables of -e go to the one essential container of the definition. Without --key a key is made and written: a request whose answer is
lost is repeated with it, so that it is one run. Ctrl-C detaches and the run goes on; with CI=true it stops the run.

Exit status: the job's own for a run that FAILED, 2 for what Davit refuses, 120 SKIPPED, 121 LOST or interrupted, 122 STOPPED, 124 TIMED_OUT,
125 where Davit cannot be reached or does not permit it, 126 for a run that never started, 130 detached.`,
		Example: `  davit run nightly-report -- make report DAY=2026-11-27
  davit run settlement --count 3 -e DAY=2026-11-27 --overlap ledger=QUEUE -d
  davit run -f job.json --key settlement-2026-11-27 --timeout 1h`,
		GroupID: groupRuns, ValidArgsFunction: p.completeFamilies,
	}
	cmd.RunE = p.connected(func(ctx context.Context, s *session, args []string) error { return s.run(ctx, f, cmd, args) })
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVarP(&f.file, "file", "f", "", "the job as JSON, `FILE` or - for stdin: RunTask's input and a policy; flags count before it")
	flags.StringVar(&f.envFile, "env-file", "", "`FILE` of NAME=VALUE lines; -e counts before it")
	flags.StringVar(&f.key, "key", "", "idempotency `KEY`: the same key and job is the same run, however often it is sent")
	flags.StringVar(&f.cluster, "cluster", "", "the ECS `cluster`, in place of the stack's")
	flags.DurationVar(&f.timeout, "timeout", 0, "how long the job may run (policy.timeoutSeconds), such as `1h`")
	flags.DurationVar(&f.waitTimeout, "wait-timeout", 0, "how long to wait here (status 125); the run goes on")
	flags.StringSliceVar(&f.retryOn, "retry-on", nil, "`classes` that are tried again, such as NEVER_STARTED,EXIT:75")
	flags.StringVar(&f.overlap, "overlap", "", "`KEY=MODE`: runs of a key do not overlap; ALLOW, FORBID, REPLACE or QUEUE")
	flags.BoolVar(&f.dryRun, "dry-run", false, "check the job and write what would run; nothing is recorded")
	flags.BoolVarP(&f.detach, "detach", "d", false, "write the run's id and do not wait")
	return cmd
}

// run submits the job and follows it.
func (s *session) run(ctx context.Context, f *runFlags, cmd *cobra.Command, args []string) error {
	family, command, err := splitCommand(cmd, args)
	if err != nil {
		return err
	}
	form, err := s.form("table", "json", "jsonl", "id")
	if err != nil {
		return err
	}
	if err := f.check(cmd); err != nil {
		return err
	}
	body, err := s.jobBody(ctx, f, family, command)
	if err != nil {
		return err
	}
	if f.dryRun {
		return s.dryRun(ctx, body, form)
	}
	d := awaitDeparture(ctx)
	defer d.close()
	r, err := s.submit(ctx, d, body, f)
	if err != nil {
		return err
	}
	if f.detach {
		return s.leaveNew(d, r, form)
	}
	return s.followNew(d, r, form, f.waitTimeout)
}

// leaveNew writes a run that was just submitted, and stops it where a CI job was cancelled meanwhile.
func (s *session) leaveNew(d *departure, r *client.Run, form string) error {
	if by, gone := d.left(); gone && stopsRun(by) {
		_, err := s.newWatch(s.client, r.ID, false).stopAndWait(d)
		return err
	}
	return s.writeRun(r, form, "id")
}

// followNew follows a run that was just submitted.
func (s *session) followNew(d *departure, r *client.Run, form string, limit time.Duration) error {
	w := s.newWatch(s.client, r.ID, form == "table")
	return w.waitAndWrite(d, form, limit)
}

// submit submits the body under the key of the flags, or a new one, and writes which run it is.
func (s *session) submit(ctx context.Context, d *departure, body []byte, f *runFlags) (*client.Run, error) {
	key := f.key
	if key == "" {
		key = tokenOf(body)
	}
	if key == "" {
		key = client.NewKey()
	}
	r, err := s.send(ctx, d, key, func(ctx context.Context, c *client.Client) (*client.Run, error) { return c.Submit(ctx, body, key) })
	if err != nil {
		return nil, err
	}
	if !s.flags.quiet {
		render.NewProgress(s.Err, s.style(s.Err), time.Now).Submitted(r, r.Key)
	}
	return r, nil
}

// send makes a submission under a key, which a departure ends after submitGrace.
func (s *session) send(ctx context.Context, d *departure, key string, submit func(context.Context, *client.Client) (*client.Run, error)) (*client.Run, error) {
	sending, cancel := d.graceful(ctx)
	defer cancel()
	r, err := s.patiently(key, func(c *client.Client) (*client.Run, error) { return submit(sending, c) })
	var unknown *client.UnknownError
	if _, gone := d.left(); gone && errors.As(err, &unknown) {
		s.hint("detached before the answer; the run may have been recorded. The same command with --key %s gives the same run", unknown.Key)
		return nil, ExitStatus(exitDetached)
	}
	return r, err
}

// patiently makes a submission. Where no answer comes it is repeated, with the same key, for longer than a read; where nobody listens that is told soon.
func (s *session) patiently(key string, submit func(*client.Client) (*client.Run, error)) (*client.Run, error) {
	r, err := submit(s.client)
	var unknown *client.UnknownError
	if !errors.As(err, &unknown) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, context.Canceled) {
		return r, err
	}
	s.hint("no answer yet; repeating it with the same key, which is safe")
	r, err = submit(s.sender)
	if err != nil && !isRefusal(err) && !errors.As(err, &unknown) {
		return nil, &client.UnknownError{Key: key, Err: err} // the first may have been recorded, whatever a gateway says of the second
	}
	return r, err
}

// tokenOf returns the idempotency key that a body brings, "" for none.
func tokenOf(body []byte) string {
	var b struct {
		ClientToken string `json:"clientToken"`
	}
	_ = json.Unmarshal(body, &b) // it was just encoded; a token that is no text is refused by the API
	return b.ClientToken
}

// resolvedName is the revision that runs, or the family.
func resolvedName(r *client.Run) string {
	var resolved struct {
		TaskDefinition string `json:"taskDefinition"`
	}
	if json.Unmarshal(r.Resolved, &resolved) == nil && resolved.TaskDefinition != "" {
		return resolved.TaskDefinition[strings.LastIndexByte(resolved.TaskDefinition, '/')+1:]
	}
	return r.Family
}

// dryRun checks the body and writes what would run.
func (s *session) dryRun(ctx context.Context, body []byte, form string) error {
	r, err := s.client.DryRun(ctx, body)
	if err != nil {
		return err
	}
	return s.writeDry(r, form)
}

// writeDry writes what a dry run would record.
func (s *session) writeDry(r *client.Run, form string) error {
	if form != "table" {
		return s.writeRaw(r.JSON)
	}
	s.hint("it would run; nothing was recorded")
	return s.writeIndented(r.JSON)
}

// writeRun writes a run to stdout: its id for the form table where ofTable is "id".
func (p *program) writeRun(r *client.Run, form, ofTable string) error {
	if form == "table" {
		form = ofTable
	}
	if form == "id" {
		_, err := fmt.Fprintln(p.Out, r.ID)
		return err
	}
	return p.writeRaw(r.JSON)
}

// once returns a function that calls get the first time only.
func once(get func() (*definition, error)) func() (*definition, error) {
	var d *definition
	return func() (*definition, error) {
		if d != nil {
			return d, nil
		}
		var err error
		d, err = get()
		return d, err
	}
}
