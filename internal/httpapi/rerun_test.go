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
		wantRequest(t, run.RerunRequest{Caller: caller, RunID: runID, Key: "k", HasKey: true, Body: []byte(`{"failedOnly":true}`)}, got)
	})
	t.Run("no body, replayed", func(t *testing.T) {
		result.Replayed = true
		w := call{method: "POST", target: target, header: http.Header{"Content-Type": nil}}.to(h)
		wantStatus(t, w, http.StatusAccepted)
		wantHeader(t, w, "Idempotent-Replayed", "true")
		wantRequest(t, run.RerunRequest{Caller: caller, RunID: runID, Body: []byte{}}, got)
	})
	t.Run("dry run", func(t *testing.T) {
		w := call{method: "POST", target: target + "?dryRun=true", body: "{}"}.to(h)
		wantStatus(t, w, http.StatusOK)
		wantHeader(t, w, "Location", "")
		wantRequest(t, run.RerunRequest{Caller: caller, RunID: runID, Body: []byte("{}"), DryRun: true}, got)
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
