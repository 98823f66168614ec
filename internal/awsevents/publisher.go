// Package awsevents puts events of Davit's on an EventBridge bus.
package awsevents

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"davit/internal/run"
)

// maxEntries is how many events go in one call.
const maxEntries = 10

// API is what a Publisher calls; *eventbridge.Client has it.
type API interface {
	PutEvents(context.Context, *eventbridge.PutEventsInput, ...func(*eventbridge.Options)) (*eventbridge.PutEventsOutput, error)
}

// Publisher sends events of one kind. It is safe for concurrent use.
type Publisher struct {
	api       API
	bus, kind string
}

// New makes a Publisher of a client, for a bus by its name or ARN, of events with a detail-type such as run.EventStatusChange.
func New(api API, bus, detailType string) *Publisher {
	return &Publisher{api: api, bus: bus, kind: detailType}
}

// Publish sends one event for each detail, a JSON object, and answers an error for each of them, at its place: nil is taken. An event
// without an answer may have been taken; sending it again sends it twice at worst. The SDK repeats calls that failed as a whole.
func (p *Publisher) Publish(ctx context.Context, details []json.RawMessage) []error {
	errs := make([]error, 0, len(details))
	for batch := range slices.Chunk(details, maxEntries) {
		errs = append(errs, p.put(ctx, batch)...)
	}
	return errs
}

func (p *Publisher) put(ctx context.Context, details []json.RawMessage) []error {
	entries := make([]types.PutEventsRequestEntry, 0, len(details))
	for _, d := range details {
		entries = append(entries, types.PutEventsRequestEntry{
			EventBusName: &p.bus, Source: aws.String(run.EventSource), DetailType: &p.kind, Detail: aws.String(string(d)),
		})
	}
	out, err := p.api.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: entries})
	switch {
	case err != nil:
		return slices.Repeat([]error{fmt.Errorf("PutEvents: %w", err)}, len(details))
	case len(out.Entries) != len(details):
		return slices.Repeat([]error{errShort}, len(details))
	}
	errs := make([]error, len(details))
	for i, e := range out.Entries {
		if e.ErrorCode != nil || e.EventId == nil {
			errs[i] = fmt.Errorf("PutEvents: %s: %s", aws.ToString(e.ErrorCode), aws.ToString(e.ErrorMessage))
		}
	}
	return errs
}

var errShort = errors.New("PutEvents: the reply does not hold one result an entry")
