// Package events builds a function's event publisher and its meter.
package events

import (
	"os"

	"github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"davit/functions/internal/wiring/runtime"
	"davit/internal/awsevents"
	"davit/internal/clock"
	"davit/internal/emf"
)

// Publisher returns the publisher that sends events of detailType to DAVIT_EVENT_BUS.
func Publisher(rt *runtime.Runtime, detailType string) *awsevents.Publisher {
	return awsevents.New(eventbridge.NewFromConfig(rt.AWS), rt.EventBus(), detailType)
}

// Meter returns the meter that writes the metrics of DAVIT_STACK to standard output, the function's log.
func Meter(rt *runtime.Runtime) *emf.Meter { return emf.New(os.Stdout, rt.Stack(), clock.System) }
