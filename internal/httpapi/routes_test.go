package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"davit/internal/httpapi"
	"davit/internal/run"
)

const arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/a:1"

func TestWhereNothingIs(t *testing.T) {
	h := (&cases{t: t}).handler(httpapi.Options{})
	long := strings.Repeat("a", 5000)
	for _, target := range []string{
		"/", "", "*", "/run", "/Runs", "/runs/", "//runs", "/runs//", "//", "/./runs", "/runs/.", "/runs/..", "/runs/../runs",
		"/runs/" + runID + "/", "/runs/" + runID + "/stop/", "/runs/" + runID + "//stop", "/runs/" + runID + "/rerun/", "/runs/rerun/rerun", "/runs//stop", "/runs/" + runID + "/Stop",
		"/runs/" + runID + "a", "/runs/" + runID[1:], "/runs/" + strings.ToUpper(runID), "/runs/abcdefghijklmnopqrstuvwxy1",
		"/runs/" + long, "/runs/\xff\xfe", "/runs/\x00", "/runs/%", "/runs/{runId}", "/task-definitions/", "/task-definitions//a", "/task-definitions/a/",
		"/task-definitions/a:1/", "/task-definitions/a:0", "/task-definitions/a:01", "/task-definitions/a:1:2", "/task-definitions/a b", "/task-definitions/*",
		"/task-definitions/a/deregister/", "/task-definitions//deregister", "/task-definitions/a:1/Deregister", "/task-definitions/a/b", "/task-definitions/a/b:1",
		"/Task-definitions/a", "/task-definitions/deregister/a/b", "/task-definitions/" + long, "/task-definitions/arn:aws:ecs:eu-west-1:1:task-definition",
		"/task-definitions/arn:aws:ecs:eu-west-1:1:task-definition/", "/task-definitions/arn:aws:ecs:eu-west-1:1:cluster/a:1", "/task-definitions/arn:/a:1",
		"/task-definitions/" + arn + "/b", "/task-definitions/" + arn + "/", "/task-definitions/" + arn + "/deregister/", "/task-definitions/task-definition/a:1",
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
		"/runs/" + runID + "/rerun": "POST",
		"/runs":                     "POST, GET, HEAD",
		"/runs/" + runID:            "GET, HEAD",
		"/runs/" + runID + "/stop":  "POST",
		"/task-definitions":         "POST, GET, HEAD",

		"/task-definitions/a":                      "GET, HEAD",
		"/task-definitions/a:1":                    "GET, HEAD",
		"/task-definitions/deregister":             "GET, HEAD", // a family of that name
		"/task-definitions/" + arn:                 "GET, HEAD",
		"/task-definitions/a/deregister":           "POST",
		"/task-definitions/a/values":               "POST",
		"/task-definitions/" + arn + "/values":     "POST",
		"/task-definitions/a:1/deregister":         "POST",
		"/task-definitions/deregister/deregister":  "POST",
		"/task-definitions/" + arn + "/deregister": "POST",
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
	wantStatus(t, call{method: "GET", target: "/runs/" + runID}.to(h), http.StatusOK)
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
	wantStatus(t, w, http.StatusOK)
	wantRequest(t, caller+" "+runID, seen)
}
