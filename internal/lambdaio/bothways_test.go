package lambdaio_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"davit/internal/httpapi"
	"davit/internal/lambdaio"
	"davit/internal/run"
	"davit/internal/taskdef"
)

// domain is a fake of every use case that returns one run, or err.
type domain struct{ err error }

func (d domain) run() *run.Run {
	return &run.Run{ID: runID, Status: run.Running, Key: "kéy", CreatedAt: time.Unix(1767323045, 0), Request: []byte(`{"environment":[{"value":"v"}]}`)}
}

func (d domain) Submit(_ context.Context, req run.SubmitRequest) (run.SubmitResult, error) {
	return run.SubmitResult{Run: d.run(), Replayed: req.HasKey}, d.err
}
func (d domain) Get(context.Context, string, string) (*run.Run, error) { return d.run(), d.err }
func (d domain) List(context.Context, run.ListRequest) (run.List, error) {
	return run.List{Runs: []*run.Run{d.run()}, NextCursor: "next"}, d.err
}
func (d domain) Stop(context.Context, run.StopRequest) (*run.Run, error) { return d.run(), d.err }
func (d domain) Register(context.Context, []byte) (taskdef.RegisterResult, error) {
	return taskdef.RegisterResult{Definition: []byte(`{"family":"a"}`)}, d.err
}

func (d domain) Describe(_ context.Context, name string) (taskdef.Definition, error) {
	return taskdef.Definition{Definition: []byte(`{"family":"` + name + `"}`), Tags: []taskdef.Tag{}}, d.err
}

func (d domain) DescribeValues(ctx context.Context, name string) (taskdef.Definition, error) {
	return d.Describe(ctx, name)
}

func (d domain) Deregister(ctx context.Context, name string) (taskdef.Definition, error) {
	return d.Describe(ctx, name)
}
func (d domain) ListDefinitions(context.Context, taskdef.ListRequest) (taskdef.List, error) {
	return taskdef.List{NextCursor: "next"}, d.err
}

func (d domain) handler() http.Handler {
	o := httpapi.Options{Log: quiet}
	return httpapi.Routes{
		Submit: httpapi.Submit(d, o), Get: httpapi.Get(d, o), List: httpapi.List(d, o),
		Stop: httpapi.Stop(d, o), Register: httpapi.Register(d, o),
		Describe: httpapi.Describe(d, o), Values: httpapi.Values(d, o), Deregister: httpapi.Deregister(d, o), ListDefinitions: httpapi.ListDefinitions(d, o),
	}.Handler(o)
}

// seen is the part of an answer that a client sees.
type seen struct {
	Status int
	Header map[string]string
	Body   string
}

func header(get func(name string) string) map[string]string {
	h := map[string]string{}
	for _, name := range []string{"Content-Type", "Location", "Allow", "Retry-After", "Idempotent-Replayed", "X-Request-Id", "Cache-Control"} {
		h[name] = get(name)
	}
	return h
}

// byListener makes a request to a server.
func byListener(t *testing.T, server *httptest.Server, q httpCall) seen {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), q.method, server.URL, strings.NewReader(q.body))
	if err != nil {
		t.Fatal(err)
	}
	r.URL.Path, r.URL.RawQuery = q.path, q.query
	for name, value := range q.header {
		r.Header.Set(name, value)
	}
	res, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return seen{res.StatusCode, header(res.Header.Get), string(body)}
}

// byEvent makes a request with an event of API Gateway.
func byEvent(t *testing.T, f lambdaio.Function, q httpCall) seen {
	t.Helper()
	res := invoke(t, f, event(t, func(e *lambdaio.HTTPEvent) {
		e.RawPath, e.RawQueryString, e.Body = (&url.URL{Path: q.path}).EscapedPath(), q.query, q.body
		e.RequestContext.HTTP.Method = q.method
		e.RequestContext.RequestID = "request-1"
		e.Headers = map[string]string{}
		for name, value := range q.header {
			e.Headers[strings.ToLower(name)] = value
		}
	}))
	return seen{res.StatusCode, header(func(name string) string { return res.Headers[strings.ToLower(name)] }), res.Body}
}

const definitionARN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/a:1"

// HTTP APIs decode the path and clients encode it differently: every encoding of a name is the same path.
func TestPathsHoweverEncoded(t *testing.T) {
	f := lambdaio.HTTP(domain{}.handler(), lambdaio.HTTPOptions{
		Caller: func(lambdaio.HTTPEvent) (string, error) { return "team", nil }, Context: httpapi.WithIdentity, Log: quiet,
	})
	for raw, want := range map[string]string{
		"a:1": "a:1", "a%3A1": "a:1", "%61:1": "a:1",
		definitionARN: definitionARN, url.PathEscape(definitionARN): definitionARN, url.QueryEscape(definitionARN): definitionARN,
	} {
		res := invoke(t, f, event(t, func(e *lambdaio.HTTPEvent) {
			e.RawPath, e.RequestContext.HTTP.Method = "/task-definitions/"+raw, "GET"
		}))
		if res.StatusCode != http.StatusOK || !strings.Contains(res.Body, `"`+want+`"`) {
			t.Errorf("%s: %d %s", raw, res.StatusCode, res.Body)
		}
	}
}

type httpCall struct {
	method, path, query, body string
	header                    map[string]string
}

func TestOneHandlerServedBothWays(t *testing.T) {
	isJSON := map[string]string{"Content-Type": "application/json"}
	calls := []httpCall{
		{method: "POST", path: "/runs", body: `{}`, header: isJSON},
		{method: "POST", path: "/runs", query: "dryRun=true", body: `{}`, header: isJSON},
		{method: "POST", path: "/runs", body: `{}`, header: map[string]string{"Content-Type": "application/json", "Idempotency-Key": "a, b"}},
		{method: "POST", path: "/runs", body: `{}`, header: map[string]string{"Content-Type": "text/plain"}},
		{method: "POST", path: "/runs", body: `{}`},
		{method: "POST", path: "/runs"},
		{method: "POST", path: "/runs", body: strings.Repeat(" ", 256<<10+1), header: isJSON},
		{method: "GET", path: "/runs"},
		{method: "GET", path: "/runs", query: "limit=0&status=%zz&x"},
		{method: "GET", path: "/runs/" + runID},
		{method: "HEAD", path: "/runs/" + runID},
		{method: "HEAD", path: "/nowhere"},
		{method: "GET", path: "/runs/\xff"},
		{method: "GET", path: "/runs/a b/%/?"},
		{method: "GET", path: "//runs"},
		{method: "GET", path: "/runs/../runs"},
		{method: "DELETE", path: "/runs"},
		{method: "POST", path: "/runs/" + runID + "/stop"},
		{method: "POST", path: "/runs/" + runID + "/stop", body: `{"reason":"é"}`, header: isJSON},
		{method: "POST", path: "/runs/" + runID + "/stop", body: "{\"reason\":\"x\",\"y\":1}", header: isJSON},
		{method: "POST", path: "/task-definitions", body: `{}`, header: isJSON},
		{method: "GET", path: "/task-definitions", query: "limit=3&familyPrefix=%61"},
		{method: "HEAD", path: "/task-definitions"},
		{method: "GET", path: "/task-definitions/a:1"},
		{method: "GET", path: "/task-definitions/" + definitionARN},
		{method: "PUT", path: "/task-definitions/" + definitionARN},
		{method: "POST", path: "/task-definitions/" + definitionARN + "/deregister"},
		{method: "POST", path: "/task-definitions/a:1/deregister", body: `{}`, header: isJSON},
	}
	errs := map[string]error{
		"":          nil,
		"not found": &run.Error{Code: run.CodeNotFound, Message: "no such run"},
		"throttled": &run.Error{Code: run.CodeThrottled, Message: "slow down"},
		"internal":  &run.Error{Code: run.CodeInternal, Message: "secret"},
	}
	for name, err := range errs {
		h := domain{err}.handler()
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h.ServeHTTP(w, r.WithContext(httpapi.WithIdentity(r.Context(), "team", "request-1")))
		}))
		server.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		f := lambdaio.HTTP(h, lambdaio.HTTPOptions{
			Caller:  func(lambdaio.HTTPEvent) (string, error) { return "team", nil },
			Context: httpapi.WithIdentity,
			Log:     quiet,
		})
		for _, q := range calls {
			if err != nil && len(q.body) > 256<<10 {
				continue // the use case is not asked, and the server takes its time to drop the rest
			}
			local, lambda := byListener(t, server, q), byEvent(t, f, q)
			if diff := cmp.Diff(local, lambda); diff != "" {
				t.Errorf("%s: %s %s?%s (-listener +event):\n%s", name, q.method, q.path, q.query, diff)
			}
			if err != nil && local.Status < 400 {
				t.Errorf("%s: %s %s answers %d", name, q.method, q.path, local.Status)
			}
		}
		server.Close()
	}
}
