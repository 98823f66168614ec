package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"davit/events"
	"davit/internal/local"
)

// runLocal is `davit local`: it serves until ctx ends.
func runLocal(ctx context.Context, args []string, out, errOut io.Writer) error {
	flags := flag.NewFlagSet("davit local", flag.ContinueOnError)
	flags.SetOutput(errOut)
	addr := flags.String("addr", "127.0.0.1:3000", "host:port of the API, on loopback")
	ecsAddr := flags.String("ecs-addr", "127.0.0.1:3001", "host:port of the ECS endpoint, on loopback")
	data := flags.String("data", ".davit", "folder that keeps runs, executions, tasks and their output")
	events := flags.Bool("task-events", true, "follow tasks by their state change events; false polls")
	cpu := flags.Int("cpu", 262_144, "CPU units of a container instance (1,024 a vCPU); nominal, nothing is reserved")
	memory := flags.Int("memory", 1_048_576, "MiB of memory of a container instance; nominal, nothing is reserved")
	instances := flags.String("instances", "1", "number of container instances, or a JSON file that describes them (docs/local.md)")
	seed := flags.Uint64("placement-seed", 0, "makes random placement repeatable; 0 is another each time")
	s3 := flags.String("s3-dir", "", "folder of environment files: arn:aws:s3:::bucket/key.env is bucket/key.env in it")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return exitStatus(2)
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected arguments: %s", strings.Join(flags.Args(), " "))
	case *cpu < 1 || *memory < 1:
		return errors.New("--cpu and --memory are at least 1")
	case *s3 != "" && !isFolder(*s3):
		return fmt.Errorf("--s3-dir: %s is not a folder", *s3)
	}
	dir, err := filepath.Abs(*data)
	if err != nil {
		return err
	}
	machines, err := readInstances(*instances)
	if err != nil {
		return err
	}
	_, statErr := os.Stat(filepath.Join(dir, "runs.db"))
	i, err := serve(local.Options{
		Dir: dir, TaskEvents: *events, CPU: *cpu, Memory: *memory, Machines: machines, PlacementSeed: *seed, S3Dir: *s3,
	}, *addr, *ecsAddr, errOut)
	if err != nil {
		return err
	}
	if err := i.greet(ctx, errors.Is(statErr, os.ErrNotExist), dir, out); err != nil {
		return errors.Join(err, i.shutdown())
	}
	select {
	case <-ctx.Done():
		_, _ = fmt.Fprintln(out, "\nstopping the tasks …")
		return i.shutdown()
	case err := <-i.Failed():
		return errors.Join(err, i.shutdown())
	}
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// greet registers the sample definition on a new data folder and prints where things are.
func (i *instance) greet(ctx context.Context, isNew bool, dir string, out io.Writer) error {
	if isNew {
		if err := newClient(i.Addr).register(ctx, events.TaskDefinition); err != nil {
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
`, i.Addr, i.ECSAddr, dir)
	return err
}
