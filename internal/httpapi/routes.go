package httpapi

import (
	"log/slog"
	"net/http"
	"strings"

	"davit/internal/run"
	"davit/internal/taskdef"
)

// Options is what the routes share. The zero Options works.
type Options struct {
	Log  *slog.Logger // internal errors, with their cause and request id; nil: slog.Default()
	Logs Logs         // nil: containers have no "log" member
}

// Logs returns where the output of one container of a task is, as a value that encodes to a JSON object; nil when that is not
// known. AWSLogs is the one for ECS.
type Logs func(r *run.Run, t *run.Task, container string) any

func (o Options) logger() *slog.Logger {
	if o.Log == nil {
		return slog.Default()
	}
	return o.Log
}

// Routes holds the handlers of the API. A process fills in those that it serves; a nil one is not served.
type Routes struct {
	Submit http.Handler // POST /runs
	List   http.Handler // GET /runs
	Get    http.Handler // GET /runs/{runId}
	Logs   http.Handler // GET /runs/{runId}/logs
	Stop   http.Handler // POST /runs/{runId}/stop
	Rerun  http.Handler // POST /runs/{runId}/rerun

	Meta http.Handler // GET /meta

	Register        http.Handler // POST /task-definitions
	ListDefinitions http.Handler // GET /task-definitions
	Describe        http.Handler // GET /task-definitions/{definition}
	Values          http.Handler // POST /task-definitions/{definition}/values
	Deregister      http.Handler // POST /task-definitions/{definition}/deregister
}

// The names of the path values.
const (
	runIDName      = "runId"
	definitionName = "definition"
)

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
		{http.MethodGet, "/runs/{runId}/logs", rs.Logs},
		{http.MethodPost, "/runs/{runId}/stop", rs.Stop},
		{http.MethodPost, "/runs/{runId}/rerun", rs.Rerun},
		{http.MethodGet, "/meta", rs.Meta},
		{http.MethodPost, "/task-definitions", rs.Register},
		{http.MethodGet, "/task-definitions", rs.ListDefinitions},
		{http.MethodGet, "/task-definitions/{definition}", rs.Describe},
		{http.MethodPost, "/task-definitions/{definition}/values", rs.Values},
		{http.MethodPost, "/task-definitions/{definition}/deregister", rs.Deregister},
	}
}

// Handler returns a handler of the routes that are filled in; GET routes take HEAD too. Any other path is a 404 problem, also one that only
// differs by a slash, or by a run id or task definition that cannot be one; any other method is a 405 with Allow. Every response carries
// X-Request-Id, and a panic is a 500 problem.
func (rs Routes) Handler(o Options) http.Handler {
	table := rs.table()
	return o.withRequestID(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var allow []string
		for _, rt := range table {
			name, value, here := match(rt.pattern, r.URL.Path)
			if !here || rt.handler == nil {
				continue
			}
			if rt.takes(r.Method) {
				r.SetPathValue(name, value)
				rt.handler.ServeHTTP(w, r)
				return
			}
			allow = append(allow, rt.methods()...)
		}
		o.refuseRoute(w, r, allow)
	}))
}

// Unrouted returns the handler of what no route of the API takes: it writes 405 with Allow on the API's paths and 404 elsewhere. It is for a
// gateway that sends each route to a process of its own, and all other requests here. It writes 404 to a request that one of the routes takes.
func Unrouted(o Options) http.Handler {
	return o.withRequestID(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var allow []string
		for _, rt := range (Routes{}).table() {
			if _, _, here := match(rt.pattern, r.URL.Path); here {
				allow = append(allow, rt.methods()...)
			}
		}
		if contains(allow, r.Method) {
			allow = nil
		}
		o.refuseRoute(w, r, allow)
	}))
}

func (o Options) refuseRoute(w http.ResponseWriter, r *http.Request, allow []string) {
	if len(allow) == 0 {
		o.writeProblem(w, r, &fault{kind: kinds[run.CodeNotFound], detail: "no such path, or no run or task definition by that name"})
		return
	}
	methods := strings.Join(allow, ", ")
	w.Header().Set("Allow", methods)
	o.writeProblem(w, r, &fault{kind: methodNotAllowed, detail: "allowed here: " + methods})
}

func (rt route) takes(method string) bool { return contains(rt.methods(), method) }

func (rt route) methods() []string {
	if rt.method == http.MethodGet {
		return []string{http.MethodGet, http.MethodHead}
	}
	return []string{rt.method}
}

// match reports whether a path fits a pattern. A pattern has one {variable} at most; match returns its name and its value.
func match(pattern, path string) (name, value string, ok bool) {
	have := strings.Split(path, "/")
	for want := range strings.SplitSeq(pattern, "/") {
		variable, isVariable := strings.CutPrefix(want, "{")
		switch {
		case len(have) == 0:
			return "", "", false
		case isVariable:
			name = strings.TrimSuffix(variable, "}")
			if value, have = takeVariable(name, have); value == "" {
				return "", "", false
			}
		case want != have[0]:
			return "", "", false
		default:
			have = have[1:]
		}
	}
	return name, value, len(have) == 0
}

// takeVariable returns the variable that a path begins with, and the rest of the path. value is "" when that has not the variable's form. An
// ARN takes two segments: gateways decode paths before they route, so the slash in it looks like the others.
func takeVariable(name string, path []string) (value string, rest []string) {
	value, rest = path[0], path[1:]
	if name == definitionName && strings.HasPrefix(value, "arn:") && len(rest) > 0 {
		value, rest = value+"/"+rest[0], rest[1:]
	}
	if name == runIDName && run.ValidID(value) || name == definitionName && taskdef.ValidName(value) {
		return value, rest
	}
	return "", rest
}
