package awslogs

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
)

// API is what a Source calls; *cloudwatchlogs.Client has it.
type API interface {
	GetLogEvents(context.Context, *cloudwatchlogs.GetLogEventsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.GetLogEventsOutput, error)
}

// maxEvents is the greatest Limit of a call.
const maxEvents = 10_000

// query is one call on a stream.
type query struct {
	place
	token    string    // "": the first call
	from, to time.Time // the times of the events; zero: no bound
	backward bool      // the last events first
	limit    int
}

// page is the answer to a call.
type page struct {
	events            []types.OutputLogEvent // in the order of their times
	forward, backward string
	// end is set where the token of the call was returned again: nothing more is there now.
	end bool
}

// once makes the SDK send one request, whatever AWS_MAX_ATTEMPTS or the client say.
func once(o *cloudwatchlogs.Options) { o.Retryer = aws.NopRetryer{} }

// call makes one call. Its error is one of the kinds of failed calls, with its cause.
func (s *Source) call(ctx context.Context, q query) (page, error) {
	in := &cloudwatchlogs.GetLogEventsInput{
		LogGroupName: &q.group, LogStreamName: &q.stream, NextToken: optional(q.token), StartFromHead: aws.Bool(!q.backward),
		StartTime: milliseconds(q.from), EndTime: milliseconds(q.to),
		Limit: aws.Int32(int32(min(max(q.limit, 1), maxEvents))),
	}
	if !spend(ctx) {
		return page{}, errSpent
	}
	out, err := s.API.GetLogEvents(ctx, in, once)
	if err != nil {
		return page{}, translate(err, q.token != "")
	}
	p := page{events: out.Events, forward: aws.ToString(out.NextForwardToken), backward: aws.ToString(out.NextBackwardToken)}
	returned := p.forward
	if q.backward {
		returned = p.backward
	}
	p.end = q.token != "" && returned == q.token && len(p.events) == 0
	return p, nil
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func milliseconds(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	return aws.Int64(roundUp(t))
}

// roundUp returns a time in milliseconds, so that no event of an earlier time is at it or later.
func roundUp(t time.Time) int64 { return t.Add(time.Millisecond - 1).UnixMilli() }
