package run

import "errors"

// RefusalRules knows which row of the rule table a refusal of ECS is about. Violation.Detail says what ECS wants.
type RefusalRules interface {
	// Refused finds the row for an error of ECS; false where none is known.
	Refused(e *EngineError) (Violation, bool)
	// Failed finds it for a failure inside an answer 200 to a launch call.
	Failed(op Operation, f Failure) (Violation, bool)
}

// errorRule is the id of the row that an error of ECS is about, or "".
func errorRule(rules RefusalRules, err error) string {
	var e *EngineError
	if rules == nil || !errors.As(err, &e) {
		return ""
	}
	v, _ := rules.Refused(e)
	return v.Rule
}

// failureRule is the id of the row that a failure is about, or "".
func failureRule(rules RefusalRules, op Operation, f Failure) string {
	if rules == nil {
		return ""
	}
	v, _ := rules.Failed(op, f)
	return v.Rule
}

// text is what a user reads of a refusal: ECS's words, and the row that they are about.
func (f *Refusal) text() string {
	if f.Rule == "" {
		return f.Reason
	}
	return f.Reason + " (rule " + f.Rule + ")"
}

// RefusedCall is what the caller of a task-definition route reads of an error of ECS: CodeNotFound for something unknown,
// CodeForbidden where Davit may not, CodeInvalid for any other refusal, with the row that it is about or else ECS's error code;
// CodeThrottled and CodeUnavailable where repeating may help.
func RefusedCall(rules RefusalRules, err error) error {
	var e *EngineError
	if ClassifyError(err) != Invalid || !errors.As(err, &e) {
		return engineFault(err)
	}
	v, known := Violation{}, false
	if rules != nil {
		v, known = rules.Refused(e)
	}
	var named []Violation
	if known {
		named = []Violation{v}
	}
	switch {
	case e.Unknown:
		return &Error{Code: CodeNotFound, Message: "no such task definition", Violations: named, Err: err}
	case deniedCodes[e.Code]:
		return &Error{Code: CodeForbidden, Message: "Davit may not do this; its role or the roles named in the request refuse it", Violations: named, Err: err}
	case known:
		v.Detail = "ECS refused it: " + e.Message + "; " + v.Detail
		return InvalidRequest(v)
	default:
		return InvalidRequest(Violation{Rule: e.Code, Detail: "ECS refused it: " + e.Message})
	}
}
