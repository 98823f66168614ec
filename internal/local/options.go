// Package local wires Davit's local mode: the handlers and the state machine of a deployment, on the local ECS endpoint, the state machine
// interpreter and the file store. cmd/davit and the end-to-end tests use it.
package local

import (
	"log/slog"
	"net/http"
	"time"

	"davit/internal/clock"
	"davit/internal/lambdaio"
	"davit/internal/localecs/faults"
	"davit/internal/localecs/placement"
	"davit/internal/localecs/process"
)

// Options configures a System. Dir and Runner are required.
type Options struct {
	// Dir is the data folder: runs, executions, tasks and their output. Only one System at a time may use it.
	Dir string
	// Runner starts the containers' processes.
	Runner process.Runner
	// TaskEvents delivers task state change events to Davit; without them it polls.
	TaskEvents bool
	// ECSAddr is the host:port of the ECS endpoint, 127.0.0.1:3001 by default.
	ECSAddr string
	// Containers is where containers of this machine reach the ECS endpoint; nil is nowhere.
	Containers *ContainerListener
	// ECS is the transport of Davit's calls to the endpoint; nil is HTTP.
	ECS http.RoundTripper
	// CPU (units, 1,024 a vCPU) and Memory (MiB) are the capacity of each container instance; 0 is 256 vCPU and 1 TiB.
	CPU, Memory int
	// Machines are the container instances; nil is one.
	Machines []placement.Machine
	// PlacementSeed makes random placement repeatable; 0 takes a new seed each time.
	PlacementSeed uint64
	// S3Dir is the folder of environment files: an object is the file bucket/key in it. When it is empty, they are refused.
	S3Dir string
	// Starts bounds how many processes start at the same time; 0 is twice the number of CPUs.
	Starts int
	// StopTimeout is the time between SIGTERM and SIGKILL of a container that sets none; 0 is 30 s.
	StopTimeout time.Duration
	// Faults makes the ECS endpoint fail on purpose, for tests.
	Faults *faults.Faults
	// RecordCalls keeps every ECS call, for tests.
	RecordCalls bool
	// NoSync does not flush writes to the disk, for tests.
	NoSync bool
	// Schedules fire as EventBridge Scheduler's do.
	Schedules []Schedule
	// Notify receives Davit's events, each at least once and those of a run in order; nil discards them.
	Notify Notify
	// Metrics receives the measures of Davit's metrics; nil discards them.
	Metrics lambdaio.Meter
	// Clock is clock.System by default.
	Clock clock.Clock
	// Log gets errors that no caller sees; nil discards them.
	Log *slog.Logger
}

// region is that of the local ECS.
const region = "local"

// prefix begins the startedBy of every task of this stack.
const prefix = "davit"

// The limits that template.yaml sets in AWS.
const (
	functionTimeout = 30 * time.Second // of one invocation
	sweepEvery      = 5 * time.Minute
)

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = clock.System
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.ECSAddr == "" {
		o.ECSAddr = "127.0.0.1:3001"
	}
	return o
}
