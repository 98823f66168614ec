package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"davit/events"
)

// runLocal implements `davit local`: it serves until ctx ends.
func runLocal(ctx context.Context, args []string, out, errOut io.Writer) error {
	f, err := parseLocal(args, errOut)
	if err != nil {
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

Submit a run, look at it, list, stop; the definition that it is made of:
  curl -s http://%[1]s/runs -H 'Content-Type: application/json' -H 'Idempotency-Key: first' -d '{"taskDefinition":"settlement","count":2}'
  curl -s http://%[1]s/runs/RUN_ID
  curl -s 'http://%[1]s/runs?status=SUCCEEDED&limit=5'
  curl -s http://%[1]s/runs/RUN_ID/stop -H 'Content-Type: application/json' -d '{"reason":"not needed"}'
  curl -s http://%[1]s/task-definitions/settlement
Ctrl-C stops the tasks and ends.
`, inst.Addr, inst.ECSAddr, dir)
	return err
}
