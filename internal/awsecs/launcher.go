package awsecs

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/run"
)

// LaunchAPI is what a Launcher calls.
type LaunchAPI interface {
	RunTask(context.Context, *ecs.RunTaskInput, ...func(*ecs.Options)) (*ecs.RunTaskOutput, error)
	StartTask(context.Context, *ecs.StartTaskInput, ...func(*ecs.Options)) (*ecs.StartTaskOutput, error)
}

// Launcher makes launch calls.
type Launcher struct{ api LaunchAPI }

// NewLauncher makes a Launcher of a client.
func NewLauncher(api LaunchAPI) *Launcher { return &Launcher{api: api} }

// Launch sends the input as it is, in exactly one HTTP request. A RunTask input without clientToken is refused, because the SDK would
// make up a token that no repeat of the call knows. An input that ECS could not read or would miss a member in is refused with the code
// that ECS has for it; nothing is sent then. A reply with neither tasks nor failures is an error whose Unclear is true.
func (l *Launcher) Launch(ctx context.Context, op run.Operation, input json.RawMessage) (run.Placement, error) {
	switch op {
	case run.RunTask:
		return l.runTask(ctx, input)
	case run.StartTask:
		return l.startTask(ctx, input)
	default:
		return run.Placement{}, refused(string(op), codeInvalidParameter, "it is not an operation that launches tasks")
	}
}

func (l *Launcher) runTask(ctx context.Context, input json.RawMessage) (run.Placement, error) {
	const op = "RunTask"
	in, err := decode[ecs.RunTaskInput](op, input)
	if err != nil {
		return run.Placement{}, err
	}
	if aws.ToString(in.ClientToken) == "" {
		return run.Placement{}, refused(op, codeInvalidParameter, "clientToken is missing")
	}
	out, err := call(ctx, op, l.api.RunTask, in, once)
	if err != nil {
		return run.Placement{}, err
	}
	return placement(op, out.Tasks, out.Failures)
}

func (l *Launcher) startTask(ctx context.Context, input json.RawMessage) (run.Placement, error) {
	const op = "StartTask"
	in, err := decode[ecs.StartTaskInput](op, input)
	if err != nil {
		return run.Placement{}, err
	}
	out, err := call(ctx, op, l.api.StartTask, in, once)
	if err != nil {
		return run.Placement{}, err
	}
	return placement(op, out.Tasks, out.Failures)
}

func placement(op string, tasks []types.Task, failures []types.Failure) (run.Placement, error) {
	if len(tasks)+len(failures) == 0 {
		return run.Placement{}, lost(op, errors.New("the reply holds neither tasks nor failures"))
	}
	var p run.Placement
	var err error
	if p.Tasks, err = encodeAll(op, tasks); err != nil {
		return run.Placement{}, err
	}
	for _, f := range failures {
		p.Failures = append(p.Failures, run.Failure{
			ARN: aws.ToString(f.Arn), Reason: aws.ToString(f.Reason), Detail: aws.ToString(f.Detail),
		})
	}
	return p, nil
}
