package cases_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"davit/internal/httpapi"
	"davit/internal/jsontree"
	"davit/internal/local"
	"davit/internal/localecs/faults"
	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

// fixture is local mode in virtual time. Its processes are those of commands.
type fixture struct {
	*local.System
	t   *testing.T
	api http.Handler
}

// play runs test on a System of its own.
func play(t *testing.T, test func(f *fixture)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { serve(t, local.Options{}, test) })
}

// serve runs test on a System with those options, inside a bubble.
func serve(t *testing.T, o local.Options, test func(f *fixture)) {
	t.Helper()
	f := &fixture{t: t}
	runner := scripted.New(nil, commands)
	o.Dir, o.Runner, o.TaskEvents, o.ECS, o.Faults, o.NoSync = t.TempDir(), runner, true, inProcess{f}, new(faults.Faults), true
	var err error
	if f.System, err = local.Open(o); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		runner.Crash()
	}()
	if err := f.Start(); err != nil {
		t.Fatal(err)
	}
	f.api = httpapi.Guard("127.0.0.1:3000", httpapi.Options{}, f.API)
	test(f)
}

// inProcess passes the SDK's calls to the System's endpoint.
type inProcess struct{ f *fixture }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	return scripted.Transport(p.f.ECS).RoundTrip(r)
}

// answer is the reply of one of the doors.
type answer struct {
	t      *testing.T
	door   string
	status int
	body   string
}

// call makes a request of the HTTP API.
func (f *fixture) call(method, path, body string, headers ...string) answer {
	f.t.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1:3000"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	f.api.ServeHTTP(w, r)
	return answer{f.t, "the HTTP API", w.Code, w.Body.String()}
}

// callECS calls an operation of the ECS endpoint.
func (f *fixture) callECS(operation, body string) answer {
	f.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:3001/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "AmazonEC2ContainerServiceV20141113."+operation)
	w := httptest.NewRecorder()
	f.ECS.ServeHTTP(w, r)
	return answer{f.t, "the ECS endpoint", w.Code, w.Body.String()}
}

// want checks the status of an answer, and that each of the texts is in its body.
func (a answer) want(status int, texts ...string) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Errorf("%s: got status %d, want %d: %s", a.door, a.status, status, a.body)
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			a.t.Errorf("%s: got %s, want %q in it", a.door, a.body, text)
		}
	}
	return a
}

// wantRule checks that a 400 names a rule at a field.
func (a answer) wantRule(rule, field string) {
	a.t.Helper()
	a.want(http.StatusBadRequest)
	var problem httpapi.Problem
	if err := json.Unmarshal([]byte(a.body), &problem); err != nil {
		a.t.Fatalf("%s: %v: %s", a.door, err, a.body)
	}
	for _, v := range problem.Errors {
		if v.Rule == rule && v.Field == field {
			return
		}
	}
	a.t.Errorf("%s: got %v, want %s at %q", a.door, problem.Errors, rule, field)
}

// into decodes the body of a 200.
func (a answer) into(v any) {
	a.t.Helper()
	a.want(http.StatusOK)
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		a.t.Fatalf("%s: %v: %s", a.door, err, a.body)
	}
}

// member returns a text member of an answer.
func (a answer) member(name string) string {
	a.t.Helper()
	return jsontree.StringMember(json.RawMessage(a.body), name)
}

// end waits for the end of a run and returns it.
func (f *fixture) end(id string) *run.Run {
	f.t.Helper()
	changed, stop := f.Store.Notify()
	defer stop()
	for {
		r, err := f.Store.Get(f.t.Context(), id)
		if err != nil {
			f.t.Fatal(err)
		}
		if r.Status.Terminal() {
			synctest.Wait()
			return r
		}
		<-changed
	}
}

// file returns a file of testdata.
func file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
