package sim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"davit/internal/asl"
	"davit/internal/lambdaio"
)

const machineARN = "arn:aws:states:" + region + ":" + account + ":stateMachine:davit-run"

// machines is Step Functions.
type machines struct {
	w       *world
	stepper *asl.Stepper
	pending []asl.Invocation
	ended   []asl.Execution
	timers  map[string]*timer
}

func newMachines(w *world, m *asl.Machine) *machines {
	s := &machines{w: w, timers: map[string]*timer{}}
	s.stepper = asl.NewStepper(asl.StepperOptions{
		Machine: m, ARN: machineARN, Now: func() time.Time { return w.now }, Rand: w.rng.Float64,
		Invoke:  func(i asl.Invocation) { s.pending = append(s.pending, i) },
		Changed: s.arm,
		Ended:   func(x asl.Execution) { s.ended = append(s.ended, x) },
	})
	return s
}

// do makes a step of an execution and acts upon it.
func (s *machines) do(step func() error) error {
	err := step()
	invocations, ended := s.pending, s.ended
	s.pending, s.ended = nil, nil
	for _, x := range ended {
		s.w.say(runOf(x.Name), "execution %s is %s %s", generation(x.Name), x.Status, x.Error)
		s.w.bus.executionEnded(x)
	}
	for _, i := range invocations {
		s.invoke(i)
	}
	return err
}

func runOf(execution string) string { return execution[:26] }

func generation(execution string) string { return execution[len(execution)-1:] }

// arm sets an execution's timer to when it has something to do next.
func (s *machines) arm(name string) {
	if t := s.timers[name]; t != nil {
		t.do = nil
	}
	delete(s.timers, name)
	if due, open := s.stepper.NextDue(name); open && due.Before(start.Add(350*24*time.Hour)) {
		s.timers[name] = s.w.at(due, func() { s.tick(name) })
	}
}

func (s *machines) tick(name string) {
	_ = s.do(func() error {
		s.stepper.Tick(name)
		return nil
	})
}

// soon is when the next of the executions has something to do, if that is within 20 s.
func (s *machines) soon() time.Time {
	var next time.Time
	for _, t := range s.timers {
		if t.at.After(s.w.now) && t.at.Sub(s.w.now) < 20*time.Second && (next.IsZero() || t.at.Before(next)) {
			next = t.at
		}
	}
	return next
}

// invoke calls a function for a step, once or twice, and hands its answer over.
func (s *machines) invoke(i asl.Invocation) {
	w := s.w
	f := w.fate(InvokeStep)
	answer := func(body []byte, err error) {
		_ = s.do(func() error {
			s.stepper.Returned(i.Execution, i.Attempt, body, err)
			return nil
		})
	}
	fail := func(name string) { answer(nil, &asl.FunctionError{Name: name, Cause: "sim"}) }
	call := func(done func([]byte, error)) { w.invoke(i.Function, runOf(i.Execution), i.Payload, done) }
	if f.fault != None {
		w.say(runOf(i.Execution), "invocation of %s: %s", i.Function, f.fault)
	}
	switch f.fault {
	case LostRequest:
		w.after(w.upTo(10*time.Second), func() { fail("Lambda.SdkClientException") })
	case Throttle:
		w.after(w.upTo(time.Second), func() { fail("Lambda.TooManyRequestsException") })
	case LostReply:
		call(func([]byte, error) { fail("Lambda.ServiceException") })
	case Twice:
		call(func([]byte, error) {})
		call(answer)
	case TwiceLate:
		w.after(w.upTo(2*time.Minute), func() { call(func([]byte, error) {}) })
		call(answer)
	case Late:
		w.after(w.upTo(time.Minute), func() { call(answer) })
	case Abort:
		w.after(w.upTo(time.Minute), func() { s.abort(i.Execution) })
		call(answer)
	default:
		call(answer)
	}
}

// abort stops an execution, as an operator does. The function that it invoked works on.
func (s *machines) abort(name string) {
	if _, open := s.stepper.NextDue(name); !open {
		return
	}
	_ = s.do(func() error { return s.stepper.Stop(name, "Stopped", "by an operator") })
}

// functionError is a function's error as Step Functions sees it.
func functionError(err error) error {
	if err == nil {
		return nil
	}
	var already *asl.FunctionError
	if errors.As(err, &already) {
		return err
	}
	name, message := lambdaio.Name(err)
	return &asl.FunctionError{Name: name, Cause: message}
}

// workflowAPI is Step Functions as one process sees it. It implements awssfn.API.
type workflowAPI struct{ p *process }

func (a workflowAPI) failure(f Fault) error {
	switch f {
	case None:
		return nil
	case DieBefore, DieAfter:
		return errDied
	case Throttle:
		return &smithy.GenericAPIError{Code: "ThrottlingException", Message: "Rate exceeded"}
	case ServerFault:
		return &smithyhttp.ResponseError{
			Response: &smithyhttp.Response{Response: &http.Response{StatusCode: http.StatusInternalServerError}},
			Err:      &smithy.GenericAPIError{Code: "InternalServerError", Fault: smithy.FaultServer},
		}
	default:
		return &smithyhttp.RequestSendError{Err: errors.New("the connection broke")}
	}
}

// StartExecution implements awssfn.API.
func (a workflowAPI) StartExecution(_ context.Context, in *sfn.StartExecutionInput, _ ...func(*sfn.Options)) (*sfn.StartExecutionOutput, error) {
	m := a.p.w.machines
	what := short(*in.Name) + " " + generation(*in.Name)
	r := a.p.call(StartExec, what, 3, func() any {
		err := m.do(func() error { return m.stepper.Start(*in.Name, []byte(*in.Input)) })
		a.p.w.note(a.p, StartExec, what, fmt.Sprint("taken ", err))
		return err
	})
	if err := a.failure(r.fault); err != nil {
		return nil, err
	}
	if err, failed := r.value.(error); failed && errors.Is(err, asl.ErrExecutionAlreadyExists) {
		return nil, &types.ExecutionAlreadyExists{}
	}
	return &sfn.StartExecutionOutput{}, nil
}

// SendTaskSuccess implements awssfn.API.
func (a workflowAPI) SendTaskSuccess(_ context.Context, in *sfn.SendTaskSuccessInput, _ ...func(*sfn.Options)) (*sfn.SendTaskSuccessOutput, error) {
	m := a.p.w.machines
	r := a.p.call(SendSuccess, "", 3, func() any {
		err := m.do(func() error { return m.stepper.SendTaskSuccess(*in.TaskToken, []byte(*in.Output)) })
		a.p.w.note(a.p, SendSuccess, "", fmt.Sprint("taken ", err))
		return err
	})
	if err := a.failure(r.fault); err != nil {
		return nil, err
	}
	if _, failed := r.value.(error); failed {
		return nil, &types.TaskTimedOut{}
	}
	return &sfn.SendTaskSuccessOutput{}, nil
}
