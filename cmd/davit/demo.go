package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"davit/client"
	"davit/events"
	"davit/internal/local"
)

// exitInterrupted is the exit status after Ctrl-C.
const exitInterrupted = 130

// interruptTimeout is how long an interrupted demo waits until its run is recorded as STOPPED. The run's tasks end in any case.
const interruptTimeout = 10 * time.Second

// runDemo implements `davit demo`: it runs the sample job once, with a data folder of its own.
func runDemo(ctx context.Context, args []string, out, errOut io.Writer) error {
	if err := parseNone("davit demo", args, errOut); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "davit-demo-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary folder
	inst, err := serve(local.Options{Dir: dir, TaskEvents: true}, "127.0.0.1:0", "127.0.0.1:0", errOut)
	if err != nil {
		return err
	}
	last, err := inst.demo(ctx, out)
	if err := errors.Join(err, inst.shutdown()); err != nil {
		return err
	}
	if last.Status != client.Succeeded {
		return exitStatus(1)
	}
	return nil
}

// demo registers, submits and follows the sample job, and prints its end.
func (inst *instance) demo(ctx context.Context, out io.Writer) (*client.Run, error) {
	c := inst.client()
	r, err := submitSample(ctx, c)
	if err != nil && ctx.Err() != nil {
		return r, exitStatus(exitInterrupted)
	}
	if err != nil {
		return r, err
	}
	p := newProgress(out, r.ID, r.CreatedAt)
	p.printf("Davit at http://%s, ECS endpoint at http://%s\nrun %s: events/run.json of the task definition events/task-definition.json\n\n", inst.Addr, inst.ECSAddr, r.ID)
	last, err := inst.follow(ctx, c, p, r)
	if err != nil && ctx.Err() != nil {
		return inst.interrupt(c, p, last)
	}
	if err != nil {
		return last, err
	}
	p.end(last)
	return last, nil
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

// refresh returns the run's current state, or r with an error.
func refresh(ctx context.Context, c *client.Client, r *client.Run) (*client.Run, error) {
	now, err := c.Get(ctx, r.ID)
	if err != nil {
		return r, err
	}
	return now, nil
}

// follow prints each change of the run until it has ended. It reads the store's changes, so that it misses no status. With an
// error it returns the last known state of the run.
func (inst *instance) follow(ctx context.Context, c *client.Client, p *progress, r *client.Run) (*client.Run, error) {
	changed, cancel := inst.Store.Notify()
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	var after uint64
	for {
		changes, err := inst.Store.Changes(ctx, after, 100)
		if err != nil {
			return r, err
		}
		for _, change := range changes {
			after = change.Position
			if change.RunID == r.ID && change.From != change.To {
				p.status(change)
			}
			if change.RunID == r.ID && change.To.Terminal() {
				return refresh(ctx, c, r)
			}
		}
		if r, err = refresh(ctx, c, r); err != nil {
			return r, err
		}
		p.live(r)
		select {
		case <-ctx.Done():
			return r, ctx.Err()
		case <-changed:
		case <-tick.C:
		}
	}
}

// interrupt stops the run and waits up to interruptTimeout for its end.
func (inst *instance) interrupt(c *client.Client, p *progress, r *client.Run) (*client.Run, error) {
	ctx, cancel := context.WithTimeout(context.Background(), interruptTimeout)
	defer cancel()
	p.printf("\ninterrupted, stopping the run …\n")
	if _, err := c.Stop(ctx, r.ID, "", "interrupted"); err != nil {
		return r, err
	}
	last, err := inst.follow(ctx, c, p, r)
	if err != nil && ctx.Err() == nil {
		return last, err
	}
	p.end(last)
	return last, exitStatus(exitInterrupted)
}

// readLastLines returns the last n lines of a file.
func readLastLines(file string, n int) ([]string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("its output cannot be read: %w", err)
	}
	return lastLines(string(data), n), nil
}
