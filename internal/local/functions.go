package local

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"davit/internal/asl"
	"davit/internal/lambdaio"
)

// The functions' ARNs, which the state machine and the event rules refer to.
const (
	functionARN       = "arn:aws:lambda:local:000000000000:function:"
	launchFunction    = functionARN + "launch"
	observeFunction   = functionARN + "observe"
	taskEventFunction = functionARN + "taskevent"
	sweepFunction     = functionARN + "sweep"
	scheduleFunction  = functionARN + "schedule"
)

// invoke calls a function in this process, as Lambda does for the state machine. Its errors are asl.FunctionError values.
func (s *System) invoke(ctx context.Context, name string, payload []byte) ([]byte, error) {
	f, ok := s.functions[name]
	if !ok {
		return nil, &asl.FunctionError{Name: "Lambda.ResourceNotFoundException", Cause: "no function " + name}
	}
	ctx, cancel := context.WithTimeout(ctx, functionTimeout)
	defer cancel()
	answer, err := f(ctx, payload)
	if err != nil {
		name, message := lambdaio.Name(err)
		return nil, &asl.FunctionError{Name: name, Cause: message}
	}
	return answer, nil
}

// deliverTaskEvent delivers a task state change event, as EventBridge does.
func (s *System) deliverTaskEvent(ctx context.Context, event []byte) {
	s.deliver(ctx, taskEventFunction, event)
}

// deliver invokes a function asynchronously, as Lambda does: it tries twice more after an error, 1 s and 2 s later.
func (s *System) deliver(ctx context.Context, name string, event []byte) {
	for try := range 3 {
		_, err := s.invoke(ctx, name, event)
		if err == nil || ctx.Err() != nil {
			return
		}
		s.options.Log.Warn("an event was not taken", "function", name, "try", try+1, "error", err)
		if !s.sleep(ctx, time.Duration(try+1)*time.Second) {
			return
		}
	}
}

// sleep waits for d. It reports false when ctx or the System ended before.
func (s *System) sleep(ctx context.Context, d time.Duration) bool {
	over := make(chan struct{})
	stop := s.options.Clock.AfterFunc(d, func() { close(over) })
	defer stop()
	select {
	case <-over:
		return true
	case <-ctx.Done():
		return false
	case <-s.ctx.Done():
		return false
	}
}

// executionEnded sends the event of an execution that did not succeed to the sweep, as the rule on them does in AWS.
func (s *System) executionEnded(ctx context.Context, x asl.Execution) error {
	if x.Status == asl.Succeeded {
		return nil
	}
	event, err := json.Marshal(map[string]any{
		"version": "0", "id": x.Name, "source": "aws.states", "detail-type": "Step Functions Execution Status Change",
		"account": "000000000000", "region": "local", "time": x.Stopped.UTC().Format(time.RFC3339), "resources": []string{x.ARN},
		"detail": map[string]any{
			"executionArn": x.ARN, "stateMachineArn": x.MachineARN, "name": x.Name, "status": string(x.Status),
			"startDate": x.Started.UnixMilli(), "stopDate": x.Stopped.UnixMilli(), "error": x.Error, "cause": x.Cause,
		},
	})
	if err != nil {
		return fmt.Errorf("the event of an ended execution: %w", err)
	}
	_, err = s.invoke(ctx, sweepFunction, event)
	return err
}

// runSweep invokes the sweep at once and then every sweepEvery, until the System closes.
func (s *System) runSweep() {
	defer s.work.Done()
	for {
		event := fmt.Appendf(nil, `{"version":"0","source":"aws.events","detail-type":"Scheduled Event","time":%q,"detail":{}}`,
			s.options.Clock.Now().UTC().Format(time.RFC3339))
		if _, err := s.invoke(s.ctx, sweepFunction, event); err != nil && s.ctx.Err() == nil {
			s.options.Log.Warn("the sweep did not finish", "error", err)
		}
		if !s.sleep(s.ctx, sweepEvery) {
			return
		}
	}
}
