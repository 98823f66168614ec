package asl

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// attempt schedules an invocation. The id of its TaskScheduled event is the attempt's identity, and
// its token is made of it.
func (t *task) attempt(s *step) {
	at := &s.x.rec.At
	*at = position{
		State: at.State, Input: at.Input, Entered: at.Entered,
		EnteredEvent: at.EnteredEvent, Retries: at.Retries, RetryCount: at.RetryCount,
		Phase: phaseInvoking, Attempt: s.x.rec.Events + 1,
	}
	c, f := t.call(s)
	if f != nil {
		s.failed(f)
		return
	}
	details := t.details()
	details.Parameters = c.parameters.text
	if c.timeout != maxSeconds {
		details.TimeoutInSeconds = c.timeout
		at.Timeout = s.now.Add(time.Duration(c.timeout) * time.Second)
	}
	if c.heartbeat != maxSeconds {
		details.HeartbeatInSeconds, at.HeartbeatSeconds = c.heartbeat, c.heartbeat
	}
	s.record(TaskScheduled, details)
	s.record(TaskStarted, t.details())
	if s.open() {
		s.invoke = &c
	}
}

func (t *task) details() Details {
	if t.token {
		return Details{ResourceType: "lambda", Resource: "invoke.waitForTaskToken"}
	}
	return Details{ResourceType: "lambda", Resource: "invoke"}
}

// returned takes the answer of the invocation of that attempt, unless the attempt is over.
func (s *step) returned(attempt int64, answer []byte, err error) {
	at := &s.x.rec.At
	if !s.open() || at.Phase != phaseInvoking || at.Attempt != attempt {
		return
	}
	t := s.at.does.(*task)
	var payload any
	if err == nil && len(answer) > 0 {
		payload, err = parseValue(answer)
	}
	switch {
	case err != nil:
		s.taskFailed(functionFault(err))
	case t.token:
		s.submitted(t, payload)
	default:
		s.taskSucceeded(lambdaResult(payload))
	}
}

// submitted starts the wait for the token's answer, and with it the heartbeat.
func (s *step) submitted(t *task, payload any) {
	at := &s.x.rec.At
	details := t.details()
	if out, f := newDocument(lambdaResult(payload)); f == nil {
		details.Output = out.text
	}
	at.Phase = phaseToken
	s.beat()
	s.record(TaskSubmitted, details)
}

// beat puts the next heartbeat off.
func (s *step) beat() {
	at := &s.x.rec.At
	if at.HeartbeatSeconds > 0 && at.Phase == phaseToken {
		at.Heartbeat = s.now.Add(time.Duration(at.HeartbeatSeconds) * time.Second)
		s.dirty = true
	}
}

func lambdaResult(payload any) any {
	return map[string]any{
		"ExecutedVersion": "$LATEST", "Payload": payload, "StatusCode": json.Number("200"),
		"SdkHttpMetadata": map[string]any{"HttpStatusCode": json.Number("200")},
	}
}

func functionFault(err error) *fault {
	var function *FunctionError
	if !errors.As(err, &function) {
		return &fault{name: errLambdaOther, cause: err.Error()}
	}
	if function.Name == "" {
		return &fault{name: errLambdaOther, cause: function.Cause}
	}
	return &fault{name: function.Name, cause: function.Cause}
}

// taskSucceeded ends the attempt with the result of the task.
func (s *step) taskSucceeded(result any) {
	out, f := newDocument(result)
	if f != nil {
		s.taskFailed(s.resultFault(f))
		return
	}
	details := s.at.does.(*task).details()
	details.Output = out.text
	s.record(TaskSucceeded, details)
	out, f = s.at.outcome(scope{result, s.context}, s.x.in.value, result)
	if f != nil {
		s.failed(f)
		return
	}
	s.moveOn(out, s.at.next)
}

// resultFault is the fault of a result that newDocument refuses.
func (s *step) resultFault(f *fault) *fault {
	if f.name != errDataLimit {
		return f
	}
	details := s.at.does.(*task).details()
	return &fault{name: errDataLimit, cause: fmt.Sprintf(resultTooLarge, details.ResourceType), ofResult: !s.e.opts.DataLimitEscapes}
}

func (s *step) taskFailed(f *fault) { s.taskEnded(TaskFailed, f) }

func (s *step) taskEnded(kind string, f *fault) {
	f = s.locate(f)
	clipped := *f
	clipped.name, clipped.cause = clip(f.name, maxErrorLength), clip(f.cause, maxCauseLength)
	f = &clipped
	details := s.at.does.(*task).details()
	details.Error, details.Cause = f.name, f.cause
	s.record(kind, details)
	s.failed(f)
}

// expire ends an attempt whose time is up. A missed heartbeat shows as States.Timeout, as in Step Functions.
func (s *step) expire() {
	at := &s.x.rec.At
	s.taskEnded(TaskTimedOut, &fault{name: errTimeout, heartbeat: !at.due().Equal(at.Timeout)})
}

// failed retries the state, or goes where its Catch says, or ends the execution.
func (s *step) failed(f *fault) {
	if !s.open() {
		return
	}
	f = s.locate(f)
	t := s.at.does.(*task)
	if !s.retry(t, f) && !s.caught(t, f) {
		s.abandon(f)
	}
}

// retry looks only at the first retrier that matches.
func (s *step) retry(t *task, f *fault) bool {
	at := &s.x.rec.At
	for i, r := range t.retry {
		if !matches(r.errors, f) {
			continue
		}
		if at.Retries[i] >= r.maxAttempts {
			return false
		}
		at.Due = s.now.Add(r.delay(at.Retries[i], s.e.opts.Rand))
		at.Retries[i]++
		at.RetryCount++
		at.Phase, at.Timeout, at.Heartbeat, at.HeartbeatSeconds = phaseRetrying, time.Time{}, time.Time{}, 0
		s.dirty = true
		return true
	}
	return false
}

func (s *step) caught(t *task, f *fault) bool {
	for _, c := range t.catch {
		if !matches(c.errors, f) {
			continue
		}
		value, problem := c.result.place(s.x.in.value, f.output())
		var out document
		if problem == nil {
			out, problem = newDocument(value)
		}
		if problem != nil {
			s.abandon(problem)
			return true
		}
		s.moveOn(out, c.next)
		return true
	}
	return false
}

// output is what a Catch hands on.
func (f *fault) output() map[string]any {
	out := map[string]any{"Error": f.name, "Cause": f.cause}
	if f.nulls && f.name == "" {
		out["Error"] = nil
	}
	if f.nulls && f.cause == "" {
		out["Cause"] = nil
	}
	return out
}
