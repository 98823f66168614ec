package httpapi_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"davit/internal/httpapi"
	"davit/internal/jsontree"
	"davit/internal/run"
)

// spec returns the submission and violations that it holds.
type spec struct {
	sub    run.Submission
	faults []run.Violation
}

func (s spec) Parse([]byte) (run.Submission, []run.Violation) { return s.sub, s.faults }
func (s spec) Has(run.Operation, string) bool                 { return true }
func (s spec) CheckAgainst(*run.Definition, run.Operation, jsontree.Node) []run.Violation {
	return nil
}

func parsed(t *testing.T, text string) jsontree.Node {
	t.Helper()
	doc, syntax := jsontree.Parse([]byte(text))
	if syntax != nil {
		t.Fatal(syntax)
	}
	return doc.Root
}

// catalog knows nothing, or is out of reach.
type catalog struct{ err *run.EngineError }

func (c catalog) Definition(context.Context, string) (run.Definition, error) {
	return run.Definition{}, c.err
}
func (c catalog) Cluster(context.Context, string) error { return c.err }

// emptyStore has no records, and must not be written to.
type emptyStore struct {
	run.Store
	t *testing.T
}

func (s emptyStore) Create(_ context.Context, r *run.Run) (*run.Run, bool, error) {
	s.t.Error("a run was recorded")
	return r, true, nil
}
func (s emptyStore) Get(context.Context, string) (*run.Run, error) { return nil, run.ErrNotFound }
func (s emptyStore) List(context.Context, run.Query) (run.Page, error) {
	return run.Page{}, nil
}

type fixedClock struct{}

func (fixedClock) Now() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }

// withDomain serves the domain's own use cases over an empty store.
func withDomain(t *testing.T, s run.Spec, c run.Catalog) http.Handler {
	t.Helper()
	keeper := run.Keeper{Store: emptyStore{t: t}, Clock: fixedClock{}}
	reader := &run.Reader{Store: keeper.Store}
	o := httpapi.Options{}
	return httpapi.Routes{
		Submit: httpapi.Submit(&run.Submitter{Keeper: keeper, Spec: s, Catalog: c}, o),
		Get:    httpapi.Get(reader, o), List: httpapi.List(reader, o),
		Stop: httpapi.Stop(&run.Stopper{Keeper: keeper}, o),
	}.Handler(o)
}

// Header, body, policy and look-ups are judged together, and nothing is recorded.
func TestEveryViolationAtOnce(t *testing.T) {
	s := spec{
		sub: run.Submission{
			Operation: run.RunTask, TaskDefinition: "nope:9", Cluster: "nowhere", Count: 1,
			Input: parsed(t, `{}`), Request: []byte(`{}`), Policy: parsed(t, `{"retry":{"maxAttempts":0}}`),
		},
		faults: []run.Violation{{Field: "/count", Rule: "RT-03", Detail: "0; allowed: 1 to 10"}},
	}
	h := withDomain(t, s, catalog{&run.EngineError{Operation: "Describe", Unknown: true}})
	w := call{method: "POST", target: "/runs", body: "{}", header: http.Header{"Idempotency-Key": {strings.Repeat("k", 256)}}}.to(h)
	wantErrors(t, wantProblem(t, w, http.StatusBadRequest, "invalid-request"),
		"/count RT-03", "/policy/retry/maxAttempts DV-14", "header:Idempotency-Key DV-07", "/taskDefinition DV-16", "/cluster DV-17")
}

func TestWhatTheReaderRefuses(t *testing.T) {
	h := withDomain(t, spec{}, catalog{})
	for query, want := range map[string]string{
		"cursor=abc":       "query:cursor DV-11",
		"cursor=%25%2F":    "query:cursor DV-11",
		"family=a&group=b": "query:family DV-12",
	} {
		w := call{method: "GET", target: "/runs?" + query}.to(h)
		wantErrors(t, wantProblem(t, w, http.StatusBadRequest, "invalid-request"), want)
	}
	wantProblem(t, call{method: "GET", target: "/runs/" + runID}.to(h), http.StatusNotFound, "not-found")
	wantProblem(t, call{method: "POST", target: "/runs/" + runID + "/stop"}.to(h), http.StatusNotFound, "not-found")
}
