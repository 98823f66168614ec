package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"davit/internal/httpapi"
	"davit/internal/run"
)

func TestRerun(t *testing.T) {
	const target, newID = "/runs/" + runID + "/rerun", "bcdefghijklmnopqrstuvwxyza"
	var got run.RerunRequest
	result := run.SubmitResult{Run: &run.Run{ID: newID, Status: run.Submitted, RerunOf: runID}}
	c := &cases{t: t, rerun: func(req run.RerunRequest) (run.SubmitResult, error) {
		got = req
		return result, nil
	}}
	h := c.handler(httpapi.Options{})

	t.Run("recorded", func(t *testing.T) {
		w := call{method: "POST", target: target, body: `{"failedOnly":true}`, header: http.Header{"Idempotency-Key": {"k"}}}.to(h)
		wantStatus(t, w, http.StatusAccepted)
		wantHeader(t, w, "Location", "/runs/"+newID)
		wantHeader(t, w, "Idempotent-Replayed", "")
		if want := `"rerunOf":"` + runID + `"`; !strings.Contains(w.Body.String(), want) {
			t.Errorf("got body %s, want %s in it", w.Body, want)
		}
		wantRequest(t, run.RerunRequest{Caller: caller, By: by, RunID: runID, Key: "k", HasKey: true, Body: []byte(`{"failedOnly":true}`)}, got)
	})
	t.Run("no body, replayed", func(t *testing.T) {
		result.Replayed = true
		w := call{method: "POST", target: target, header: http.Header{"Content-Type": nil}}.to(h)
		wantStatus(t, w, http.StatusAccepted)
		wantHeader(t, w, "Idempotent-Replayed", "true")
		wantRequest(t, run.RerunRequest{Caller: caller, By: by, RunID: runID, Body: []byte{}}, got)
	})
	t.Run("dry run", func(t *testing.T) {
		w := call{method: "POST", target: target + "?dryRun=true", body: "{}"}.to(h)
		wantStatus(t, w, http.StatusOK)
		wantHeader(t, w, "Location", "")
		wantRequest(t, run.RerunRequest{Caller: caller, By: by, RunID: runID, Body: []byte("{}"), DryRun: true}, got)
	})
}

func TestRerunRefusesAtTheEdge(t *testing.T) {
	h := (&cases{t: t}).handler(httpapi.Options{})
	for name, test := range map[string]struct {
		query  string
		header http.Header
		body   string
		status int
		errors string
	}{
		"one byte too many": {body: strings.Repeat(" ", 256<<10+1), status: 413, errors: "DV-09"},
		"text":              {body: "{}", header: http.Header{"Content-Type": {"text/plain"}}, status: 415, errors: "header:Content-Type DV-10"},
		"dryRun is a word":  {query: "?dryRun=yes", status: 400, errors: "query:dryRun DV-12"},
		"unknown parameter": {query: "?failedOnly=true", status: 400, errors: "query:failedOnly DV-12"},
		"key twice":         {header: http.Header{"Idempotency-Key": {"a", "a"}}, status: 400, errors: "header:Idempotency-Key DV-07"},
	} {
		t.Run(name, func(t *testing.T) {
			w := call{method: "POST", target: "/runs/" + runID + "/rerun" + test.query, body: test.body, header: test.header}.to(h)
			kind := map[int]string{400: "invalid-request", 413: "too-large", 415: "unsupported-media-type"}[test.status]
			wantErrors(t, wantProblem(t, w, test.status, kind), test.errors)
		})
	}
}

// A run shows who submitted it, its list too; nothing is shown where nobody is known.
func TestSubmittedBy(t *testing.T) {
	who := run.SubmittedBy{Principal: "arn:aws:sts::1:assumed-role/Dev", Session: "kim", RequestID: "r", SourceIP: "203.0.113.7"}
	shown := &run.Run{ID: runID, SubmittedBy: who}
	var got run.SubmitRequest
	c := &cases{t: t,
		submit: func(req run.SubmitRequest) (run.SubmitResult, error) {
			got = req
			return run.SubmitResult{Run: shown}, nil
		},
		get:  func(string, string) (*run.Run, error) { return shown, nil },
		list: func(run.ListRequest) (run.List, error) { return run.List{Runs: []*run.Run{shown}}, nil },
	}
	h := c.handler(httpapi.Options{})
	const want = `"submittedBy":{"principal":"arn:aws:sts::1:assumed-role/Dev","session":"kim","requestId":"r","sourceIp":"203.0.113.7"}`
	for _, target := range []string{"/runs", "/runs/" + runID} {
		if w := (call{method: "GET", target: target}).to(h); !strings.Contains(w.Body.String(), want) {
			t.Errorf("GET %s: got %s, want %s in it", target, w.Body, want)
		}
	}
	shown.SubmittedBy = run.SubmittedBy{}
	if w := (call{method: "GET", target: "/runs/" + runID}).to(h); strings.Contains(w.Body.String(), "submittedBy") {
		t.Errorf("of an earlier version: got %s", w.Body)
	}
	q := call{method: "POST", target: "/runs", body: "{}"}.request()
	record(h, q.WithContext(httpapi.WithPrincipal(q.Context(), who.Principal, who.Session)))
	wantRequest(t, run.SubmitRequest{Caller: caller, Body: []byte("{}"), By: run.SubmittedBy{
		Principal: who.Principal, Session: who.Session, RequestID: "request-1", SourceIP: "192.0.2.1"}}, got)
}
