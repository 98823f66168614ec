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
	"davit/internal/awsecs"
	"davit/internal/boltstore"
	"davit/internal/ecsspec"
	"davit/internal/ecsspec/refusals"
	"davit/internal/httpapi"
	"davit/internal/lambdaio"
	"davit/internal/localecs"
	"davit/internal/run"
	"davit/statemachine"
)

// machineARN names the state machine, and with it the executions.
const machineARN = "arn:aws:states:local:000000000000:stateMachine:davit-run"

// System is a whole Davit on one machine.
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
	notifier  *notifier
	ctx       context.Context
	cancel    context.CancelFunc
	work      sync.WaitGroup
	closing   sync.Once
}

// Open opens what Dir holds and wires the parts; nothing of Davit's acts before Start. boltstore.ErrInUse: another
// System has the folder.
func Open(o Options) (*System, error) {
	o = o.withDefaults()
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder cannot be made: %w", err)
	}
	s := &System{options: o}
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
		Machines: o.Machines, Seed: o.PlacementSeed, S3Dir: o.S3Dir,
		Events: events, Faults: o.Faults, RecordCalls: o.RecordCalls, NoSync: o.NoSync, Logger: o.Log,
	})
	return err
}

// wire makes the handlers, as the functions' main.go files do for AWS.
func (s *System) wire() {
	client := newECSClient(s.options)
	engine := awsecs.New(client)
	keeper := run.Keeper{
		Store: s.Store, Clock: s.options.Clock, Workflow: workflow{s},
		Tuning: run.Tuning{Prefix: prefix, TaskEvents: s.options.TaskEvents},
	}
	catalog := awsecs.NewCatalog(client)
	reader := &run.Reader{Store: s.Store}
	web := httpapi.Options{Log: s.options.Log, Logs: s.logLocation}
	definitions := &run.Registrar{Writes: true, Spec: ecsspec.Spec{}, Rules: refusals.Table{}, Definitions: awsecs.NewRegistrar(client)}
	submitter := &run.Submitter{Keeper: keeper, Stack: run.Stack{ExecuteCommand: true}, Spec: ecsspec.Spec{}, Catalog: catalog}
	s.notifier = newNotifier(s)
	s.API = httpapi.Routes{
		Submit:   httpapi.Submit(submitter, web),
		List:     httpapi.List(reader, web),
		Get:      httpapi.Get(reader, web),
		Stop:     httpapi.Stop(&run.Stopper{Keeper: keeper, Engine: engine}, web),
		Register: httpapi.Register(definitions, web), ListDefinitions: httpapi.ListDefinitions(definitions, web),
		Describe: httpapi.Describe(definitions, web), Deregister: httpapi.Deregister(definitions, web),
	}.Handler(web)
	log := s.options.Log
	s.functions = map[string]lambdaio.Function{
		launchFunction:    lambdaio.Step(&run.Launcher{Keeper: keeper, Engine: engine, Catalog: catalog, Rules: refusals.Table{}}, log),
		observeFunction:   lambdaio.Step(&run.Observer{Keeper: keeper, Engine: engine}, log),
		taskEventFunction: lambdaio.TaskEvent(&run.TaskEvents{Keeper: keeper, Engine: engine}, log),
		sweepFunction:     lambdaio.Sweep(&run.Sweeper{Keeper: keeper, Engine: engine}, log),
		scheduleFunction:  lambdaio.Schedule(&run.Schedules{Submitter: submitter}, s.notifier, s.notifier, log),
	}
}

// Start lets the open executions go on and the sweep begin.
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

// logLocation says where a container's output is.
func (s *System) logLocation(_ *run.Run, t *run.Task, container string) any {
	return map[string]string{"file": localecs.LogFile(s.options.Dir, t.ShortID(), container)}
}

// Close ends the System as it stands: tasks are left to the Runner, runs and executions go on with the next Open.
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
