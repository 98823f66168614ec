package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"davit/internal/httpapi"
	"davit/internal/logs"
	"davit/internal/run"
	"davit/internal/taskdef"
)

const (
	runID  = "abcdefghijklmnopqrstuvwxyz"
	caller = "arn:aws:iam::123456789012:role/team"
)

// by is who submits by the requests of call.
var by = run.SubmittedBy{Principal: caller, RequestID: "request-1", SourceIP: "192.0.2.1"}

// cases is every use case as functions; one that is nil must not be called.
type cases struct {
	t        *testing.T
	submit   func(run.SubmitRequest) (run.SubmitResult, error)
	get      func(caller, id string) (*run.Run, error)
	list     func(run.ListRequest) (run.List, error)
	logs     func(logs.Request) (logs.Page, error)
	stop     func(run.StopRequest) (*run.Run, error)
	rerun    func(run.RerunRequest) (run.SubmitResult, error)
	register func([]byte) (taskdef.RegisterResult, error)

	describe, deregister func(name string) (taskdef.Definition, error)
	listDefinitions      func(taskdef.ListRequest) (taskdef.List, error)
}

func (c *cases) Submit(_ context.Context, req run.SubmitRequest) (run.SubmitResult, error) {
	if c.submit == nil {
		c.t.Error("Submit was called")
		return run.SubmitResult{}, nil
	}
	return c.submit(req)
}

func (c *cases) Get(_ context.Context, caller, id string) (*run.Run, error) {
	if c.get == nil {
		c.t.Error("Get was called")
		return &run.Run{}, nil
	}
	return c.get(caller, id)
}

func (c *cases) List(_ context.Context, req run.ListRequest) (run.List, error) {
	if c.list == nil {
		c.t.Error("List was called")
		return run.List{}, nil
	}
	return c.list(req)
}

func (c *cases) Logs(_ context.Context, req logs.Request) (logs.Page, error) {
	if c.logs == nil {
		c.t.Error("Logs was called")
		return logs.Page{}, nil
	}
	return c.logs(req)
}

func (c *cases) Stop(_ context.Context, req run.StopRequest) (*run.Run, error) {
	if c.stop == nil {
		c.t.Error("Stop was called")
		return &run.Run{}, nil
	}
	return c.stop(req)
}

func (c *cases) Rerun(_ context.Context, req run.RerunRequest) (run.SubmitResult, error) {
	if c.rerun == nil {
		c.t.Error("Rerun was called")
		return run.SubmitResult{Run: &run.Run{}}, nil
	}
	return c.rerun(req)
}

func (c *cases) Register(_ context.Context, body []byte) (taskdef.RegisterResult, error) {
	if c.register == nil {
		c.t.Error("Register was called")
		return taskdef.RegisterResult{}, nil
	}
	return c.register(body)
}

func (c *cases) Describe(_ context.Context, name string) (taskdef.Definition, error) {
	if c.describe == nil {
		c.t.Error("Describe was called")
		return taskdef.Definition{}, nil
	}
	return c.describe(name)
}

func (c *cases) DescribeValues(_ context.Context, name string) (taskdef.Definition, error) {
	if c.describe == nil {
		c.t.Error("DescribeValues was called")
		return taskdef.Definition{}, nil
	}
	return c.describe(name)
}

func (c *cases) Deregister(_ context.Context, name string) (taskdef.Definition, error) {
	if c.deregister == nil {
		c.t.Error("Deregister was called")
		return taskdef.Definition{}, nil
	}
	return c.deregister(name)
}

func (c *cases) ListDefinitions(_ context.Context, req taskdef.ListRequest) (taskdef.List, error) {
	if c.listDefinitions == nil {
		c.t.Error("ListDefinitions was called")
		return taskdef.List{}, nil
	}
	return c.listDefinitions(req)
}

func (c *cases) handler(o httpapi.Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return httpapi.Routes{
		Submit: httpapi.Submit(c, o), Get: httpapi.Get(c, o), List: httpapi.List(c, o),
		Logs: httpapi.Output(c, o), Stop: httpapi.Stop(c, o), Rerun: httpapi.Rerun(c, o), Register: httpapi.Register(c, o),
		Describe: httpapi.Describe(c, o), Values: httpapi.Values(c, o), Deregister: httpapi.Deregister(c, o), ListDefinitions: httpapi.ListDefinitions(c, o),
	}.Handler(o)
}

// call is one request. The caller is known, and the body is JSON unless header has another Content-Type.
type call struct {
	method string
	target string
	body   string
	header http.Header
}

func (q call) request() *http.Request {
	r := httptest.NewRequest(q.method, "http://davit.test/", strings.NewReader(q.body))
	path, query, _ := strings.Cut(q.target, "?")
	r.URL.Path, r.URL.RawQuery = path, query
	if q.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, values := range q.header {
		r.Header[name] = values
	}
	return r.WithContext(httpapi.WithIdentity(r.Context(), caller, "request-1"))
}

func (q call) to(h http.Handler) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, q.request())
	return w
}

// wantProblem checks the shape that every problem has, and returns it.
func wantProblem(t *testing.T, w *httptest.ResponseRecorder, status int, kind string) httpapi.Problem {
	t.Helper()
	var p httpapi.Problem
	d := json.NewDecoder(bytes.NewReader(w.Body.Bytes()))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		t.Fatalf("status %d, body %q: %v", w.Code, w.Body, err)
	}
	wantStatus(t, w, status)
	wantHeader(t, w, "Content-Type", "application/problem+json")
	want := httpapi.Problem{Type: kind, Status: status, Title: p.Title, Detail: p.Detail, RequestID: w.Header().Get("X-Request-Id"), Errors: p.Errors}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("problem (-want +got):\n%s", diff)
	}
	if p.Title == "" {
		t.Error("the problem has no title")
	}
	if p.RequestID == "" {
		t.Error("the problem has no requestId")
	}
	return p
}

func wantStatus(t *testing.T, w *httptest.ResponseRecorder, want int) {
	t.Helper()
	if w.Code != want {
		t.Errorf("got status %d, want %d: %s", w.Code, want, w.Body)
	}
}

// wantHeader checks a header; want "" is one that is not there.
func wantHeader(t *testing.T, w *httptest.ResponseRecorder, name, want string) {
	t.Helper()
	if got := w.Header().Get(name); got != want {
		t.Errorf("got %s %q, want %q", name, got, want)
	}
}

func wantBody(t *testing.T, w *httptest.ResponseRecorder, want string) {
	t.Helper()
	if diff := cmp.Diff(want, w.Body.String()); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

// wantErrors checks the problem's errors, as "field rule".
func wantErrors(t *testing.T, p httpapi.Problem, want ...string) {
	t.Helper()
	var got []string
	for _, e := range p.Errors {
		if e.Detail == "" {
			t.Errorf("%s %s has no detail", e.Field, e.Rule)
		}
		got = append(got, strings.TrimSpace(e.Field+" "+e.Rule))
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

func record(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

type brokenBody struct{}

func (brokenBody) Read([]byte) (int, error) {
	return 0, errors.New("read tcp 10.0.0.1: connection reset")
}
func (brokenBody) Close() error { return nil }
