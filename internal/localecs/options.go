package localecs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"davit/internal/clock"
	"davit/internal/localecs/control"
	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/faults"
	"davit/internal/localecs/placement"
	"davit/internal/localecs/process"
	"davit/internal/localecs/task"
)

// Options configures a Server. Dir and Runner are required.
type Options struct {
	// Dir holds ecs.db and the tasks' folders; it is created. Only one Server can have it open.
	Dir string
	// Runner starts the containers' processes.
	Runner process.Runner
	// Clock defaults to clock.System.
	Clock clock.Clock
	// CPU is in CPU units (1,024 a vCPU) for each instance: 262,144 by default, which is 256 vCPU.
	CPU int
	// Memory is in MiB for each instance: 1,048,576 by default, which is 1 TiB.
	Memory int
	// S3Dir stands for S3: the object arn:aws:s3:::bucket/key of environmentFiles is the file bucket/key in it. Without it,
	// environmentFiles are refused.
	S3Dir string
	// Instances is the number of container instances, 1 by default.
	Instances int
	// Machines are the container instances one by one, in place of Instances. After a restart the first is again the one that
	// was first, and so on; what was changed through the API (attributes, state) is kept.
	Machines []placement.Machine
	// Seed makes the placement of tasks repeatable where it is random: the strategy of that name, and no strategy at all. 0 is another each time.
	Seed uint64
	// Starts bounds how many processes are being started at a time; the tasks behind them stay PENDING. Twice the CPUs by default.
	Starts int
	// StopTimeout is the time between SIGTERM and SIGKILL of a container that does not set its own: 30 s by default.
	StopTimeout time.Duration
	// Delays makes tasks stay in the states that are passed at once by default.
	Delays task.Delays
	// Events receives each task state change as a complete EventBridge event, at least once, in order for each task, after it
	// is on disk. It must return when ctx ends. nil: no events.
	Events func(ctx context.Context, event []byte)
	// Faults is how the server misbehaves; nil is a new one, which Server.Faults returns.
	Faults *faults.Faults
	// Rules returns ECS's words to the first of its rules that the input of RunTask, StartTask or RegisterTaskDefinition breaks, "" for none. It is
	// called for what the server's own checks pass. nil: those alone.
	Rules func(operation string, input []byte) string
	// AllowedHosts are Host names accepted besides the loopback ones, without port.
	AllowedHosts []string
	// RecordCalls keeps every call for Server.Calls, without end.
	RecordCalls bool
	// NoSync leaves writing to the operating system: tests are faster, a power failure may lose state.
	NoSync bool
	// Logger defaults to slog.Default().
	Logger *slog.Logger
}

const (
	defaultCPU         = 262_144
	defaultMemory      = 1_048_576
	defaultStopTimeout = 30 * time.Second
)

func (o Options) withDefaults() (Options, error) {
	if o.Dir == "" || o.Runner == nil {
		return o, errors.New("localecs: Dir and Runner are required")
	}
	if o.Clock == nil {
		o.Clock = clock.System
	}
	if o.Faults == nil {
		o.Faults = new(faults.Faults)
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	o.CPU = ecsname.OrDefault(o.CPU, defaultCPU)
	o.Memory = ecsname.OrDefault(o.Memory, defaultMemory)
	if err := o.fillMachines(); err != nil {
		return o, err
	}
	if o.Seed == 0 {
		o.Seed = rand.Uint64()
	}
	o.Starts = ecsname.OrDefault(o.Starts, 2*runtime.NumCPU())
	o.StopTimeout = ecsname.OrDefault(o.StopTimeout, defaultStopTimeout)
	return o, nil
}

func (o *Options) fillMachines() error {
	machines := slices.Clone(o.Machines)
	if o.Machines == nil {
		machines = make([]placement.Machine, ecsname.OrDefault(o.Instances, 1))
	}
	if len(machines) > placement.MaxMachines {
		return fmt.Errorf("localecs: %d container instances are more than %d", len(machines), placement.MaxMachines)
	}
	for i := range machines {
		m := &machines[i]
		if err := m.Check(); err != nil {
			return fmt.Errorf("localecs: container instance %d: %w", i+1, err)
		}
		m.CPU, m.Memory = ecsname.OrDefault(m.CPU, o.CPU), ecsname.OrDefault(m.Memory, o.Memory)
	}
	o.Machines = machines
	return nil
}

// settings are the options that the control plane needs, defaults filled.
func (o Options) settings() control.Settings {
	return control.Settings{
		Dir: o.Dir, Runner: o.Runner, Clock: o.Clock, Log: o.Logger, S3Dir: o.S3Dir, Machines: o.Machines, Seed: o.Seed, Starts: o.Starts,
		StopTimeout: o.StopTimeout, Delays: o.Delays, Events: o.Events, Faults: o.Faults, NoSync: o.NoSync, Rules: o.Rules,
	}
}
