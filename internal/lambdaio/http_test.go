package lambdaio_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"davit/internal/lambdaio"
)

// response is an answer in API Gateway's format.
type response struct {
	StatusCode      int
	Headers         map[string]string
	Cookies         []string
	Body            string
	IsBase64Encoded bool
}

func invoke(t *testing.T, f lambdaio.Function, payload []byte) response {
	t.Helper()
	answer, err := f(t.Context(), payload)
	if err != nil {
		t.Fatal(err)
	}
	var res response
	if err := json.Unmarshal(answer, &res); err != nil {
		t.Fatalf("%s: %v", answer, err)
	}
	return res
}

// event returns a request of GET /runs, changed by with.
func event(t *testing.T, change func(e *lambdaio.HTTPEvent)) []byte {
	t.Helper()
	e := lambdaio.HTTPEvent{Version: "2.0", RawPath: "/runs"}
	e.RequestContext.Stage = "$default"
	e.RequestContext.HTTP.Method = "GET"
	if change != nil {
		change(&e)
	}
	payload, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

func TestRequestOfAnEvent(t *testing.T) {
	var got *http.Request
	var body []byte
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body) // in memory
	})
	invoke(t, lambdaio.HTTP(h, lambdaio.HTTPOptions{}), testdata(t, "submit.json"))
	want := map[string]string{
		"method": "POST", "url": "/runs?dryRun=false", "uri": "/runs?dryRun=false", "proto": "HTTP/1.1 1.1",
		"host": "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com", "from": "203.0.113.7:0", "length": "29", "body": `{"taskDefinition":"nightly"}` + "\n",
		"key": "nightly-2026-01-02", "type": "application/json", "cookie": "a=1; b=2", "host header": "",
	}
	have := map[string]string{
		"method": got.Method, "url": got.URL.String(), "uri": got.RequestURI, "proto": fmt.Sprintf("%s %d.%d", got.Proto, got.ProtoMajor, got.ProtoMinor),
		"host": got.Host, "from": got.RemoteAddr, "length": fmt.Sprint(got.ContentLength), "body": string(body),
		"key": got.Header.Get("Idempotency-Key"), "type": got.Header.Get("Content-Type"), "cookie": got.Header.Get("Cookie"), "host header": got.Header.Get("Host"),
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPathsOfEvents(t *testing.T) {
	var got string
	f := lambdaio.HTTP(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.URL.Path }), lambdaio.HTTPOptions{})
	for _, test := range []struct{ stage, raw, want string }{
		{"$default", "/runs", "/runs"},
		{"$default", "/prod/runs", "/prod/runs"},
		{"", "/runs", "/runs"},
		{"prod", "/prod/runs", "/runs"},
		{"prod", "/prod", "/"},
		{"prod", "/prod/", "/"},
		{"prod", "/prod//runs", "//runs"},
		{"prod", "/production/runs", "/production/runs"},
		{"prod", "/runs", "/runs"},
		{"$default", "//runs", "//runs"},
		{"$default", "/runs/a%2Fb%20c", "/runs/a/b c"},
		{"$default", "/runs/a b", "/runs/a b"},
		{"$default", "/runs/%zz", "/runs/%zz"},
		{"$default", "/runs/%", "/runs/%"},
		{"$default", "/http://x:y/", "/http://x:y/"},
	} {
		invoke(t, f, event(t, func(e *lambdaio.HTTPEvent) { e.RequestContext.Stage, e.RawPath = test.stage, test.raw }))
		if got != test.want {
			t.Errorf("stage %q, %q: path %q, want %q", test.stage, test.raw, got, test.want)
		}
	}
}

func TestBodiesOfEvents(t *testing.T) {
	f := lambdaio.HTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // in memory
		_, _ = fmt.Fprintf(w, "%q", body)
	}), lambdaio.HTTPOptions{})
	for _, test := range []struct {
		body   string
		base64 bool
		want   string
	}{
		{"", false, `""`},
		{"", true, `""`},
		{"YQ==", false, `"YQ=="`},
		{"YQ==", true, `"a"`},
		{"//79", true, `"\xff\xfe\xfd"`},
	} {
		res := invoke(t, f, event(t, func(e *lambdaio.HTTPEvent) { e.Body, e.IsBase64Encoded = test.body, test.base64 }))
		if res.Body != test.want {
			t.Errorf("%q, base64 %t: handler read %s, want %s", test.body, test.base64, res.Body, test.want)
		}
	}
}

func TestAnswersToEvents(t *testing.T) {
	tests := []struct {
		name   string
		method string
		h      http.HandlerFunc
		want   response
	}{
		{"nothing", "GET", func(http.ResponseWriter, *http.Request) {}, response{StatusCode: 200, Headers: map[string]string{}}},
		{"text, its type found out", "GET", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hé") },
			response{StatusCode: 200, Headers: map[string]string{"content-type": "text/plain; charset=utf-8"}, Body: "hé"}},
		{"bytes", "GET", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = w.Write([]byte{0xff, 0xfe, 0xfd})
		}, response{StatusCode: 200, Headers: map[string]string{"content-type": "application/octet-stream"}, Body: "//79", IsBase64Encoded: true}},
		{"cookies and repeated headers", "GET", func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Set-Cookie"] = []string{"a=1, 2", "b=3"}
			w.Header()["Vary"] = []string{"Accept", "Origin"}
			w.WriteHeader(http.StatusNoContent)
		}, response{StatusCode: 204, Headers: map[string]string{"vary": "Accept, Origin"}, Cookies: []string{"a=1, 2", "b=3"}}},
		{"the first status counts, later headers do not", "GET", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(http.StatusTeapot)
			w.WriteHeader(http.StatusOK)
			w.Header().Set("Late", "x")
		}, response{StatusCode: 418, Headers: map[string]string{}}},
		{"HEAD", "HEAD", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "4")
			_, _ = io.WriteString(w, "body")
		}, response{StatusCode: 200, Headers: map[string]string{"content-type": "text/plain; charset=utf-8"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := lambdaio.HTTP(test.h, lambdaio.HTTPOptions{})
			got := invoke(t, f, event(t, func(e *lambdaio.HTTPEvent) { e.RequestContext.HTTP.Method = test.method }))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestMalformedHTTPEvents(t *testing.T) {
	f := lambdaio.HTTP(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s was served", r.URL) }), lambdaio.HTTPOptions{Log: quiet})
	payloads := map[string][]byte{
		"nothing": nil, "not JSON": []byte("{"), "null": []byte("null"), "array": []byte("[]"), "empty": []byte("{}"),
		"types":             []byte(`{"version":2.0,"rawPath":[]}`),
		"null header":       []byte(`{"version":"2.0","rawPath":"/","headers":{"a":["b"]},"requestContext":{"http":{"method":"GET"}}}`),
		"payload 1.0":       []byte(`{"version":"1.0","path":"/runs","httpMethod":"GET","requestContext":{}}`),
		"a task":            testdata(t, "task-state-change.json"),
		"no method":         event(t, func(e *lambdaio.HTTPEvent) { e.RequestContext.HTTP.Method = "" }),
		"method of a space": event(t, func(e *lambdaio.HTTPEvent) { e.RequestContext.HTTP.Method = "GET /" }),
		"no path":           event(t, func(e *lambdaio.HTTPEvent) { e.RawPath = "" }),
		"path of a host":    event(t, func(e *lambdaio.HTTPEvent) { e.RawPath = "http://x/" }),
		"body not base64":   event(t, func(e *lambdaio.HTTPEvent) { e.Body, e.IsBase64Encoded = "%", true }),
	}
	for name, payload := range payloads {
		answer, err := f(t.Context(), payload)
		if nameOf(err) != lambdaio.NameBadEvent || answer != nil {
			t.Errorf("%s: error %v, answer %s", name, err, answer)
		}
	}
}

func TestWhoAsks(t *testing.T) {
	type contextKey struct{}
	var authorizer string
	var fails error
	o := lambdaio.HTTPOptions{
		Log: quiet,
		Caller: func(e lambdaio.HTTPEvent) (string, error) {
			authorizer = string(e.RequestContext.Authorizer)
			return "team", fails
		},
		Context: func(ctx context.Context, caller, requestID string) context.Context {
			return context.WithValue(ctx, contextKey{}, caller+"|"+requestID)
		},
	}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprint(w, r.Context().Value(contextKey{})) })
	ask := func(o lambdaio.HTTPOptions) string {
		return invoke(t, lambdaio.HTTP(h, o), testdata(t, "submit.json")).Body
	}
	if got := ask(o); got != "team|JKJaXmPLvHcESHA=" || !strings.Contains(authorizer, "AROAEXAMPLE:session") {
		t.Errorf("the handler sees %q, the hook saw %s", got, authorizer)
	}
	fails = errors.New("no identity")
	if got := ask(o); got != "|JKJaXmPLvHcESHA=" {
		t.Errorf("after an error the handler sees %q", got)
	}
	o.Caller = nil
	if got := ask(o); got != "|JKJaXmPLvHcESHA=" {
		t.Errorf("without a hook the handler sees %q", got)
	}
	if got := ask(lambdaio.HTTPOptions{}); got != "<nil>" {
		t.Errorf("without options the handler sees %q", got)
	}
}

// A body of what JSON in HTML escapes is not six times as long as an answer.
func TestHTTP_AnswerIsNotEscapedForHTML(t *testing.T) {
	const body = "<>&"
	f := lambdaio.HTTP(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }), lambdaio.HTTPOptions{})
	answer, err := f(t.Context(), event(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(answer), `"body":"<>&"`) {
		t.Errorf("got %s, want the body as it is", answer)
	}
}
