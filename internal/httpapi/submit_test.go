package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

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
		if w.Code != http.StatusAccepted || w.Header().Get("Location") != "/runs/"+runID || w.Header().Get("Idempotent-Replayed") != "" {
			t.Errorf("status %d, header %v", w.Code, w.Header())
		}
		if !strings.Contains(w.Body.String(), `"runId":"`+runID+`"`) || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s answers %s", w.Header().Get("Content-Type"), w.Body)
		}
		if got.Caller != caller || string(got.Body) != body || got.HasKey || got.Key != "" || got.DryRun {
			t.Errorf("the use case got %+v", got)
		}
	})
	t.Run("key and replay", func(t *testing.T) {
		result.Replayed = true
		defer func() { result.Replayed = false }()
		w := call{method: "POST", target: "/runs?dryRun=false", body: body, header: http.Header{"Idempotency-Key": {"nightly é 1"}}}.to(h)
		if w.Code != http.StatusAccepted || w.Header().Get("Idempotent-Replayed") != "true" || w.Header().Get("Location") == "" {
			t.Errorf("status %d, header %v", w.Code, w.Header())
		}
		if !got.HasKey || got.Key != "nightly é 1" {
			t.Errorf("the use case got %+v", got)
		}
	})
	t.Run("empty key is given", func(t *testing.T) {
		call{method: "POST", target: "/runs", body: body, header: http.Header{"Idempotency-Key": {""}}}.to(h)
		if !got.HasKey || got.Key != "" {
			t.Errorf("the use case got %+v", got)
		}
	})
	t.Run("dry run", func(t *testing.T) {
		result.Run = &run.Run{
			ID: runID, Request: []byte(`{"taskDefinition":"a"}`), Resolved: []byte(`{"taskDefinition":"a:1"}`), Policy: run.DefaultPolicy(),
		}
		w := call{method: "POST", target: "/runs?dryRun=true", body: body}.to(h)
		want := `{"request":{"taskDefinition":"a"},"resolved":{"taskDefinition":"a:1"},"policy":{"retry":{"maxAttempts":3,"on":["NEVER_STARTED"],` +
			`"intervalSeconds":10,"backoffRate":2,"maxIntervalSeconds":300},"startTimeoutSeconds":900,"launchTimeoutSeconds":3600,"placement":"FILL","verdict":{"successExitCodes":[0]}}}` + "\n"
		if w.Code != http.StatusOK || w.Body.String() != want || w.Header().Get("Location") != "" || !got.DryRun {
			t.Errorf("status %d, Location %q, dry run %t:\n%s\nwant\n%s", w.Code, w.Header().Get("Location"), got.DryRun, w.Body, want)
		}
	})
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
	if w.Code != http.StatusAccepted || size != 256<<10 {
		t.Errorf("a body of 256 KiB: status %d, %d bytes arrived", w.Code, size)
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
