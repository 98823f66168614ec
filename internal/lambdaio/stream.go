package lambdaio

import (
	"context"
	"encoding/json"
	"log/slog"

	"davit/internal/dynamo/attr"
	"davit/internal/run"
)

// Publisher sends `Davit Run Status Change` events: one for each detail. It answers an error for each, at its place; nil is taken.
type Publisher interface {
	Publish(ctx context.Context, details []json.RawMessage) []error
}

// Meter takes measures of Davit's metrics. It may be called again with the same ones.
type Meter interface {
	Record(measures []run.Measure)
}

// Notify is the function on the table's stream: it publishes every change of a run's status, and meters what metrics count of a
// record. Its answer names the records that were not taken, so the event source mapping (with ReportBatchItemFailures) repeats from the
// first of them, and at last gives up; the records beside them are published before that. Hence each change is published at least
// once. What is to be repeated is not metered yet. A payload that is no batch of the stream is Davit.BadEvent. A nil log is slog.Default().
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

// batch is what comes of one invocation's records.
type batch struct {
	details         []json.RawMessage
	sequenceNumbers []string // of the details' records
	failed          map[string]error
	meters          map[string][]run.Measure // by record
}

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

// committedMeasures are the measures of the records that will not come again: those before the first that failed.
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

// answer is the partial batch response.
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
