// Package sfn makes a function's way to the state machine.
package sfn

import (
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"davit/functions/internal/wiring/runtime"
	"davit/internal/awssfn"
)

// Workflow starts executions of DAVIT_STATE_MACHINE_ARN, and wakes them.
func Workflow(rt *runtime.Runtime) *awssfn.Workflow {
	return awssfn.New(sfn.NewFromConfig(rt.AWS), rt.StateMachine())
}

// Waker wakes executions. A token says which, so no variable is read; Start needs to be given the machine.
func Waker(rt *runtime.Runtime) *awssfn.Workflow { return awssfn.New(sfn.NewFromConfig(rt.AWS), "") }
