package lambdaio

import (
	"context"
	"encoding/json"
	"log/slog"

	"davit/internal/run"
)

// TaskEventHandler handles an ECS Task State Change event, in EventBridge's envelope. CodeInvalid: the event is not one.
type TaskEventHandler interface {
	Handle(ctx context.Context, event []byte) error
}

// TaskEvent returns the target of the rule on ECS Task State Change events. A nil log is slog.Default().
func TaskEvent(h TaskEventHandler, log *slog.Logger) Function {
	return wrap(log, func(ctx context.Context, payload []byte) ([]byte, error) {
		e, err := parseEnvelope(payload)
		if err != nil {
			return nil, err
		}
		if !e.matches("aws.ecs", "ECS Task State Change") {
			return nil, badEvent("not an ECS Task State Change event of aws.ecs", nil)
		}
		return nullAnswer, h.Handle(ctx, payload)
	})
}

// Sweeper repairs runs that nothing else drives.
type Sweeper interface {
	// Sweep examines every open run that is due. It returns what it did, also with an error.
	Sweep(ctx context.Context) (run.SweepReport, error)
	// ExecutionEnded restarts the run of an execution that FAILED, TIMED_OUT or was ABORTED.
	ExecutionEnded(ctx context.Context, x run.Execution) error
}

// Sweep returns the target of the sweep's schedule (a rule's or EventBridge Scheduler's Scheduled Event) and of the rule on
// executions that did not succeed. The function logs what a sweep did. A nil log is slog.Default().
func Sweep(s Sweeper, log *slog.Logger) Function {
	log = orDefault(log)
	return wrap(log, func(ctx context.Context, payload []byte) ([]byte, error) {
		e, err := parseEnvelope(payload)
		switch {
		case err != nil:
			return nil, err
		case e.matches("aws.events", "Scheduled Event") || e.matches("aws.scheduler", "Scheduled Event"):
			return sweep(ctx, s, log)
		case e.matches("aws.states", "Step Functions Execution Status Change"):
			return nullAnswer, executionEnded(ctx, s, e.Detail)
		default:
			return nil, badEvent("neither a Scheduled Event nor a Step Functions Execution Status Change", nil)
		}
	})
}

func sweep(ctx context.Context, s Sweeper, log *slog.Logger) ([]byte, error) {
	report, err := s.Sweep(ctx)
	log.InfoContext(ctx, "sweep", slog.Int("looked", report.Examined), slog.Int("started", report.Started),
		slog.Int("woken", report.Woken), slog.Int("stopped", report.Stopped), slog.Int("failed", report.Failed))
	return nullAnswer, err
}

// executionEnded calls s for an execution that ended without success. It ignores one that runs, will be redriven or succeeded.
func executionEnded(ctx context.Context, s Sweeper, detail json.RawMessage) error {
	var d struct {
		Name   string `json:"name"`
		Status string `json:"status"`
	}
	if err := json.Unmarshal(detail, &d); err != nil {
		return badEvent("the event's detail is not an execution", err)
	}
	x, ok := run.ParseExecution(d.Name)
	if !ok || x.Name() != d.Name {
		return badEvent("the execution's name is not runId-born-generation", nil)
	}
	switch d.Status {
	case "FAILED", "TIMED_OUT", "ABORTED":
		return s.ExecutionEnded(ctx, x)
	case "RUNNING", "PENDING_REDRIVE", "SUCCEEDED":
		return nil
	default:
		return badEvent("the execution's status is none that Step Functions has", nil)
	}
}

// envelope is the part of an EventBridge event that identifies its kind.
type envelope struct {
	Source     string          `json:"source"`
	DetailType string          `json:"detail-type"`
	Detail     json.RawMessage `json:"detail"`
}

// nullAnswer is the answer to an event, which needs none.
var nullAnswer = []byte("null")

func parseEnvelope(payload []byte) (envelope, error) {
	var e envelope
	if err := json.Unmarshal(payload, &e); err != nil {
		return e, badEvent("the payload is not an EventBridge event", err)
	}
	return e, nil
}

func (e envelope) matches(source, detailType string) bool {
	return e.Source == source && e.DetailType == detailType
}
