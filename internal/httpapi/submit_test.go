package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"davit/internal/httpapi"
	"davit/internal/run"
)

func TestSubmit(t *testing.T) {
	const body = `{"taskDefinition":"sleep360"}`
	var got run.SubmitRequest
	result := run.SubmitResult{Run: &run.Run{ID: runID, Status: run.Submitted}}
	c := &cases{t: t, submit: func(req run.SubmitRequest) (run.SubmitResult, error) {
		got = req
		return result, nil
	}}
	h := c.handler(httpapi.Options{})

	t.Run("recorded", func(t *testing.T) {
		w := call{method: "POST", target: "/runs", body: body}.to(h)
		wantStatus(t, w, http.StatusAccepted)
		wantHeader(t, w, "Location", "/runs/"+runID)
		wantHeader(t, w, "Idempotent-Replayed", "")
		wantHeader(t, w, "Content-Type", "application/json")
		if want := `"runId":"` + runID + `"`; !strings.Contains(w.Body.String(), want) {
			t.Errorf("got body %s, want %s in it", w.Body, want)
		}
		wantRequest(t, run.SubmitRequest{Caller: caller, By: by, Body: []byte(body)}, got)
	})
	t.Run("key and replay", func(t *testing.T) {
		result.Replayed = true
		defer func() { result.Replayed = false }()
		w := call{method: "POST", target: "/runs?dryRun=false", body: body, header: http.Header{"Idempotency-Key": {"nightly é 1"}}}.to(h)
		wantStatus(t, w, http.StatusAccepted)
		wantHeader(t, w, "Location", "/runs/"+runID)
		wantHeader(t, w, "Idempotent-Replayed", "true")
		wantRequest(t, run.SubmitRequest{Caller: caller, By: by, Key: "nightly é 1", HasKey: true, Body: []byte(body)}, got)
	})
	t.Run("empty key is given", func(t *testing.T) {
		call{method: "POST", target: "/runs", body: body, header: http.Header{"Idempotency-Key": {""}}}.to(h)
		wantRequest(t, run.SubmitRequest{Caller: caller, By: by, HasKey: true, Body: []byte(body)}, got)
	})
	t.Run("dry run", func(t *testing.T) {
		result.Run = &run.Run{
			ID: runID, Request: []byte(`{"taskDefinition":"a"}`), Resolved: []byte(`{"taskDefinition":"a:1"}`), Policy: run.DefaultPolicy(),
		}
		w := call{method: "POST", target: "/runs?dryRun=true", body: body}.to(h)
		want := `{"request":{"taskDefinition":"a"},"resolved":{"taskDefinition":"a:1"},"policy":{"retry":{"maxAttempts":3,"on":["NEVER_STARTED"],` +
			`"intervalSeconds":10,"backoffRate":2,"maxIntervalSeconds":300},"startTimeoutSeconds":900,"launchTimeoutSeconds":3600,"placement":"FILL","verdict":{"successExitCodes":[0]}}}` + "\n"
		wantStatus(t, w, http.StatusOK)
		wantHeader(t, w, "Location", "")
		wantBody(t, w, want)
		wantRequest(t, run.SubmitRequest{Caller: caller, By: by, Body: []byte(body), DryRun: true}, got)
	})
}

func wantRequest[R any](t *testing.T, want, got R) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the use case got (-want +got):\n%s", diff)
	}
}

func TestSubmitRefusesAtTheEdge(t *testing.T) {
	const body = `{"taskDefinition":"sleep360"}`
	h := (&cases{t: t}).handler(httpapi.Options{})
	tests := []struct {
		name   string
		query  string
		header http.Header
		body   string
		status int
		kind   string
		errors []string
	}{
		{name: "empty body", status: 400, kind: "invalid-request", errors: []string{"DV-01"}},
		{name: "one byte too many", body: strings.Repeat(" ", 256<<10+1), status: 413, kind: "too-large", errors: []string{"DV-09"}},
		{name: "no content type", body: body, header: http.Header{"Content-Type": nil}, status: 415, kind: "unsupported-media-type", errors: []string{"header:Content-Type DV-10"}},
		{name: "form", body: body, header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, status: 415, kind: "unsupported-media-type", errors: []string{"header:Content-Type DV-10"}},
		{name: "text, as a page may send", body: body, header: http.Header{"Content-Type": {"text/plain; application/json"}}, status: 415, kind: "unsupported-media-type", errors: []string{"header:Content-Type DV-10"}},
		{name: "content type twice", body: body, header: http.Header{"Content-Type": {"application/json", "application/json"}}, status: 415, kind: "unsupported-media-type", errors: []string{"header:Content-Type DV-10"}},
		{name: "dryRun is a word", query: "?dryRun=yes", body: body, status: 400, kind: "invalid-request", errors: []string{"query:dryRun DV-12"}},
		{name: "dryRun without value", query: "?dryRun", body: body, status: 400, kind: "invalid-request", errors: []string{"query:dryRun DV-12"}},
		{name: "dryRun twice", query: "?dryRun=true&dryRun=true", body: body, status: 400, kind: "invalid-request", errors: []string{"query:dryRun DV-12"}},
		{name: "unknown parameter", query: "?dryrun=true", body: body, status: 400, kind: "invalid-request", errors: []string{"query:dryrun DV-12"}},
		{name: "key twice", header: http.Header{"Idempotency-Key": {"a", "a"}}, body: body, status: 400, kind: "invalid-request", errors: []string{"header:Idempotency-Key DV-07"}},
		{name: "key not UTF-8", header: http.Header{"Idempotency-Key": {"a\xff"}}, body: body, status: 400, kind: "invalid-request", errors: []string{"header:Idempotency-Key DV-07"}},
		{name: "key with a line separator", header: http.Header{"Idempotency-Key": {"a\u2028"}}, body: body, status: 400, kind: "invalid-request", errors: []string{"header:Idempotency-Key DV-07"}},
		{name: "query and key", query: "?x=1", header: http.Header{"Idempotency-Key": {"a", "a"}}, body: body, status: 400, kind: "invalid-request", errors: []string{"query:x DV-12", "header:Idempotency-Key DV-07"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := call{method: "POST", target: "/runs" + test.query, body: test.body, header: test.header}.to(h)
			wantErrors(t, wantProblem(t, w, test.status, test.kind), test.errors...)
		})
	}
}

func TestBodyLimits(t *testing.T) {
	var size int
	c := &cases{t: t, submit: func(req run.SubmitRequest) (run.SubmitResult, error) {
		size = len(req.Body)
		return run.SubmitResult{Run: &run.Run{ID: runID}}, nil
	}}
	h := c.handler(httpapi.Options{})
	w := call{method: "POST", target: "/runs", body: strings.Repeat(" ", 256<<10), header: http.Header{"Content-Type": {"Application/JSON; charset=utf-8"}}}.to(h)
	wantStatus(t, w, http.StatusAccepted)
	if size != 256<<10 {
		t.Errorf("got %d bytes of the body, want 262144", size)
	}
}

// The size is unknown beforehand when a body comes in chunks.
func TestBodyTooLargeInChunks(t *testing.T) {
	h := (&cases{t: t}).handler(httpapi.Options{})
	q := call{method: "POST", target: "/runs", body: strings.Repeat("x", 300<<10)}.request()
	q.ContentLength = -1
	w := record(h, q)
	wantErrors(t, wantProblem(t, w, http.StatusRequestEntityTooLarge, "too-large"), "DV-09")
}

func TestBodyThatBreaksOff(t *testing.T) {
	h := (&cases{t: t}).handler(httpapi.Options{})
	q := call{method: "POST", target: "/runs", body: "{}"}.request()
	q.Body = brokenBody{}
	wantErrors(t, wantProblem(t, record(h, q), http.StatusBadRequest, "invalid-request"), "DV-01")
}
