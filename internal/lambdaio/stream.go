package lambdaio

import (
	"context"
	"encoding/json"
	"log/slog"

	"davit/internal/dynamo/attr"
	"davit/internal/run"
)

// Publisher publishes events of one detail-type.
type Publisher interface {
	// Publish sends one event for each detail. It returns one error for each, in the same order; nil: the bus accepted the event.
	Publish(ctx context.Context, details []json.RawMessage) []error
}

// Meter records measures of Davit's metrics.
type Meter interface {
	// Record may be called again with the same measures.
	Record(measures []run.Measure)
}

// Notify returns the function on the table's stream. It publishes every change of a run's status and records the record's measures.
// Its answer lists the records that failed, so the event source mapping (with ReportBatchItemFailures) repeats from the first of them
// until its limit. The records after the first failure are published too and repeated, hence each change is published at least once.
// Only the measures before the first failure are recorded. A payload that is no batch of the stream is Davit.BadEvent.
// A nil log is slog.Default().
func Notify(p Publisher, m Meter, log *slog.Logger) Function {
	log = orDefault(log)
	return wrap(log, func(ctx context.Context, payload []byte) ([]byte, error) {
		records, err := parseStream(payload)
		if err != nil {
			return nil, err
		}
		b := batch{failed: map[string]error{}, meters: map[string][]run.Measure{}}
		for i := range records {
			b.read(&records[i])
		}
		b.publish(ctx, p)
		m.Record(b.committedMeasures(records))
		return b.answer(ctx, log, records)
	})
}

// batch is the outcome of one invocation's records.
type batch struct {
	details         []json.RawMessage        // of the events to publish
	sequenceNumbers []string                 // of the records of details, in the same order
	failed          map[string]error         // by sequence number
	meters          map[string][]run.Measure // by sequence number
}

// read adds a record's event and measures, or its error.
func (b *batch) read(r *streamRecord) {
	change, err := r.change()
	if err != nil {
		b.failed[r.sequenceNumber()] = err
		return
	}
	b.meters[r.sequenceNumber()] = change.measures
	if !change.statusChanged {
		return
	}
	detail, err := json.Marshal(change.detail)
	if err != nil {
		b.failed[r.sequenceNumber()] = err
		return
	}
	b.details, b.sequenceNumbers = append(b.details, detail), append(b.sequenceNumbers, r.sequenceNumber())
}

// publish publishes the events and adds the errors of those that the bus did not accept.
func (b *batch) publish(ctx context.Context, p Publisher) {
	if len(b.details) == 0 {
		return
	}
	errs := p.Publish(ctx, b.details)
	for i, number := range b.sequenceNumbers {
		if i >= len(errs) {
			b.failed[number] = errNoResult
		} else if errs[i] != nil {
			b.failed[number] = errs[i]
		}
	}
}

// committedMeasures returns the measures of the records before the first that failed, which are not delivered again.
func (b *batch) committedMeasures(records []streamRecord) []run.Measure {
	var all []run.Measure
	for i := range records {
		if b.failed[records[i].sequenceNumber()] != nil {
			break
		}
		all = append(all, b.meters[records[i].sequenceNumber()]...)
	}
	return all
}

// answer returns the partial batch response and logs the records that failed.
func (b *batch) answer(ctx context.Context, log *slog.Logger, records []streamRecord) ([]byte, error) {
	type item struct {
		ItemIdentifier string `json:"itemIdentifier"`
	}
	failures := []item{}
	for i := range records {
		number := records[i].sequenceNumber()
		if err := b.failed[number]; err != nil {
			failures = append(failures, item{number})
			log.LogAttrs(ctx, slog.LevelError, "a change was not published",
				slog.String("sequenceNumber", number), slog.String(attr.RunID, records[i].runID()), slog.Any("error", err))
		}
	}
	return json.Marshal(struct {
		BatchItemFailures []item `json:"batchItemFailures"`
	}{failures})
}
