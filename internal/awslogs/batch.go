package awslogs

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"davit/internal/logs"
)

// batch returns the records of a page behind pos, which is in that page.
func batch(answer page, pos position, q logs.Query) logs.Batch {
	if answer.end {
		return logs.Batch{Next: pos.text(), State: logs.Quiet}
	}
	b := builder{query: q, pos: pos}
	before := pos.before(answer.events)
	for _, e := range answer.events[before:] {
		if !b.add(e) {
			return b.Batch
		}
	}
	// The whole page is given: the next position is the beginning of the next page, or behind what is left to skip.
	b.pos.from = pos.start()
	b.pos.token, b.pos.skip = answer.forward, 0
	if before == len(answer.events) {
		b.pos.skip = pos.ahead() - before
	}
	b.Next = b.pos.text()
	if n := len(b.Records); n > 0 {
		b.Records[n-1].After = b.Next
	}
	return b.Batch
}

// builder collects the records of a batch.
type builder struct {
	logs.Batch
	query logs.Query
	pos   position // behind what was added
	size  int
}

// add adds those parts of an event that are behind the position. It reports whether there was room for all of them.
func (b *builder) add(e types.OutputLogEvent) bool {
	at := aws.ToInt64(e.Timestamp)
	parts := partsOf(aws.ToString(e.Message))
	for i := min(b.pos.part, len(parts)-1); i < len(parts); i++ {
		size := len(parts[i].text)
		if len(b.Records) > 0 && (len(b.Records) >= b.query.Records || b.size+size > b.query.Bytes) {
			return false
		}
		if b.pos.part = i + 1; b.pos.part == len(parts) {
			b.pos = b.pos.passed(at)
		}
		b.size += size
		b.Next = b.pos.text()
		b.Records = append(b.Records, logs.Record{At: time.UnixMilli(at).UTC(), Text: parts[i].text, Partial: parts[i].partial, After: b.Next})
		b.arrive(e)
	}
	return true
}

// arrive notes when an event was ingested.
func (b *builder) arrive(e types.OutputLogEvent) {
	if e.IngestionTime == nil {
		return
	}
	if at := time.UnixMilli(*e.IngestionTime).UTC(); at.After(b.Arrived) {
		b.Arrived = at
	}
}
