package awslogs

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"davit/internal/logs"
)

// slack is how many more events a tail reads than it needs: a mark is found by how many events of its millisecond precede it.
const slack = 200

// ahead is by how much the times of events may be later than their ingestion: CloudWatch Logs takes two hours.
const ahead = 3 * time.Hour

// Tail implements logs.Source. It reads backward from the end, in at most maxCalls calls: of lines so long that these are too few, fewer than n.
func (s *Source) Tail(ctx context.Context, st logs.Stream, n int, since time.Time) (logs.Tail, error) {
	p, unreadable := s.locate(st)
	if unreadable != nil {
		return logs.Tail{State: logs.Unavailable, Unreadable: unreadable}, nil
	}
	q := query{place: p, from: since, backward: true}
	if since.IsZero() {
		q.from = earliest(st)
	}
	if st.Over {
		q.to = st.OverAt.Add(ahead)
	}
	end, err := s.readBack(ctx, q, n)
	if err != nil {
		state, unreadable, err := s.failed(ctx, st, p, err)
		return logs.Tail{State: state, Unreadable: unreadable}, err
	}
	return end.tail(n, since), nil
}

// lastEvents are events at the end of a stream.
type lastEvents struct {
	events []types.OutputLogEvent // in the order of their times
	// forward is the token behind the last one; of no use where there is none.
	forward string
	// whole is set where nothing precedes the events.
	whole bool
}

// readBack reads the last events of a stream, until there are enough of them for n marks.
func (s *Source) readBack(ctx context.Context, q query, n int) (lastEvents, error) {
	var last lastEvents
	for range maxCalls {
		q.limit = n + slack
		answer, err := s.call(ctx, q)
		switch {
		case (errors.Is(err, errThrottled) || errors.Is(err, errSpent)) && len(last.events) > 0:
			return last, nil // what is there is less than was asked for, and right
		case err != nil:
			return last, err
		}
		if len(last.events) == 0 { // of a page without events the token may be behind what is still to be ingested
			last.forward = answer.forward
		}
		last.events = slices.Concat(answer.events, last.events)
		if last.whole = answer.end; answer.end || last.enough(n) {
			break
		}
		q.token = answer.backward
	}
	return last, nil
}

// enough reports whether the last n records are there, and before them an event of an earlier time.
func (l lastEvents) enough(n int) bool {
	if len(l.events) <= n { // one event has one record at least
		return false
	}
	return aws.ToInt64(l.events[len(l.events)-n].Timestamp) > aws.ToInt64(l.events[0].Timestamp)
}

// tail returns the last n marks. Without any, the end is where the stream begins.
func (l lastEvents) tail(n int, since time.Time) logs.Tail {
	var pos position
	if !since.IsZero() {
		pos.at = roundUp(since)
	}
	var marks []logs.Mark
	for _, e := range l.located() {
		at := aws.ToInt64(e.Timestamp)
		for part := range partsOf(aws.ToString(e.Message)) {
			// The event's own time finds it, behind those that precede it in the same millisecond.
			mark := position{at: at, part: part}
			if pos.at == at {
				mark.count = pos.count
			}
			marks = append(marks, logs.Mark{At: time.UnixMilli(at).UTC(), Before: mark.text()})
		}
		pos = pos.passed(at)
	}
	if pos.skip = 0; len(marks) > 0 {
		pos.from = 0
		if !since.IsZero() {
			pos.from = roundUp(since)
		}
		pos.token = l.forward
	}
	return logs.Tail{Marks: marks[max(0, len(marks)-n):], End: pos.text(), State: logs.Quiet}
}

// located returns the events that are known to be found by their time: all but those of the first millisecond, of which some may not have been read.
func (l lastEvents) located() []types.OutputLogEvent {
	if l.whole || len(l.events) == 0 {
		return l.events
	}
	first := l.events[0].Timestamp
	for i, e := range l.events {
		if *e.Timestamp != *first {
			return l.events[i:]
		}
	}
	return l.events
}
