//go:build unix

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/pflag"

	"davit/internal/clock"
	"davit/internal/emf"
	"davit/internal/local"
	"davit/internal/localecs"
	"davit/internal/localecs/placement"
)

// localFlags are the flags of `davit local`.
type localFlags struct {
	addr, ecsAddr, containerAddr, data, instances, s3, schedules, notifyURL string
	taskEvents, quiet                                                       bool
	cpu, memory                                                             int
	seed                                                                    uint64
}

// add declares the flags of `davit local`.
func (f *localFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.addr, "addr", usualAddr, "host:port of the API, on loopback")
	flags.StringVar(&f.ecsAddr, "ecs-addr", "127.0.0.1:3001", "host:port of the ECS endpoint, on loopback")
	flags.StringVar(&f.containerAddr, "container-addr", "", "host:port of the ECS endpoint for containers of this machine, which must sign with the printed credentials")
	flags.StringVar(&f.data, "data", ".davit", "folder that keeps runs, executions, tasks and their output")
	flags.BoolVar(&f.taskEvents, "task-events", true, "follow tasks by their state change events; false polls")
	flags.IntVar(&f.cpu, "cpu", 262_144, "CPU units of a container instance (1,024 a vCPU); nominal, nothing is reserved")
	flags.IntVar(&f.memory, "memory", 1_048_576, "MiB of memory of a container instance; nominal, nothing is reserved")
	flags.StringVar(&f.instances, "instances", "1", "number of container instances, or a JSON file that describes them (docs/local.md)")
	flags.Uint64Var(&f.seed, "placement-seed", 0, "makes random placement repeatable; 0 is another each time")
	flags.StringVar(&f.s3, "s3-dir", "", "folder of environment files: arn:aws:s3:::bucket/key.env is bucket/key.env in it")
	flags.StringVar(&f.schedules, "schedules", "", "JSON file of schedules (docs/policies.md)")
	flags.StringVar(&f.notifyURL, "notify-url", "", "http address that Davit's events are posted to, one a request")
	flags.BoolVar(&f.quiet, "quiet", false, "print neither Davit's events nor its metrics")
}

// check refuses values that nothing can be made of.
func (f *localFlags) check() error {
	switch {
	case f.cpu < 1 || f.memory < 1:
		return errors.New("--cpu and --memory are at least 1")
	case f.s3 != "" && !isFolder(f.s3):
		return fmt.Errorf("--s3-dir: %s is not a folder", f.s3)
	}
	return nil
}

// options reads the files that the flags name. Events and metrics are written to out.
func (f *localFlags) options(out io.Writer) (local.Options, error) {
	o := local.Options{TaskEvents: f.taskEvents, CPU: f.cpu, Memory: f.memory, PlacementSeed: f.seed, S3Dir: f.s3}
	if f.containerAddr != "" {
		o.Containers = &local.ContainerListener{Addr: f.containerAddr}
	}
	var err error
	if o.Dir, err = filepath.Abs(f.data); err != nil {
		return o, err
	}
	if o.Machines, err = readInstances(f.instances); err != nil {
		return o, err
	}
	if o.Schedules, err = readSchedules(f.schedules); err != nil {
		return o, err
	}
	if o.Notify, err = notify(out, f.quiet, f.notifyURL); err != nil {
		return o, err
	}
	if !f.quiet {
		o.Metrics = emf.New(out, "local", clock.System)
	}
	return o, nil
}

// isFolder reports whether name is a folder.
func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// readInstances reads --instances: the number of container instances, or the name of a file that describes them.
func readInstances(text string) ([]placement.Machine, error) {
	if n, err := strconv.Atoi(text); err == nil {
		if n < 1 || n > 1000 {
			return nil, fmt.Errorf("--instances is 1 to 1000, or a file, not %d", n)
		}
		return make([]placement.Machine, n), nil
	}
	data, err := os.ReadFile(text)
	if err != nil {
		return nil, fmt.Errorf("--instances: %w", err)
	}
	machines, err := localecs.ParseMachines(data)
	if err != nil {
		return nil, fmt.Errorf("--instances: %s: %w", text, err)
	}
	return machines, nil
}

// readSchedules reads the file of --schedules; nil when it is not set.
func readSchedules(file string) ([]local.Schedule, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--schedules: %w", err)
	}
	list, err := local.ParseSchedules(data, time.Now())
	if err != nil {
		return nil, fmt.Errorf("--schedules %s: %w", file, err)
	}
	return list, nil
}
