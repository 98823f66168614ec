// Package sfn makes a function's way to the state machine.
package sfn

import (
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"davit/functions/internal/wiring/runtime"
	"davit/internal/awssfn"
)

// Workflow starts executions of DAVIT_STATE_MACHINE_ARN, and wakes them.
func Workflow(b *runtime.Runtime) *awssfn.Workflow {
	return awssfn.New(sfn.NewFromConfig(b.AWS), b.StateMachine())
}

// Waker wakes executions. A token says which, so no variable is read; Start needs to be given the machine.
func Waker(b *runtime.Runtime) *awssfn.Workflow { return awssfn.New(sfn.NewFromConfig(b.AWS), "") }
