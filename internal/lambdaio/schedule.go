package lambdaio

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"davit/internal/run"
)

// Scheduler submits the run of a schedule's event.
type Scheduler interface {
	// Fire submits the run of an event. It returns the run, or why there can never be one. After an error the event must be delivered again.
	Fire(ctx context.Context, event []byte) (run.Occurrence, error)
}

// Schedule returns the target of schedules, a rule's or EventBridge Scheduler's. Its answer is {runId, status, replayed}. An occurrence that
// can never become a run is published through p as a `Davit Schedule Did Not Run` event, counted by m and logged; the answer is {didNotRun}.
// When that event cannot be published the invocation fails, and Lambda repeats it as after any other error. A nil log is slog.Default().
func Schedule(s Scheduler, p Publisher, m Meter, log *slog.Logger) Function {
	log = orDefault(log)
	return wrap(log, func(ctx context.Context, payload []byte) ([]byte, error) {
		o, err := s.Fire(ctx, payload)
		switch {
		case err != nil:
			return nil, err
		case o.Missed != nil:
			return reportMissed(ctx, o.Missed, p, m, log)
		default:
			return json.Marshal(struct {
				RunID    string     `json:"runId"`
				Status   run.Status `json:"status"`
				Replayed bool       `json:"replayed,omitempty"`
			}{o.Run.ID, o.Run.Status, o.Replayed})
		}
	})
}

// reportMissed publishes, counts and logs an occurrence that did not run.
func reportMissed(ctx context.Context, why *run.Missed, p Publisher, m Meter, log *slog.Logger) ([]byte, error) {
	detail, err := json.Marshal(why)
	if err != nil {
		return nil, err
	}
	log.ErrorContext(ctx, "a schedule did not run", slog.String("schedule", why.Schedule), slog.String("scheduledTime", why.ScheduledTime),
		slog.String("reason", why.Reason), slog.Any("errors", why.Errors))
	switch errs := p.Publish(ctx, []json.RawMessage{detail}); {
	case len(errs) != 1:
		return nil, errNoResult
	case errs[0] != nil:
		return nil, fmt.Errorf("that a schedule did not run cannot be told: %w", errs[0])
	}
	m.Record([]run.Measure{run.DidNotRun()})
	return json.Marshal(struct {
		DidNotRun *run.Missed `json:"didNotRun"`
	}{why})
}
