package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"davit/internal/run"
)

// Problem is an RFC 9457 problem. It holds no internal text and no other caller's data.
type Problem struct {
	Type      string          `json:"type"` // a stable URI reference, one a kind: the first column of the tables below
	Title     string          `json:"title"`
	Status    int             `json:"status"`
	Detail    string          `json:"detail,omitempty"`
	RequestID string          `json:"requestId,omitempty"`
	Errors    []run.Violation `json:"errors,omitempty"`
}

// kind is one type of problem. Its answer carries Retry-After when retryAfter, in seconds, is not 0.
type kind struct {
	name       string
	status     int
	title      string
	retryAfter int
}

// kinds maps the domain's codes to HTTP. Codes missing from it are reported as internal errors.
var kinds = map[run.Code]kind{
	run.CodeInvalid:     {name: "invalid-request", status: http.StatusBadRequest, title: "The request breaks one or more rules"},
	run.CodeTooLarge:    {name: "too-large", status: http.StatusRequestEntityTooLarge, title: "The request is over a size limit"},
	run.CodeNotFound:    {name: "not-found", status: http.StatusNotFound, title: "There is no such thing here"},
	run.CodeKeyReused:   {name: "key-reused", status: http.StatusUnprocessableEntity, title: "The idempotency key belongs to another request"},
	run.CodeConflict:    {name: "conflict", status: http.StatusServiceUnavailable, title: "Others were faster, more than once", retryAfter: 1},
	run.CodeThrottled:   {name: "throttled", status: http.StatusTooManyRequests, title: "Too many requests", retryAfter: 2},
	run.CodeUnavailable: {name: "unavailable", status: http.StatusServiceUnavailable, title: "A service did not answer", retryAfter: 5},
	run.CodeNotRecorded: {name: "not-recorded", status: http.StatusServiceUnavailable, title: "Nothing was recorded", retryAfter: 5},
	run.CodeValuesNeeded: {
		name: "values-needed", status: http.StatusUnprocessableEntity, title: "Values have to be given anew",
	},
	run.CodeForbidden:  {name: "forbidden", status: http.StatusForbidden, title: "This is not allowed"},
	run.CodeWrongState: {name: "wrong-state", status: http.StatusConflict, title: "The run's state does not allow this"},
	run.CodeInternal:   {name: "internal", status: http.StatusInternalServerError, title: "Davit failed"},
}

// Kinds that only HTTP knows.
var (
	unauthenticated  = kind{name: "unauthenticated", status: http.StatusUnauthorized, title: "It is not known who asks"}
	methodNotAllowed = kind{name: "method-not-allowed", status: http.StatusMethodNotAllowed, title: "The path does not take this method"}
	wrongMediaType   = kind{name: "unsupported-media-type", status: http.StatusUnsupportedMediaType, title: "The body is not application/json"}
)

// fault is an error found before any use case is called. Its detail is for the caller.
type fault struct {
	kind       kind
	detail     string
	violations []run.Violation
}

func (f *fault) Error() string { return f.kind.name + ": " + f.detail }

func invalid(violations ...run.Violation) *fault {
	return &fault{kind: kinds[run.CodeInvalid], detail: "the request breaks the rules named in errors", violations: violations}
}

// faultOf returns the kind of an error and what the caller may read of it. All errors are translated here.
func faultOf(ctx context.Context, err error) fault {
	var own *fault
	if errors.As(err, &own) {
		return *own
	}
	code := run.CodeOf(err)
	if code == run.CodeInternal && ctx.Err() != nil {
		code = run.CodeUnavailable // out of time, or the caller is gone
	}
	k, known := kinds[code]
	if !known || code == run.CodeInternal {
		return fault{kind: kinds[run.CodeInternal]}
	}
	return fault{kind: k, detail: run.MessageOf(err), violations: run.ViolationsOf(err)}
}

// writeProblem writes err as a problem. It logs err: at level error when Davit failed, warn when a retry may help, debug otherwise.
func (o Options) writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	f := faultOf(r.Context(), err)
	o.logFault(r, f, err)
	if f.kind.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.kind.retryAfter))
	}
	o.write(w, r, f.kind.status, "application/problem+json", Problem{
		Type: f.kind.name, Title: f.kind.title, Status: f.kind.status,
		Detail: f.detail, RequestID: RequestIDOf(r.Context()), Errors: f.violations,
	})
}

func (o Options) logFault(r *http.Request, f fault, err error) {
	level := slog.LevelDebug
	switch {
	case f.kind.status == http.StatusInternalServerError:
		level = slog.LevelError
	case f.kind.retryAfter > 0:
		level = slog.LevelWarn
	}
	o.logger().LogAttrs(r.Context(), level, "request failed",
		slog.String("type", f.kind.name), slog.String("method", r.Method), slog.String("path", r.URL.Path),
		slog.String("requestId", RequestIDOf(r.Context())), slog.Any("error", err))
}
