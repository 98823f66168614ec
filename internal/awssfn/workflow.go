package awssfn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"davit/internal/run"
)

// API is what a Workflow calls; *sfn.Client has it.
type API interface {
	StartExecution(context.Context, *sfn.StartExecutionInput, ...func(*sfn.Options)) (*sfn.StartExecutionOutput, error)
	SendTaskSuccess(context.Context, *sfn.SendTaskSuccessInput, ...func(*sfn.Options)) (*sfn.SendTaskSuccessOutput, error)
}

// Workflow starts and wakes executions. It is safe for concurrent use.
type Workflow struct {
	api     API
	machine string
}

var _ run.Workflow = (*Workflow)(nil)

// New makes a Workflow of a client. machine is the ARN that Start uses unless it is given another; a process that only wakes may
// leave it empty.
func New(api API, machine string) *Workflow { return &Workflow{api: api, machine: machine} }

// Start implements run.Workflow. Besides run.ErrExecutionExists it answers an *run.Error of CodeThrottled, CodeUnavailable or, for what
// no repetition changes, CodeInternal.
func (w *Workflow) Start(ctx context.Context, x run.Execution, machine string) error {
	if machine == "" {
		machine = w.machine
	}
	name := x.Name()
	input, err := encode(x)
	if err != nil {
		return err
	}
	_, err = w.api.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &machine, Name: &name, Input: &input})
	var exists *types.ExecutionAlreadyExists
	if errors.As(err, &exists) {
		return run.ErrExecutionExists
	}
	return translate(err)
}

// Wake implements run.Workflow. A token that cannot be one counts as gone: nobody waits for it. Other errors are Start's.
func (w *Workflow) Wake(ctx context.Context, token string, answer run.StepOutput) error {
	output, err := encode(answer)
	if err != nil {
		return err
	}
	_, err = w.api.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: &output})
	if isGone(err) {
		return run.ErrTokenGone
	}
	return translate(err)
}

func isGone(err error) bool {
	var (
		timedOut *types.TaskTimedOut
		absent   *types.TaskDoesNotExist
		invalid  *types.InvalidToken
	)
	return errors.As(err, &timedOut) || errors.As(err, &absent) || errors.As(err, &invalid)
}

func encode(value any) (string, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return "", &run.Error{Code: run.CodeInternal, Err: fmt.Errorf("encode for Step Functions: %w", err)}
	}
	return string(data), nil
}
