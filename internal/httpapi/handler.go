package httpapi

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"

	"davit/internal/run"
)

// actionFunc serves one request of a known caller. An error is written as a problem.
type actionFunc func(w http.ResponseWriter, r *http.Request, caller string) error

// serve returns a handler that calls act for known callers and writes 401 for others.
func (o Options) serve(act actionFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller := CallerOf(r.Context())
		if caller == "" {
			o.writeProblem(w, r, &fault{kind: unauthenticated, detail: "the request carries no identity that Davit takes"})
			return
		}
		if err := act(w, r, caller); err != nil {
			o.writeProblem(w, r, err)
		}
	})
}

// withRequestID returns a handler that sets X-Request-Id, making an id up for a request that has none, and writes a panic of next as a problem.
func (o Options) withRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if RequestIDOf(r.Context()) == "" {
			r = r.WithContext(WithRequestID(r.Context(), newRequestID()))
		}
		w.Header().Set("X-Request-Id", RequestIDOf(r.Context()))
		defer o.recovered(w, r)
		next.ServeHTTP(w, r)
	})
}

// recovered is deferred. It writes a panic as a problem: responses are written whole at the very end, so a panic has not begun one.
func (o Options) recovered(w http.ResponseWriter, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if err, isError := p.(error); isError && errors.Is(err, http.ErrAbortHandler) {
		panic(p) // net/http's own way to drop a connection
	}
	o.logger().ErrorContext(r.Context(), "panic", slog.String("requestId", RequestIDOf(r.Context())), slog.String("stack", string(debug.Stack())))
	o.writeProblem(w, r, fmt.Errorf("panic: %v", p))
}

func newRequestID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails
	return hex.EncodeToString(b[:])
}

// writeJSON writes value as the response, as application/json.
func (o Options) writeJSON(w http.ResponseWriter, r *http.Request, status int, value any) {
	o.write(w, r, status, "application/json", value)
}

func (o Options) write(w http.ResponseWriter, r *http.Request, status int, contentType string, value any) {
	body, err := encode(value)
	if err != nil {
		o.logger().ErrorContext(r.Context(), "answer cannot be encoded", slog.String("requestId", RequestIDOf(r.Context())), slog.Any("error", err))
		status, contentType, body = http.StatusInternalServerError, "application/problem+json", unencodable(r)
	}
	writeBody(w, status, contentType, body)
}

func writeBody(w http.ResponseWriter, status int, contentType string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body) // nothing is left to do for a caller that is gone
}

func unencodable(r *http.Request) []byte {
	return []byte(`{"type":"internal","title":"Davit failed","status":500,"requestId":` + string(quote(RequestIDOf(r.Context()))) + "}\n")
}

// encode writes JSON with <, > and & as they are, and a newline at the end.
func encode(value any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// quote writes a JSON string.
func quote(s string) []byte {
	b, err := encode(s)
	if err != nil {
		return []byte(`""`) // strings always encode
	}
	return bytes.TrimSuffix(b, []byte("\n"))
}

type contextKey int

const (
	callerKey contextKey = iota
	requestIDKey
	registrarKey
	principalKey
)

// WithCaller returns a context that carries who sent the request. Without it, and for "", every route returns 401.
func WithCaller(ctx context.Context, caller string) context.Context {
	return context.WithValue(ctx, callerKey, caller)
}

// CallerOf returns the caller that WithCaller set, "" when there is none.
func CallerOf(ctx context.Context) string {
	caller, _ := ctx.Value(callerKey).(string)
	return caller
}

// WithPrincipal returns a context that carries the person or program behind the caller, and the name of its session. Without it the caller is its own principal.
func WithPrincipal(ctx context.Context, principal, session string) context.Context {
	return context.WithValue(ctx, principalKey, [2]string{principal, session})
}

// submittedBy returns who submits by a request of a caller.
func submittedBy(r *http.Request, caller string) run.SubmittedBy {
	who, _ := r.Context().Value(principalKey).([2]string)
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		address = r.RemoteAddr
	}
	return run.SubmittedBy{Principal: cmp.Or(who[0], caller), Session: who[1], RequestID: RequestIDOf(r.Context()), SourceIP: address}
}

// WithRegistrar returns a context that carries that the caller may register task definitions. A gateway that holds routes to permissions need not
// say so; it matters where more is shown to such a caller.
func WithRegistrar(ctx context.Context) context.Context {
	return context.WithValue(ctx, registrarKey, true)
}

// mayRegister reports whether the context carries that the caller may register task definitions.
func mayRegister(ctx context.Context) bool {
	may, _ := ctx.Value(registrarKey).(bool)
	return may
}

// WithRequestID returns a context that carries the id for the response's X-Request-Id, its problem and the log. For "" it returns ctx, and
// the routes make an id up.
func WithRequestID(ctx context.Context, id string) context.Context {
	if id == "" {
		return ctx
	}
	return context.WithValue(ctx, requestIDKey, id)
}

// RequestIDOf returns the id of the request being served, "" outside of one.
func RequestIDOf(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey).(string)
	return id
}

// WithIdentity is WithCaller and WithRequestID at once, for requests that do not come from a listener.
func WithIdentity(ctx context.Context, caller, requestID string) context.Context {
	return WithRequestID(WithCaller(ctx, caller), requestID)
}
