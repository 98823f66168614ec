package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"davit/internal/httpapi"
	"davit/internal/run"
)

func TestStop(t *testing.T) {
	var got run.StopRequest
	c := &cases{t: t, stop: func(req run.StopRequest) (*run.Run, error) {
		got = req
		return &run.Run{ID: req.RunID, Status: run.Stopping}, nil
	}}
	h := c.handler(httpapi.Options{})
	reason := strings.Repeat("é", 255)
	tests := []struct {
		name, body   string
		reason, task string
	}{
		{name: "no body"},
		{name: "empty object", body: " {} "},
		{name: "nulls are absent", body: `{"reason":null,"task":null}`},
		{name: "empty reason", body: `{"reason":""}`},
		{name: "longest reason", body: `{"reason":"` + reason + `"}`, reason: reason},
		{name: "escaped name", body: `{"r\u0065ason":"a\"b"}`, reason: `a"b`},
		{name: "one task", body: `{"task":"arn:aws:ecs:eu-west-1:1:task/c/1","reason":"x"}`, reason: "x", task: "arn:aws:ecs:eu-west-1:1:task/c/1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := call{method: "POST", target: "/runs/" + runID + "/stop", body: test.body}.to(h)
			wantStatus(t, w, http.StatusAccepted)
			if want := `"status":"STOPPING"`; !strings.Contains(w.Body.String(), want) {
				t.Errorf("got body %s, want %s in it", w.Body, want)
			}
			wantRequest(t, run.StopRequest{Caller: caller, RunID: runID, Reason: test.reason, Task: test.task}, got)
		})
	}
}

func TestStopRefuses(t *testing.T) {
	h := (&cases{t: t}).handler(httpapi.Options{})
	tests := []struct {
		name, body string
		errors     []string
	}{
		{"not JSON", `{"reason":`, []string{"DV-01"}},
		{"two values", `{} {}`, []string{"DV-01"}},
		{"not UTF-8", "{\"reason\":\"\xff\"}", []string{"DV-01"}},
		{"byte order mark", "\ufeff{}", []string{"DV-01"}},
		{"deeper than any", strings.Repeat("[", 20000), []string{"DV-01"}},
		{"array", `[]`, []string{"DV-02"}},
		{"null", `null`, []string{"DV-02"}},
		{"string", `"stop"`, []string{"DV-02"}},
		{"unknown names", `{"why":"x","Reason":"y","a/b~c":1}`, []string{"/why DV-19", "/Reason DV-19", "/a~1b~0c DV-19"}},
		{"doubled names", `{"reason":"a","reason":"a","task":null,"task":"t"}`, []string{"/reason DV-19", "/task DV-19"}},
		{"wrong types", `{"reason":1,"task":["t"]}`, []string{"/reason DV-19", "/task DV-19"}},
		{"too long", `{"reason":"` + strings.Repeat("é", 256) + `"}`, []string{"/reason SP-03"}},
		{"empty task", `{"task":""}`, []string{"/task DV-19"}},
		{"all at once", `{"task":"","reason":{},"x":0}`, []string{"/task DV-19", "/reason DV-19", "/x DV-19"}},
		{"too much", `{"reason":"` + strings.Repeat("a", 256<<10) + `"}`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := call{method: "POST", target: "/runs/" + runID + "/stop", body: test.body}.to(h)
			if test.errors == nil {
				wantErrors(t, wantProblem(t, w, http.StatusRequestEntityTooLarge, "too-large"), "DV-09")
				return
			}
			wantErrors(t, wantProblem(t, w, http.StatusBadRequest, "invalid-request"), test.errors...)
		})
	}
	t.Run("content type", func(t *testing.T) {
		w := call{method: "POST", target: "/runs/" + runID + "/stop", body: "{}", header: http.Header{"Content-Type": {"text/plain"}}}.to(h)
		wantProblem(t, w, http.StatusUnsupportedMediaType, "unsupported-media-type")
	})
	t.Run("many faults are bounded", func(t *testing.T) {
		w := call{method: "POST", target: "/runs/" + runID + "/stop", body: "{" + strings.Repeat(`"x":1,`, 1000) + `"y":1}`}.to(h)
		if p := wantProblem(t, w, http.StatusBadRequest, "invalid-request"); len(p.Errors) != 20 {
			t.Errorf("got %d errors, want 20", len(p.Errors))
		}
	})
}
