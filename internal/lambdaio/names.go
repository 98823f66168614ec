package lambdaio

import (
	"context"
	"errors"
	"log/slog"

	"github.com/aws/aws-lambda-go/lambda/messages"

	"davit/internal/run"
)

// The names under which a Function's errors leave. The state machine repeats Conflict, Throttled and
// Unavailable at length, the rest a few times; whoever invokes for an event has its own rule for all of them.
const (
	NameConflict    = "Davit.Conflict"
	NameThrottled   = "Davit.Throttled"
	NameUnavailable = "Davit.Unavailable"
	NameBadEvent    = "Davit.BadEvent" // the payload is not what the function takes
	NameTooLarge    = "Davit.TooLarge"
	NameNotFound    = "Davit.NotFound"
	NameKeyReused   = "Davit.KeyReused"
	NameForbidden   = "Davit.Forbidden"
	NameInternal    = "Davit.Internal"
)

// errorNames is the one table from the domain's codes. Whatever is not in it is internal.
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
	run.CodeInternal:    NameInternal,
}

// Name is the error name and message that an invoker sees of an error that a Function returned, as Lambda
// reports them; "", "" for nil.
func Name(err error) (name, message string) {
	if err == nil {
		return "", ""
	}
	e := translate(err)
	return e.Type, e.Message
}

// translate is the one translation of errors. What it returns must reach the Lambda runtime by value and unwrapped:
// a pointer to it, or an error around it, is reported under the name of its Go type, which no Retry matches.
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

// logFailure translates an error and logs it with its cause, which goes nowhere else.
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
