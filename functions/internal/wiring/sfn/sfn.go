// Package sfn builds a function's client of the state machine.
package sfn

import (
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"davit/functions/internal/wiring/runtime"
	"davit/internal/awssfn"
)

// Workflow returns the part that starts and wakes executions of DAVIT_STATE_MACHINE_ARN.
func Workflow(rt *runtime.Runtime) *awssfn.Workflow {
	return awssfn.New(sfn.NewFromConfig(rt.AWS), rt.StateMachine())
}

// Waker returns the part that only wakes executions. The token identifies the execution, so Waker reads no variable. Its Start method needs
// the state machine's ARN as an argument.
func Waker(rt *runtime.Runtime) *awssfn.Workflow { return awssfn.New(sfn.NewFromConfig(rt.AWS), "") }
