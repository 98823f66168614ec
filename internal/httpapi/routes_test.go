package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"davit/internal/httpapi"
	"davit/internal/run"
)

func TestWhereNothingIs(t *testing.T) {
	h := (&cases{t: t}).handler(httpapi.Options{})
	long := strings.Repeat("a", 5000)
	for _, target := range []string{
		"/", "", "*", "/run", "/Runs", "/runs/", "//runs", "/runs//", "//", "/./runs", "/runs/.", "/runs/..", "/runs/../runs",
		"/runs/" + runID + "/", "/runs/" + runID + "/stop/", "/runs/" + runID + "//stop", "/runs//stop", "/runs/" + runID + "/Stop",
		"/runs/" + runID + "a", "/runs/" + runID[1:], "/runs/" + strings.ToUpper(runID), "/runs/abcdefghijklmnopqrstuvwxy1",
		"/runs/" + long, "/runs/\xff\xfe", "/runs/\x00", "/runs/%", "/runs/{runId}", "/task-definitions/", "/task-definitions/a:1",
	} {
		for _, method := range []string{"GET", "POST", "HEAD", "DELETE", "OPTIONS", "PATCH"} {
			wantProblem(t, call{method: method, target: target}.to(h), http.StatusNotFound, "not-found")
		}
	}
}

func TestMethodNotAllowed(t *testing.T) {
	routed := (&cases{t: t}).handler(httpapi.Options{})
	unrouted := httpapi.Unrouted(httpapi.Options{})
	for path, allow := range map[string]string{
		"/runs":                    "POST, GET, HEAD",
		"/runs/" + runID:           "GET, HEAD",
		"/runs/" + runID + "/stop": "POST",
		"/task-definitions":        "POST",
	} {
		for _, method := range []string{"PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get", "BREW"} {
			for name, h := range map[string]http.Handler{"routes": routed, "unrouted": unrouted} {
				w := call{method: method, target: path}.to(h)
				wantProblem(t, w, http.StatusMethodNotAllowed, "method-not-allowed")
				if got := w.Header().Get("Allow"); got != allow {
					t.Errorf("%s: %s %s: Allow is %q, want %q", name, method, path, got, allow)
				}
			}
		}
	}
}

func TestUnroutedElsewhere(t *testing.T) {
	h := httpapi.Unrouted(httpapi.Options{})
	wantProblem(t, call{method: "GET", target: "/nowhere"}.to(h), http.StatusNotFound, "not-found")
	// The gateway should have sent this to its own process: nothing is here.
	wantProblem(t, call{method: "GET", target: "/runs"}.to(h), http.StatusNotFound, "not-found")
}

// A process serves only what it was given.
func TestRoutesThatAreNotThere(t *testing.T) {
	c := &cases{t: t, get: func(string, string) (*run.Run, error) { return &run.Run{ID: runID}, nil }}
	h := httpapi.Routes{Get: httpapi.Get(c, httpapi.Options{})}.Handler(httpapi.Options{})
	if w := (call{method: "GET", target: "/runs/" + runID}).to(h); w.Code != http.StatusOK {
		t.Errorf("status %d", w.Code)
	}
	wantProblem(t, call{method: "POST", target: "/runs", body: "{}"}.to(h), http.StatusNotFound, "not-found")
	wantProblem(t, call{method: "POST", target: "/runs/" + runID, body: "{}"}.to(h), http.StatusMethodNotAllowed, "method-not-allowed")
}

func TestHeadIsGet(t *testing.T) {
	var seen string
	c := &cases{t: t, get: func(who, id string) (*run.Run, error) {
		seen = who + " " + id
		return &run.Run{ID: id}, nil
	}}
	w := call{method: "HEAD", target: "/runs/" + runID}.to(c.handler(httpapi.Options{}))
	if w.Code != http.StatusOK || seen != caller+" "+runID {
		t.Errorf("status %d, asked for %q", w.Code, seen)
	}
}
