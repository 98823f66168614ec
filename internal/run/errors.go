package run

import (
	"errors"
	"fmt"
)

// Code is what kind of error it is; each edge has one table from Code to what it answers.
type Code string

// The closed set of codes.
const (
	CodeInvalid     Code = "invalid"      // the request breaks rules; Violations names each
	CodeTooLarge    Code = "too_large"    // the request is over a size limit
	CodeNotFound    Code = "not_found"    // no such run, definition or task for this caller
	CodeKeyReused   Code = "key_reused"   // the idempotency key belongs to another body
	CodeConflict    Code = "conflict"     // another writer was first, more often than we repeat; safe to repeat
	CodeThrottled   Code = "throttled"    // a service asks for fewer calls; safe to repeat
	CodeUnavailable Code = "unavailable"  // a service did not answer; safe to repeat
	CodeNotRecorded Code = "not_recorded" // the store did not take the request; nothing was recorded
	CodeForbidden   Code = "forbidden"    // the caller may not
	CodeWrongState  Code = "wrong_state"  // the run's status does not allow it; nothing was changed

	// CodeValuesNeeded: values that the caller may not take over have to be given; Violations names each.
	CodeValuesNeeded Code = "values_needed"

	CodeInternal Code = "internal" // anything else; its text never leaves the process
)

// Error is the domain's one error type. Message may be shown to a caller, Err may not.
type Error struct {
	Code       Code
	Message    string
	Violations []Violation // CodeInvalid, CodeTooLarge, CodeKeyReused, CodeWrongState and CodeValuesNeeded
	Err        error       // the cause, for logs
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %s: %v", e.Code, e.Message, e.Err)
	}
	return fmt.Sprintf("%s: %s", e.Code, e.Message)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf is the code of the first *Error in err's chain; CodeInternal for a foreign error, "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// MessageOf is what a caller may read of err; "" for a foreign error.
func MessageOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Message
	}
	return ""
}

// ViolationsOf lists the broken rules that err carries.
func ViolationsOf(err error) []Violation {
	var e *Error
	if errors.As(err, &e) {
		return e.Violations
	}
	return nil
}

// What the ports answer besides an *Error.
var (
	// ErrNotFound: the store has no such record, or only an expired one.
	ErrNotFound = errors.New("no such record")
	// ErrConflict: the record's version is not the one that was read.
	ErrConflict = errors.New("record changed meanwhile")
	// ErrExecutionExists: an execution of that name ran before and is closed.
	ErrExecutionExists = errors.New("execution name is taken")
	// ErrTokenGone: the execution no longer waits for that task token.
	ErrTokenGone = errors.New("task token is gone")
)

// InvalidRequest returns an error with CodeInvalid and every violation.
func InvalidRequest(violations ...Violation) *Error {
	return &Error{Code: CodeInvalid, Message: "the request breaks the rules named in errors", Violations: violations}
}
