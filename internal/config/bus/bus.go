// Package bus makes a function's way to the event bus.
package bus

import (
	"os"

	"github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"davit/internal/awsevents"
	"davit/internal/clock"
	"davit/internal/config/boot"
	"davit/internal/emf"
)

// Publisher sends events with a detail-type to DAVIT_EVENT_BUS.
func Publisher(b *boot.Boot, detailType string) *awsevents.Publisher {
	return awsevents.New(eventbridge.NewFromConfig(b.AWS), b.EventBus(), detailType)
}

// Meter writes to the function's log for DAVIT_STACK.
func Meter(b *boot.Boot) *emf.Meter { return emf.New(os.Stdout, b.Stack(), clock.System) }
