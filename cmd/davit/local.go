//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"davit/events"
	"davit/internal/cli"
)

// localCommand returns the command `davit local`.
func localCommand(s cli.Streams) *cobra.Command {
	f := &localFlags{}
	cmd := &cobra.Command{
		Use: "local", Short: "Serve the API and an ECS endpoint on this machine until it is stopped", GroupID: cli.GroupLocal, Args: cobra.NoArgs,
		Long: `local runs Davit on this machine: the handlers and the state machine that run in AWS, with real processes as tasks. It serves the API and an ECS endpoint on loopback
until Ctrl-C, which stops the tasks. What it keeps is in --data, and survives a restart.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return reported(runLocal(ctx, f, s.Out, s.Err), s.Err)
		},
	}
	f.add(cmd.Flags())
	return cmd
}

// runLocal serves until ctx ends.
func runLocal(ctx context.Context, f *localFlags, out, errOut io.Writer) error {
	if err := f.check(); err != nil {
		return err
	}
	lines := &lockedWriter{out: out}
	o, err := f.options(lines)
	if err != nil {
		return err
	}
	_, statErr := os.Stat(filepath.Join(o.Dir, "runs.db"))
	inst, err := serve(o, f.addr, f.ecsAddr, errOut)
	if err != nil {
		return err
	}
	if d := o.Containers; d != nil {
		_, _ = fmt.Fprintf(lines, "for containers    http://%s   (AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s)\n", d.Addr, d.AccessKey, d.Secret)
	}
	if err := inst.printAddresses(ctx, errors.Is(statErr, os.ErrNotExist), o.Dir, lines); err != nil {
		return errors.Join(err, inst.shutdown())
	}
	select {
	case <-ctx.Done():
		_, _ = fmt.Fprintln(lines, "\nstopping the tasks …")
		return inst.shutdown()
	case err := <-inst.Failed():
		return errors.Join(err, inst.shutdown())
	}
}

// printAddresses prints the addresses, the data folder and examples of requests. In a new data folder it registers the sample task
// definition first, which the examples refer to.
func (inst *instance) printAddresses(ctx context.Context, isNew bool, dir string, out io.Writer) error {
	if isNew {
		if _, err := inst.client().Register(ctx, events.TaskDefinition); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, `Davit's API       http://%[1]s
ECS endpoint      http://%[2]s   (aws ecs list-tasks --endpoint-url http://%[2]s)
data              %[3]s

Run a job and follow it, see what became of it, list, stop; the definition that it is made of:
  davit run settlement --count 2%[4]s
  davit show RUN%[4]s
  davit ps --status SUCCEEDED%[4]s
  davit stop RUN --reason 'not needed'%[4]s
  davit def show settlement%[4]s
The same by HTTP:
  curl -s http://%[1]s/runs -H 'Content-Type: application/json' -H 'Idempotency-Key: first' -d '{"taskDefinition":"settlement","count":2}'
  curl -s http://%[1]s/runs/RUN_ID
  curl -s http://%[1]s/runs/RUN_ID/logs -H 'Accept: text/plain'
  curl -s 'http://%[1]s/runs?status=SUCCEEDED&limit=5'
  curl -s http://%[1]s/runs/RUN_ID/stop -H 'Content-Type: application/json' -d '{"reason":"not needed"}'
  curl -s http://%[1]s/task-definitions/settlement
Ctrl-C stops the tasks and ends.
`, inst.Addr, inst.ECSAddr, dir, inst.where())
	return err
}

// usualAddr is where the context local expects the API.
const usualAddr = "127.0.0.1:3000"

// where returns the flag with which davit's commands find this instance, "" where they do so by themselves.
func (inst *instance) where() string {
	if inst.Addr == usualAddr {
		return ""
	}
	return " --url http://" + inst.Addr
}
