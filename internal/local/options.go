// Package local wires Davit's local mode: the handlers and the state machine that run in AWS, with the ECS endpoint,
// the interpreter and the store of this machine under them. cmd/davit and the end-to-end tests use it.
package local

import (
	"log/slog"
	"net/http"
	"time"

	"davit/internal/clock"
	"davit/internal/lambdaio"
	"davit/internal/localecs"
	"davit/internal/localecs/process"
)

// Options says what a System is made of. Dir and Runner are required.
type Options struct {
	// Dir keeps everything: runs, executions, tasks and their output. One System at a time may have it.
	Dir string
	// Runner starts the containers' processes.
	Runner process.Runner
	// TaskEvents hands task state change events to Davit; without, it polls.
	TaskEvents bool
	// ECSAddr is the host:port at which the ECS endpoint is served.
	ECSAddr string
	// ECS carries Davit's calls to it; nil is HTTP.
	ECS http.RoundTripper
	// CPU (units, 1,024 a vCPU) and Memory (MiB) are the capacity of each container instance; 0 is 256 vCPU and 1 TiB.
	CPU, Memory int
	// Machines are the container instances; nil is one.
	Machines []localecs.Machine
	// PlacementSeed makes random placement repeatable; 0 is another each time.
	PlacementSeed uint64
	// S3Dir is the folder that environment files are read from, an object being the file bucket/key in it; empty refuses them.
	S3Dir string
	// Starts bounds how many processes are being started at a time; 0 is twice the CPUs.
	Starts int
	// StopTimeout is the time between SIGTERM and SIGKILL of a container that sets none; 0 is 30 s.
	StopTimeout time.Duration
	// Faults is how the ECS endpoint misbehaves.
	Faults *localecs.Faults
	// RecordCalls keeps every ECS call, for tests.
	RecordCalls bool
	// NoSync leaves writing to the operating system, for tests.
	NoSync bool
	// Schedules fire as EventBridge Scheduler's do.
	Schedules []Schedule
	// Notify takes Davit's events, each at least once and those of a run in order; nil tells nobody.
	Notify Notify
	// Metrics takes what metrics count; nil counts nothing.
	Metrics lambdaio.Meter
	// Clock is clock.System by default.
	Clock clock.Clock
	// Log gets what no caller can be told; nil discards it.
	Log *slog.Logger
}

// prefix begins the startedBy of every task of this stack.
const prefix = "davit"

// How the parts are bounded, as template.yaml bounds them in AWS.
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
