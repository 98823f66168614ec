package local

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"davit/internal/asl"
	"davit/internal/boltstore"
	"davit/internal/ecsspec"
	"davit/internal/lambdaio"
	"davit/internal/localecs"
	"davit/statemachine"
)

// machineARN is the ARN of the state machine. Those of its executions derive from it.
const machineARN = "arn:aws:states:local:000000000000:stateMachine:davit-run"

// System is a complete Davit on one machine. Open returns one.
type System struct {
	// API serves the routes of the HTTP API.
	API http.Handler
	// ECS serves the ECS endpoint.
	ECS *localecs.Server
	// Store keeps the runs.
	Store *boltstore.Store
	// Machine runs the state machine.
	Machine *asl.Engine

	options   Options
	functions map[string]lambdaio.Function
	writable  func() bool // reports whether the data folder could be written at the last try
	notifier  *notifier
	starts    sync.Map // names of the executions that are started later
	ctx       context.Context
	cancel    context.CancelFunc
	work      sync.WaitGroup
	closing   sync.Once
}

// Open opens the data folder and wires the parts; no execution, sweep or schedule runs before Start. boltstore.ErrInUse: another
// System uses the folder.
func Open(o Options) (*System, error) {
	o = o.withDefaults()
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder cannot be made: %w", err)
	}
	s := &System{options: o}
	s.writable = s.storesWritable
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if err := s.open(); err != nil {
		s.cancel()
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *System) open() error {
	o := s.options
	var err error
	if s.Store, err = boltstore.Open(filepath.Join(o.Dir, "runs.db"), boltstore.Options{Clock: o.Clock, NoSync: o.NoSync}); err != nil {
		return err
	}
	machine, err := asl.Parse(statemachine.Run, map[string]string{
		"LaunchFunctionArn": launchFunction, "ObserveFunctionArn": observeFunction,
	})
	if err != nil {
		return err
	}
	s.Machine, err = asl.Open(asl.Options{
		Path: filepath.Join(o.Dir, "executions.db"), Machine: machine, ARN: machineARN,
		Invoker: asl.InvokerFunc(s.invoke), Ended: s.executionEnded, Clock: o.Clock, NoSync: o.NoSync, Logger: o.Log,
	})
	if err != nil {
		return err
	}
	s.wire()
	events := s.deliverTaskEvent
	if !o.TaskEvents {
		events = nil
	}
	s.ECS, err = localecs.Open(localecs.Options{
		Dir: o.Dir, Runner: o.Runner, Clock: o.Clock, CPU: o.CPU, Memory: o.Memory, Starts: o.Starts, StopTimeout: o.StopTimeout,
		Machines: o.Machines, Seed: o.PlacementSeed, S3Dir: o.S3Dir, Rules: ecsspec.Spec{}.Refusal,
		Events: events, Faults: o.Faults, RecordCalls: o.RecordCalls, NoSync: o.NoSync, Logger: o.Log,
	})
	return err
}

// storesWritable reports whether the last write of each database in the data folder succeeded.
func (s *System) storesWritable() bool {
	return s.Store.Writable() && s.Machine.Writable() && s.ECS.Writable()
}

// Start resumes the open executions and starts the sweep, the notifier and the schedules.
func (s *System) Start() error {
	if err := s.Machine.Resume(); err != nil {
		return err
	}
	s.work.Add(1)
	go s.runSweep()
	if s.options.Notify != nil || s.options.Metrics != nil {
		position, err := s.notifier.loadPosition()
		if err != nil {
			return fmt.Errorf("where the notifications were: %w", err)
		}
		s.work.Add(1)
		go s.notifier.follow(position)
	}
	for _, c := range s.options.Schedules {
		if c.State != "DISABLED" {
			s.work.Add(1)
			go s.runSchedule(c)
		}
	}
	return nil
}

// Close closes the System. It leaves the tasks' processes to the Runner; runs and executions continue after the next Open.
func (s *System) Close() error {
	var err error
	s.closing.Do(func() {
		s.cancel()
		err = s.close()
		s.work.Wait()
	})
	return err
}

func (s *System) close() error {
	var errs []error
	if s.ECS != nil {
		errs = append(errs, s.ECS.Close())
	}
	if s.Machine != nil {
		errs = append(errs, s.Machine.Close())
	}
	if s.Store != nil {
		errs = append(errs, s.Store.Close())
	}
	return errors.Join(errs...)
}
