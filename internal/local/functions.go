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
	_ = s.deliver(ctx, taskEventFunction, event) // logged; the sweep sees what the event would have told
}

// deliver invokes a function asynchronously, as Lambda does: it tries twice more after an error, 1 s and 2 s later. While the data folder
// cannot be written it goes on trying, so that nothing is lost on a full disk.
func (s *System) deliver(ctx context.Context, name string, event []byte) error {
	for try := 1; ; try++ {
		_, err := s.invoke(ctx, name, event)
		if err == nil || ctx.Err() != nil {
			return err
		}
		s.options.Log.Warn("an event was not taken", "function", name, "try", try, "error", err)
		if try >= 3 && s.writable() || !s.sleep(ctx, time.Duration(min(try, 5))*time.Second) {
			return err
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
	return s.deliver(ctx, sweepFunction, event)
}

// runSweep invokes the sweep at once and then every sweepEvery, until the System closes.
func (s *System) runSweep() {
	defer s.work.Done()
	for {
		event := fmt.Appendf(nil, `{"version":"0","source":"aws.events","detail-type":"Scheduled Event","time":%q,"detail":{}}`,
			s.options.Clock.Now().UTC().Format(time.RFC3339))
		_ = s.deliver(s.ctx, sweepFunction, event) // logged
		if !s.sleep(s.ctx, sweepEvery) {
			return
		}
	}
}
