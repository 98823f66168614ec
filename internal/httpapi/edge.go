package httpapi

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
)

// action serves one request of a known caller, or says what is wrong with it.
type action func(w http.ResponseWriter, r *http.Request, caller string) error

// serve makes an action a handler: callers that are not known get 401, errors become problems.
func (o Options) serve(act action) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller := CallerOf(r.Context())
		if caller == "" {
			o.fail(w, r, &fault{kind: unauthenticated, detail: "the request carries no identity that Davit takes"})
			return
		}
		if err := act(w, r, caller); err != nil {
			o.fail(w, r, err)
		}
	})
}

// edge gives every request an id, and turns a panic into a problem.
func (o Options) edge(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if RequestIDOf(r.Context()) == "" {
			r = r.WithContext(WithRequestID(r.Context(), newRequestID()))
		}
		w.Header().Set("X-Request-Id", RequestIDOf(r.Context()))
		defer o.recovered(w, r)
		next.ServeHTTP(w, r)
	})
}

// recovered is deferred. Answers are sent whole at the very end, so a panic has not begun one.
func (o Options) recovered(w http.ResponseWriter, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if err, isError := p.(error); isError && errors.Is(err, http.ErrAbortHandler) {
		panic(p) // net/http's own way to drop a connection
	}
	o.logger().ErrorContext(r.Context(), "panic", slog.String("requestId", RequestIDOf(r.Context())), slog.String("stack", string(debug.Stack())))
	o.fail(w, r, fmt.Errorf("panic: %v", p))
}

func newRequestID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails
	return hex.EncodeToString(b[:])
}

// answer sends a value as JSON.
func (o Options) answer(w http.ResponseWriter, r *http.Request, status int, value any) {
	o.send(w, r, status, "application/json", value)
}

func (o Options) send(w http.ResponseWriter, r *http.Request, status int, contentType string, value any) {
	body, err := encode(value)
	if err != nil {
		o.logger().ErrorContext(r.Context(), "answer cannot be encoded", slog.String("requestId", RequestIDOf(r.Context())), slog.Any("error", err))
		status, contentType, body = http.StatusInternalServerError, "application/problem+json", unencodable(r)
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a caller that is gone cannot be told
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
