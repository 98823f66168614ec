// Package machine makes a function's way to the state machine.
package machine

import (
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"davit/internal/awssfn"
	"davit/internal/config/boot"
)

// Workflow starts executions of DAVIT_STATE_MACHINE_ARN, and wakes them.
func Workflow(b *boot.Boot) *awssfn.Workflow {
	return awssfn.New(sfn.NewFromConfig(b.AWS), b.StateMachine())
}

// Waker wakes executions. A token says which, so no variable is read; Start needs to be given the machine.
func Waker(b *boot.Boot) *awssfn.Workflow { return awssfn.New(sfn.NewFromConfig(b.AWS), "") }
