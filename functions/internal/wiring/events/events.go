// Package events makes a function's way to the event bus.
package events

import (
	"os"

	"github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"davit/functions/internal/wiring/runtime"
	"davit/internal/awsevents"
	"davit/internal/clock"
	"davit/internal/emf"
)

// Publisher sends events with a detail-type to DAVIT_EVENT_BUS.
func Publisher(rt *runtime.Runtime, detailType string) *awsevents.Publisher {
	return awsevents.New(eventbridge.NewFromConfig(rt.AWS), rt.EventBus(), detailType)
}

// Meter writes to the function's log for DAVIT_STACK.
func Meter(rt *runtime.Runtime) *emf.Meter { return emf.New(os.Stdout, rt.Stack(), clock.System) }
