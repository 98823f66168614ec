package asl

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// contextNodes are the nodes of the context object, as paths may name them.
func contextNodes() map[string][]string {
	return map[string][]string{
		"Execution":    {"Id", "Input", "Name", "RedriveCount", "StartTime"},
		"State":        {"EnteredTime", "Name", "RetryCount"},
		"StateMachine": {"Id", "Name"},
		"Task":         {"Token"},
	}
}

// contextRule refuses paths to nodes that the context object will not have. token says whether the
// state waits for a task token.
func contextRule(token bool) func(path) error {
	return func(p path) error {
		if !p.context || len(p.hops) == 0 {
			return nil
		}
		group := p.hops[0].name
		nodes, ok := contextNodes()[group]
		if ok && len(p.hops) > 1 {
			ok = slices.Contains(nodes, p.hops[1].name)
		}
		if !ok || len(p.hops) > 2 && p.hops[1].name != "Input" {
			return fmt.Errorf("%s is not in the context object", p.text)
		}
		if group == "Task" && !token {
			return fmt.Errorf("%s is there only in Parameters of a state with .waitForTaskToken", p.text)
		}
		return nil
	}
}

// context is the context object of the state that the execution is in.
func (s *step) context() map[string]any {
	rec, e := &s.x.rec, s.e
	out := map[string]any{
		"Execution": map[string]any{
			"Id": e.executionARN(rec.Name), "Input": s.x.input.value, "Name": rec.Name,
			"RedriveCount": json.Number("0"), "StartTime": contextTime(rec.Started),
		},
		"State": map[string]any{
			"EnteredTime": contextTime(rec.At.Entered), "Name": rec.At.State,
			"RetryCount": json.Number(strconv.Itoa(rec.At.RetryCount)),
		},
		"StateMachine": map[string]any{"Id": e.opts.ARN, "Name": e.machineName},
	}
	if t, ok := s.at.does.(*task); ok && t.token && rec.At.Attempt > 0 {
		out["Task"] = map[string]any{"Token": e.tokens.make(rec, rec.At.Attempt)}
	}
	return out
}

// contextTime writes milliseconds only when there are some, as Step Functions does.
func contextTime(t time.Time) string {
	t = t.UTC().Truncate(time.Millisecond)
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02T15:04:05Z")
	}
	return t.Format("2006-01-02T15:04:05.000Z")
}
