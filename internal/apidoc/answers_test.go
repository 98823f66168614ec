package apidoc_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"davit/internal/httpapi"
	"davit/internal/run"
)

// Each operation of the document has one route, and each route one operation.
func TestRoutes(t *testing.T) {
	var routes httpapi.Routes
	served, v := "", reflect.ValueOf(&routes).Elem()
	var actual []string
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		actual = append(actual, name)
		v.Field(i).Set(reflect.ValueOf(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { served = name })))
	}
	h := routes.Handler(httpapi.Options{})
	var documented []string
	for _, o := range load(t).operations() {
		served = ""
		of(o).to(t, h)
		if served == "" {
			t.Errorf("%s is documented, and no route takes it", o)
		}
		documented = append(documented, served)
	}
	wantSameNames(t, "routes", documented, actual)
	if len(slices.Compact(slices.Sorted(slices.Values(documented)))) != len(documented) {
		t.Errorf("two operations are of one route: %v", documented)
	}
}

// Every answer has exactly the members, types and headers of the document.
func TestAnswers(t *testing.T) {
	a := load(t)
	for _, o := range a.operations() {
		for status, response := range at(o.object, "responses").(object) {
			if !strings.HasPrefix(status, "2") {
				continue
			}
			q, s := of(o), stub{created: status == "201"}
			if status == "200" && (o.is("submitRun") || o.is("rerunRun")) {
				q.query = "dryRun=true"
			}
			w := q.to(t, s.handler())
			if strconv.Itoa(w.Code) != status {
				t.Errorf("%s answers %d, want %s", o, w.Code, status)
				continue
			}
			schema := at(response, "content", "application/json", "schema")
			a.whole(t, o.String()+" "+status, schema, decode(t, w))
			headers(t, o.String()+" "+status, response, w)
		}
	}
}

// whole checks a value that has every member against a schema, in both directions.
func (a api) whole(t *testing.T, what string, schema, value any) {
	t.Helper()
	v := a.validator()
	v.check("", schema, value)
	for _, f := range v.faults {
		t.Errorf("%s: %s", what, f)
	}
	for _, p := range v.every("", schema) {
		if !v.seen[p] {
			t.Errorf("%s: %s is documented, and is not there", what, p)
		}
	}
}

// headers compares Davit's own headers.
func headers(t *testing.T, what string, response any, w *httptest.ResponseRecorder) {
	t.Helper()
	var actual []string
	for name := range w.Header() {
		if !slices.Contains([]string{"Content-Type", "Content-Length", "Cache-Control", "X-Content-Type-Options"}, name) {
			actual = append(actual, name)
		}
	}
	var documented []string
	for _, name := range names(at(response, "headers")) {
		documented = append(documented, http.CanonicalHeaderKey(name))
	}
	wantSameNames(t, what+" headers", documented, actual)
}

// constants returns the string constants of a file of internal/run whose names begin with prefix.
func constants(t *testing.T, file, prefix string) (values []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), "../run/"+file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, prefix) || len(spec.Values) != 1 {
			return true
		}
		if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
			value, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, value)
		}
		return true
	})
	return values
}

// Every problem of the code is documented, with its status.
func TestProblems(t *testing.T) {
	a := load(t)
	statusOf := map[string]int{}
	note := func(w *httptest.ResponseRecorder) {
		t.Helper()
		p := decode(t, w)
		v := a.validator()
		v.check("", a.schema("Problem"), p)
		for _, f := range v.faults {
			t.Error(f)
		}
		statusOf[textAt(p, "type")] = w.Code
	}
	list := request{method: "GET", path: "/runs"}
	violation := []run.Violation{{Field: "/a", Rule: "DV-01", Detail: "d"}}
	for _, code := range constants(t, "errors.go", "Code") {
		note(list.to(t, stub{err: &run.Error{Code: run.Code(code), Message: "m", Violations: violation}}.handler()))
	}
	note(request{method: "GET", path: "/runs", nobody: true}.to(t, stub{}.handler()))
	note(request{method: "PUT", path: "/runs"}.to(t, stub{}.handler()))
	note(request{method: "POST", path: "/runs", body: "{}", contentType: "text/plain"}.to(t, stub{}.handler()))
	wantSameNames(t, "problems", texts(listAt(a.schema("Problem"), "properties", "type", "enum")), names(toObject(statusOf)))
	for _, o := range a.operations() {
		for status, response := range at(o.object, "responses").(object) {
			if example := at(a.resolve(response), "content", "application/problem+json", "example"); example != nil {
				if got := statusOf[textAt(example, "type")]; strconv.Itoa(got) != status || at(example, "status") != got {
					t.Errorf("%s: the example of %s is of %v, whose status is %d", o, status, at(example, "type"), got)
				}
			}
		}
	}
}

func texts(list []any) (all []string) {
	for _, item := range list {
		all = append(all, text(item))
	}
	return all
}

func toObject(m map[string]int) object {
	o := object{}
	for name, v := range m {
		o[name] = v
	}
	return o
}

// Every refusal of an operation is among its responses, with the headers of the answer.
func TestRefusals(t *testing.T) {
	a := load(t)
	for _, o := range a.operations() {
		for what, refused := range refusals(o) {
			w := refused.request.to(t, stub{err: refused.err}.handler())
			response := a.resolve(at(o.object, "responses", strconv.Itoa(w.Code)))
			if w.Code < 400 || response == nil {
				t.Errorf("%s, %s: %d is not documented", o, what, w.Code)
				continue
			}
			headers(t, o.String()+" "+strconv.Itoa(w.Code), response, w)
		}
	}
}

type refusal struct {
	request request
	err     error
}

func refusals(o operation) map[string]refusal {
	nobody, query := of(o), of(o)
	nobody.nobody, query.query = true, "nope=1"
	all := map[string]refusal{"nobody": {request: nobody}, "a query": {request: query}}
	if o.object["requestBody"] != nil {
		large, other, none := of(o), of(o), of(o)
		large.body, other.contentType, none.body = strings.Repeat(" ", 256<<10+1), "text/plain", "{"
		all["a large body"], all["another type"] = refusal{request: large}, refusal{request: other}
		if o.path != "/runs" && o.path != "/task-definitions" && !o.is("rerunRun") {
			all["half a body"] = refusal{request: none}
		}
	}
	if o.is("getMeta") {
		return all // it asks nobody
	}
	for _, code := range []run.Code{run.CodeThrottled, run.CodeUnavailable, run.CodeConflict, run.CodeInternal} {
		all[string(code)] = refusal{request: of(o), err: &run.Error{Code: code}}
	}
	if strings.HasPrefix(o.path, "/task-definitions") {
		all["forbidden"] = refusal{request: of(o), err: &run.Error{Code: run.CodeForbidden}}
	}
	if o.is("submitRun") || o.is("rerunRun") {
		all["another body"] = refusal{request: of(o), err: &run.Error{Code: run.CodeKeyReused}}
	}
	if o.is("rerunRun") {
		all["a state"] = refusal{request: of(o), err: &run.Error{Code: run.CodeWrongState}}
		all["values"] = refusal{request: of(o), err: &run.Error{Code: run.CodeValuesNeeded}}
	}
	if strings.Contains(o.path, "{") {
		all["not there"] = refusal{request: of(o), err: &run.Error{Code: run.CodeNotFound}}
	}
	return all
}
