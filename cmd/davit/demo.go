//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"davit/client"
	"davit/events"
	"davit/internal/cli"
	"davit/internal/local"
)

// exitInterrupted is the exit status after Ctrl-C.
const exitInterrupted = 130

// interruptTimeout is how long an interrupted demo waits until its run is recorded as STOPPED. The run's tasks end in any case.
const interruptTimeout = 10 * time.Second

// demoCommand returns the command `davit demo`.
func demoCommand(s cli.Streams) *cobra.Command {
	return &cobra.Command{
		Use: "demo", Short: "Run the sample job once, from request to recorded end, and show how it goes", GroupID: cli.GroupLocal, Args: cobra.NoArgs,
		Long: `demo serves Davit on free ports in a temporary folder, registers the sample task definition, submits the sample job, and shows it as davit run does. It exits with 0
only if the run SUCCEEDED, and leaves nothing behind.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return reported(runDemo(ctx, s), s.Err)
		},
	}
}

// runDemo runs the sample job once, with a data folder of its own.
func runDemo(ctx context.Context, s cli.Streams) error {
	dir, err := os.MkdirTemp("", "davit-demo-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary folder
	inst, err := serve(local.Options{Dir: dir, TaskEvents: true}, "127.0.0.1:0", "127.0.0.1:0", s.Err)
	if err != nil {
		return err
	}
	last, err := inst.demo(ctx, s)
	if err := errors.Join(err, inst.shutdown()); err != nil {
		return err
	}
	if status := cli.Outcome(&last.Summary); status != 0 {
		return cli.ExitStatus(status)
	}
	return nil
}

// demo registers, submits and follows the sample job.
func (inst *instance) demo(ctx context.Context, s cli.Streams) (*client.Run, error) {
	c := inst.client()
	r, err := submitSample(ctx, c)
	if err != nil && ctx.Err() != nil {
		return r, cli.ExitStatus(exitInterrupted)
	}
	if err != nil {
		return r, err
	}
	_, _ = fmt.Fprintf(s.Err, "Davit at http://%s, ECS endpoint at http://%s\nrun %s: events/run.json of the task definition events/task-definition.json\n", inst.Addr, inst.ECSAddr, r.ID) // nowhere to report to
	last, err := cli.Follow(ctx, s, c, r.ID)
	if err != nil && ctx.Err() != nil {
		return inst.interrupt(s, c, r)
	}
	return last, err
}

// submitSample registers and submits the sample job.
func submitSample(ctx context.Context, c *client.Client) (*client.Run, error) {
	if _, err := c.Register(ctx, events.TaskDefinition); err != nil {
		return nil, err
	}
	return c.Submit(ctx, events.Run, "")
}

// client calls the API of the instance.
func (inst *instance) client() *client.Client { return &client.Client{URL: "http://" + inst.Addr} }

// interrupt stops the run and waits up to interruptTimeout for its end.
func (inst *instance) interrupt(s cli.Streams, c *client.Client, r *client.Run) (*client.Run, error) {
	ctx, cancel := context.WithTimeout(context.Background(), interruptTimeout)
	defer cancel()
	_, _ = fmt.Fprintln(s.Err, "interrupted, stopping the run") // nowhere to report to
	if _, err := c.Stop(ctx, r.ID, "", "interrupted"); err != nil {
		return r, err
	}
	last, err := cli.Follow(ctx, s, c, r.ID)
	if err != nil && ctx.Err() == nil {
		return last, err
	}
	return last, cli.ExitStatus(exitInterrupted)
}
