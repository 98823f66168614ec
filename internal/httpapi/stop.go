package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"unicode/utf8"

	"davit/internal/jsontree"
	"davit/internal/run"
)

// Stopper is the use case of Stop: it orders that a run, or one task of it, stops. A run that already ended is no error.
type Stopper interface {
	Stop(ctx context.Context, req run.StopRequest) (*run.Run, error)
}

// Stop is POST /runs/{runId}/stop with {reason, task}, both optional; the body may be empty. 202 with the
// run, also when it already ended.
func Stop(s Stopper, o Options) http.Handler {
	return o.serve(func(w http.ResponseWriter, r *http.Request, caller string) error {
		req := run.StopRequest{Caller: caller, RunID: r.PathValue(runIDName)}
		if err := checkNoQuery(r); err != nil {
			return err
		}
		body, err := readOptionalBody(r)
		if err != nil {
			return err
		}
		if faults := readStop(body, &req); len(faults) > 0 {
			return invalid(faults...)
		}
		stopped, err := s.Stop(r.Context(), req)
		if err != nil {
			return err
		}
		o.writeJSON(w, r, http.StatusAccepted, o.viewRun(stopped))
		return nil
	})
}

const (
	ruleStopReason = "SP-03" // StopTask's reason: at most 255 characters
	maxReason      = 255
)

// readStop fills req from the body. It returns all faults of the body, at most 20.
func readStop(body []byte, req *run.StopRequest) []run.Violation {
	if len(body) == 0 {
		return nil
	}
	if !utf8.Valid(body) || !json.Valid(body) {
		return []run.Violation{{Rule: run.RuleMalformed, Detail: "the body is not one JSON value in UTF-8"}}
	}
	list, isObject := jsontree.RawMembers(body)
	if !isObject {
		return []run.Violation{{Rule: run.RuleNotObject, Detail: "the body must be a JSON object with reason and task, both optional"}}
	}
	reader := stopReader{req: req, seen: map[string]bool{}}
	for _, m := range list {
		reader.take(m)
	}
	return reader.faults
}

type stopReader struct {
	req    *run.StopRequest
	seen   map[string]bool
	faults []run.Violation
}

// maxStopFaults bounds how many faults of one body are listed.
const maxStopFaults = 20

func (s *stopReader) fault(name, rule, detail string) {
	if len(s.faults) < maxStopFaults {
		s.faults = append(s.faults, run.Violation{Field: jsontree.Join("", name), Rule: rule, Detail: detail})
	}
}

func (s *stopReader) take(m jsontree.RawMember) {
	if s.seen[m.Name] {
		s.fault(m.Name, run.RuleStopBody, "the name appears more than once")
		return
	}
	s.seen[m.Name] = true
	switch m.Name {
	case "reason":
		if s.text(m, &s.req.Reason) && utf8.RuneCountInString(s.req.Reason) > maxReason {
			s.fault(m.Name, ruleStopReason, "at most 255 characters")
		}
	case "task":
		if s.text(m, &s.req.Task) && s.req.Task == "" {
			s.fault(m.Name, run.RuleStopBody, "must be the id or ARN of one of the run's tasks")
		}
	default:
		s.fault(m.Name, run.RuleStopBody, "there is no such member; allowed: reason, task")
	}
}

// text reads a string member; null is absent. It reports whether there is one.
func (s *stopReader) text(m jsontree.RawMember, into *string) bool {
	if string(m.Value) == "null" {
		return false
	}
	if json.Unmarshal(m.Value, into) != nil {
		s.fault(m.Name, run.RuleStopBody, "must be a string")
		return false
	}
	return true
}
