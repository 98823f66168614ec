package httpapi_test

import (
	"bytes"
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"davit/internal/httpapi"
	"davit/internal/run"
)

// domainCodes reads the closed set of codes from the source, so that a new one cannot be forgotten here.
func domainCodes(t *testing.T) []run.Code {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../run/errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var codes []run.Code
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, "Code") {
			return true
		}
		if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, run.Code(text))
		}
		return true
	})
	return codes
}

func TestEveryCodeHasItsProblem(t *testing.T) {
	type answer struct {
		status     int
		kind       string
		retryAfter bool
	}
	want := map[run.Code]answer{
		run.CodeInvalid:     {400, "invalid-request", false},
		run.CodeTooLarge:    {413, "too-large", false},
		run.CodeNotFound:    {404, "not-found", false},
		run.CodeKeyReused:   {422, "key-reused", false},
		run.CodeConflict:    {503, "conflict", true},
		run.CodeThrottled:   {429, "throttled", true},
		run.CodeUnavailable: {503, "unavailable", true},
		run.CodeNotRecorded: {503, "not-recorded", true},
		run.CodeForbidden:   {403, "forbidden", false},
		run.CodeWrongState:  {409, "wrong-state", false},
		run.CodeInternal:    {500, "internal", false},
	}
	want[run.CodeValuesNeeded] = answer{422, "values-needed", false}
	violations := []run.Violation{{Field: "/count", Rule: "RT-03", Detail: "1 to 10"}}
	codes := domainCodes(t)
	if len(codes) != len(want) {
		t.Fatalf("the domain has %d codes, this table %d", len(codes), len(want))
	}
	for _, code := range codes {
		t.Run(string(code), func(t *testing.T) {
			var log bytes.Buffer
			c := &cases{t: t, get: func(string, string) (*run.Run, error) {
				return nil, &run.Error{Code: code, Message: "what a caller may read", Err: errors.New("dial tcp 10.1.2.3"), Violations: violations}
			}}
			w := call{method: "GET", target: "/runs/" + runID}.to(c.handler(httpapi.Options{Log: slog.New(slog.NewTextHandler(&log, nil))}))
			p := wantProblem(t, w, want[code].status, want[code].kind)
			if got := w.Header().Get("Retry-After"); (got != "") != want[code].retryAfter {
				t.Errorf("got Retry-After %q, want one: %t", got, want[code].retryAfter)
			}
			if strings.Contains(w.Body.String(), "10.1.2.3") {
				t.Errorf("the cause got out: %s", w.Body)
			}
			shown := httpapi.Problem{Detail: "what a caller may read", Errors: violations}
			if code == run.CodeInternal {
				shown = httpapi.Problem{}
			}
			if diff := cmp.Diff(shown, httpapi.Problem{Detail: p.Detail, Errors: p.Errors}); diff != "" {
				t.Errorf("detail and errors (-want +got):\n%s", diff)
			}
			logged := strings.Contains(log.String(), "10.1.2.3") && strings.Contains(log.String(), "requestId=request-1")
			if want := w.Code >= 500 || w.Code == 429; logged != want {
				t.Errorf("status %d: logged with the cause and the request id: %t, want %t", w.Code, logged, want)
			}
		})
	}
}

func TestForeignErrorsStayInside(t *testing.T) {
	var log bytes.Buffer
	c := &cases{t: t, list: func(run.ListRequest) (run.List, error) { return run.List{}, errors.New("secret text") }}
	w := call{method: "GET", target: "/runs"}.to(c.handler(httpapi.Options{Log: slog.New(slog.NewTextHandler(&log, nil))}))
	want := `{"type":"internal","title":"Davit failed","status":500,"requestId":"request-1"}` + "\n"
	wantProblem(t, w, http.StatusInternalServerError, "internal")
	wantBody(t, w, want)
	if !strings.Contains(log.String(), "secret text") {
		t.Errorf("the cause is not in the log: %s", log.String())
	}
}

func TestOutOfTimeIsUnavailable(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	c := &cases{t: t, get: func(string, string) (*run.Run, error) { return nil, ctx.Err() }}
	q := call{method: "GET", target: "/runs/" + runID}.request()
	w := record(c.handler(httpapi.Options{}), q.WithContext(httpapi.WithIdentity(ctx, caller, "r")))
	wantProblem(t, w, http.StatusServiceUnavailable, "unavailable")
}

func TestPanicIsAProblem(t *testing.T) {
	var log bytes.Buffer
	c := &cases{t: t, get: func(string, string) (*run.Run, error) { panic("secret text") }}
	w := call{method: "GET", target: "/runs/" + runID}.to(c.handler(httpapi.Options{Log: slog.New(slog.NewTextHandler(&log, nil))}))
	wantProblem(t, w, http.StatusInternalServerError, "internal")
	if strings.Contains(w.Body.String(), "secret") {
		t.Errorf("the panic is shown: %s", w.Body)
	}
	for _, want := range []string{"panic: secret text", "problem_test.go"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%q is not in the log: %s", want, log.String())
		}
	}
}

func TestAbortedHandlerStaysAborted(t *testing.T) {
	c := &cases{t: t, get: func(string, string) (*run.Run, error) { panic(http.ErrAbortHandler) }}
	defer func() {
		if err, isError := recover().(error); !isError || !errors.Is(err, http.ErrAbortHandler) {
			t.Error("the abort was swallowed")
		}
	}()
	call{method: "GET", target: "/runs/" + runID}.to(c.handler(httpapi.Options{}))
	t.Error("the connection was not dropped")
}

// A record that cannot be encoded must not go out in part.
func TestUnencodableAnswer(t *testing.T) {
	c := &cases{t: t, get: func(string, string) (*run.Run, error) {
		p := run.DefaultPolicy()
		p.Retry.BackoffRate = 1 / zero
		return &run.Run{ID: runID, Policy: p}, nil
	}}
	wantProblem(t, call{method: "GET", target: "/runs/" + runID}.to(c.handler(httpapi.Options{})), http.StatusInternalServerError, "internal")
}

var zero float64

func TestNobodyIsUnauthenticated(t *testing.T) {
	h := (&cases{t: t}).handler(httpapi.Options{})
	for _, q := range []call{
		{method: "POST", target: "/runs", body: "{}"}, {method: "GET", target: "/runs"}, {method: "GET", target: "/runs/" + runID},
		{method: "POST", target: "/runs/" + runID + "/stop"}, {method: "POST", target: "/task-definitions", body: "{}"},
	} {
		r := q.request()
		w := record(h, r.WithContext(context.Background()))
		if p := wantProblem(t, w, http.StatusUnauthorized, "unauthenticated"); len(p.RequestID) != 24 {
			t.Errorf("the request id made up is %q", p.RequestID)
		}
	}
}
