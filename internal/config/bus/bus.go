// Package bus makes a function's way to the event bus.
package bus

import (
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"davit/internal/awsevents"
	"davit/internal/config/boot"
)

// Publisher sends to DAVIT_EVENT_BUS.
func Publisher(b *boot.Boot) *awsevents.Publisher {
	return awsevents.New(eventbridge.NewFromConfig(b.AWS), b.EventBus())
}
