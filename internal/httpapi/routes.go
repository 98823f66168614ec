package httpapi

import (
	"net/http"
	"strings"

	"davit/internal/run"
)

// Routes is the API's table of routes. A process fills in those that it serves; a nil one is not there.
type Routes struct {
	Submit   http.Handler // POST /runs
	List     http.Handler // GET /runs
	Get      http.Handler // GET /runs/{runId}
	Stop     http.Handler // POST /runs/{runId}/stop
	Register http.Handler // POST /task-definitions
}

// runIDName is the name of the path value that holds a run's id.
const runIDName = "runId"

type route struct {
	method  string
	pattern string
	handler http.Handler
}

func (rs Routes) table() []route {
	return []route{
		{http.MethodPost, "/runs", rs.Submit},
		{http.MethodGet, "/runs", rs.List},
		{http.MethodGet, "/runs/{runId}", rs.Get},
		{http.MethodPost, "/runs/{runId}/stop", rs.Stop},
		{http.MethodPost, "/task-definitions", rs.Register},
	}
}

// Handler serves the routes that are filled in; GET routes take HEAD too. Any other path is a 404 problem,
// also one that only differs by a slash or a run id that cannot be one; any other method a 405 with Allow.
// Every answer carries X-Request-Id, and a panic is a 500 problem.
func (rs Routes) Handler(o Options) http.Handler {
	table := rs.table()
	return o.edge(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var allow []string
		for _, rt := range table {
			id, here := match(rt.pattern, r.URL.Path)
			if !here || rt.handler == nil {
				continue
			}
			if rt.takes(r.Method) {
				r.SetPathValue(runIDName, id)
				rt.handler.ServeHTTP(w, r)
				return
			}
			allow = append(allow, rt.methods()...)
		}
		o.refuse(w, r, allow)
	}))
}

// Unrouted answers what no route of the API takes: 405 with Allow on the API's paths, 404 elsewhere. It is
// for a gateway that sends each route to a process of its own, and the rest here. A request that one of the
// routes takes is not the rest: 404.
func Unrouted(o Options) http.Handler {
	return o.edge(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var allow []string
		for _, rt := range (Routes{}).table() {
			if _, here := match(rt.pattern, r.URL.Path); here {
				allow = append(allow, rt.methods()...)
			}
		}
		if contains(allow, r.Method) {
			allow = nil
		}
		o.refuse(w, r, allow)
	}))
}

func (o Options) refuse(w http.ResponseWriter, r *http.Request, allow []string) {
	if len(allow) == 0 {
		o.fail(w, r, &fault{kind: kinds[run.CodeNotFound], detail: "no such path, or no run by that id"})
		return
	}
	methods := strings.Join(allow, ", ")
	w.Header().Set("Allow", methods)
	o.fail(w, r, &fault{kind: methodNotAllowed, detail: "allowed here: " + methods})
}

func (rt route) takes(method string) bool { return contains(rt.methods(), method) }

func (rt route) methods() []string {
	if rt.method == http.MethodGet {
		return []string{http.MethodGet, http.MethodHead}
	}
	return []string{rt.method}
}

// match compares a path with a pattern, segment by segment; {runId} stands for anything with the form of a run id.
func match(pattern, path string) (id string, ok bool) {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return "", false
	}
	for i := range want {
		variable := want[i] == "{"+runIDName+"}"
		switch {
		case variable && run.ValidID(have[i]):
			id = have[i]
		case variable || want[i] != have[i]:
			return "", false
		}
	}
	return id, true
}
