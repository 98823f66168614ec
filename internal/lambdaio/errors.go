package lambdaio

import (
	"context"
	"errors"
	"log/slog"

	"github.com/aws/aws-lambda-go/lambda/messages"

	"davit/internal/run"
)

// The names of a Function's errors. The state machine retries Conflict, Throttled and Unavailable for long, the others a few times.
// Asynchronous invocations and stream batches are retried by Lambda's own rules, whatever the name.
const (
	NameConflict    = "Davit.Conflict"
	NameThrottled   = "Davit.Throttled"
	NameUnavailable = "Davit.Unavailable"
	NameBadEvent    = "Davit.BadEvent" // the payload is not what the function takes
	NameTooLarge    = "Davit.TooLarge"
	NameNotFound    = "Davit.NotFound"
	NameKeyReused   = "Davit.KeyReused"
	NameForbidden   = "Davit.Forbidden"
	NameWrongState  = "Davit.WrongState"

	NameValuesNeeded = "Davit.ValuesNeeded"

	NameInternal = "Davit.Internal"
)

// errorNames maps the domain's codes to names. Codes missing from the table are reported as NameInternal.
var errorNames = map[run.Code]string{
	run.CodeInvalid:     NameBadEvent,
	run.CodeTooLarge:    NameTooLarge,
	run.CodeNotFound:    NameNotFound,
	run.CodeKeyReused:   NameKeyReused,
	run.CodeConflict:    NameConflict,
	run.CodeThrottled:   NameThrottled,
	run.CodeUnavailable: NameUnavailable,
	run.CodeNotRecorded: NameUnavailable,
	run.CodeForbidden:   NameForbidden,
	run.CodeWrongState:  NameWrongState,

	run.CodeValuesNeeded: NameValuesNeeded,

	run.CodeInternal: NameInternal,
}

// Name returns the error name and message that Lambda reports to an invoker for an error of a Function; "", "" for nil.
func Name(err error) (name, message string) {
	if err == nil {
		return "", ""
	}
	e := translate(err)
	return e.Type, e.Message
}

// translate converts an error to the one that Lambda reports. The result must reach the Lambda runtime by value and unwrapped:
// a pointer to it, or an error that wraps it, is reported under the name of its Go type, which no Retry matches.
func translate(err error) messages.InvokeResponse_Error {
	var done messages.InvokeResponse_Error
	if errors.As(err, &done) {
		return done
	}
	code := run.CodeOf(err)
	if code == run.CodeInternal && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)) {
		return messages.InvokeResponse_Error{Type: NameUnavailable, Message: "out of time"}
	}
	name, known := errorNames[code]
	if !known || name == NameInternal {
		return messages.InvokeResponse_Error{Type: NameInternal, Message: "an internal error; its cause is in the function's log"}
	}
	return messages.InvokeResponse_Error{Type: name, Message: string(code) + ": " + run.MessageOf(err)}
}

// logFailure logs an error with its cause and returns its translation, which does not hold the cause.
func logFailure(ctx context.Context, log *slog.Logger, err error) error {
	e := translate(err)
	level := slog.LevelError
	switch e.Type {
	case NameConflict, NameThrottled, NameUnavailable:
		level = slog.LevelWarn
	}
	log.LogAttrs(ctx, level, "invocation failed", slog.String("name", e.Type), slog.Any("error", err))
	return e
}

func badEvent(message string, cause error) error {
	return &run.Error{Code: run.CodeInvalid, Message: message, Err: cause}
}
