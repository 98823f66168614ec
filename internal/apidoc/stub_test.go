package apidoc_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"davit/internal/httpapi"
	"davit/internal/logs"
	"davit/internal/run"
	"davit/internal/taskdef"
)

const runID = "abcdefghijklmnopqrstuvwxyz"

// stub is a fake of every use case that returns a run with every member set, or err.
type stub struct {
	err     error
	created bool
}

func (s stub) Submit(context.Context, run.SubmitRequest) (run.SubmitResult, error) {
	return run.SubmitResult{Run: full(), Replayed: true}, s.err
}
func (s stub) Rerun(context.Context, run.RerunRequest) (run.SubmitResult, error) {
	return run.SubmitResult{Run: full(), Replayed: true}, s.err
}
func (s stub) Get(context.Context, string, string) (*run.Run, error) { return full(), s.err }
func (s stub) List(context.Context, run.ListRequest) (run.List, error) {
	return run.List{Runs: []*run.Run{full()}, NextCursor: "next"}, s.err
}
func (s stub) Logs(context.Context, logs.Request) (logs.Page, error) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)
	return logs.Page{
		Events:     []logs.Event{{At: at, Attempt: 1, Task: "t", Container: "c", Text: "line", Partial: true}},
		NextCursor: "next", PollAfter: time.Second, Complete: true,
		Unavailable: []logs.Missing{{Attempt: 1, Task: "t", Container: "c", Driver: "d", Where: "w", Reason: "r"}},
	}, s.err
}
func (s stub) Stop(context.Context, run.StopRequest) (*run.Run, error) { return full(), s.err }
func (s stub) Register(context.Context, []byte) (taskdef.RegisterResult, error) {
	return taskdef.RegisterResult{Definition: definition.Definition, Tags: definition.Tags, Created: s.created}, s.err
}
func (s stub) DescribeValues(context.Context, string) (taskdef.Definition, error) {
	return definition, s.err
}
func (s stub) Describe(context.Context, string) (taskdef.Definition, error) { return definition, s.err }
func (s stub) Deregister(context.Context, string) (taskdef.Definition, error) {
	return taskdef.Definition{Definition: definition.Definition}, s.err
}
func (s stub) ListDefinitions(context.Context, taskdef.ListRequest) (taskdef.List, error) {
	all := []taskdef.Summary{{ARN: "arn:1", Family: "nightly", Revision: 7, Status: "ACTIVE"}}
	return taskdef.List{TaskDefinitions: all, NextCursor: "next"}, s.err
}

var features = httpapi.Features{Authorization: "IAM", OwnerScope: httpapi.OwnerIsRole, Visibility: httpapi.SeesStack}

var definition = taskdef.Definition{Definition: json.RawMessage(`{"taskDefinitionArn":"arn:1","family":"nightly","revision":7,"status":"INACTIVE","cpu":"256","memory":"512",
	"networkMode":"awsvpc","requiresCompatibilities":["FARGATE"],"compatibilities":["FARGATE"],"taskRoleArn":"r","executionRoleArn":"r","volumes":[{}],
	"placementConstraints":[{}],"registeredAt":"2026-01-02T03:04:05Z","registeredBy":"me","deregisteredAt":"2026-01-02T03:04:05Z","containerDefinitions":[
	{"name":"app","image":"i","cpu":1,"memory":4,"memoryReservation":4,"essential":true,"command":["c"],"entryPoint":["e"],
	"environment":[{"name":"A","value":"v"}]}]}`), Tags: []taskdef.Tag{{Key: "team", Value: "red"}}}

func full() *run.Run {
	at, code := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC), 3
	policy := run.DefaultPolicy()
	policy.TimeoutSeconds, policy.DeadlineSeconds, policy.Verdict.Container = 60, 3600, "app"
	policy.Overlap = &run.Overlap{Key: "k", Mode: run.OverlapQueue, Limit: 1, MaxQueued: 2, QueueTimeoutSeconds: 3}
	return &run.Run{
		ID: runID, Owner: "iam:AROA1", Key: "key", Status: run.Failed, StatusReason: "ended", Class: run.ExitClass(3), ExitCode: &code,
		CreatedAt: at, StartedAt: &at, StoppedAt: &at, Operation: run.RunTask, Count: 2, Family: "nightly", Group: "g", StartedBy: "me", RerunOf: runID, Schedule: "nightly",
		SubmittedBy: run.SubmittedBy{Principal: "arn:aws:sts::1:assumed-role/Dev", Session: "kim", RequestID: "r", SourceIP: "203.0.113.7"},
		Request:     json.RawMessage(`{"taskDefinition":"nightly"}`), Resolved: json.RawMessage(`{"taskDefinition":"nightly:7"}`), Policy: policy,
		Attempts: []run.Attempt{{
			Number: 1, BeganAt: at, LaunchedAt: &at, Calls: 2,
			Refusals:     []run.Refusal{{Class: run.Capacity, Reason: "RESOURCE:PORTS", Rule: "RD-10", Count: 4, LastAt: at}},
			Tasks:        []run.Task{{ARN: "arn:1", Raw: describedTask(at)}},
			Failures:     []run.Failure{{ARN: "arn:2", Reason: "AGENT", Detail: "d"}},
			OmittedTasks: 3,
			Outcome:      &run.Outcome{Class: run.ExitClass(3), Detail: "d"},
		}},
	}
}

// describedTask is a task with the members that the document has.
func describedTask(at time.Time) json.RawMessage {
	task := `{"taskArn":"arn:1","group":"family:nightly","startedBy":"davit-1","lastStatus":"STOPPED","desiredStatus":"STOPPED","healthStatus":"UNKNOWN",
		"stopCode":"UserInitiated","stoppedReason":"enough","connectivity":"CONNECTED","version":7,"tags":[{"key":"k","value":"v"}],
		"attachments":[{"id":"a","type":"ElasticNetworkInterface","status":"DELETED","details":[]}],"containers":[{"name":"app"},null]`
	for _, name := range []string{
		"createdAt", "pullStartedAt", "pullStoppedAt", "connectivityAt", "startedAt", "stoppingAt", "executionStoppedAt", "stoppedAt",
	} {
		task += `,"` + name + `":"` + at.Format(time.RFC3339Nano) + `"`
	}
	return json.RawMessage(task + `}`)
}

func (s stub) handler() http.Handler {
	o := httpapi.Options{Log: slog.New(slog.DiscardHandler), Logs: func(*run.Run, *run.Task, string) any {
		return map[string]string{"group": "g", "stream": "s", "file": "f"}
	}}
	return httpapi.Routes{
		Meta:   httpapi.About(httpapi.Meta{Version: "0.2.0", Commit: "1d4d5c3", Region: "eu-west-1", Prefix: "davit", Mode: httpapi.ModeAWS, Features: features}, o),
		Submit: httpapi.Submit(s, o), Get: httpapi.Get(s, o), List: httpapi.List(s, o), Stop: httpapi.Stop(s, o), Logs: httpapi.Output(s, o), Rerun: httpapi.Rerun(s, o), Register: httpapi.Register(s, o),
		Describe: httpapi.Describe(s, o), Values: httpapi.Values(s, o), Deregister: httpapi.Deregister(s, o), ListDefinitions: httpapi.ListDefinitions(s, o),
	}.Handler(o)
}

// request is a request whose zero members have well-formed defaults.
type request struct {
	method, path, query, body, contentType string
	nobody                                 bool
}

// of returns a well-formed request of an operation.
func of(o operation) request {
	q := request{method: o.method, path: strings.NewReplacer("{runId}", runID, "{definition}", "nightly:7").Replace(o.path), contentType: "application/json"}
	if o.object["requestBody"] != nil {
		q.body = "{}"
	}
	return q
}

func (q request) to(t *testing.T, h http.Handler) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), q.method, "http://davit.test"+q.path+"?"+q.query, strings.NewReader(q.body))
	r.Header.Set("Content-Type", q.contentType)
	ctx := httpapi.WithRequestID(r.Context(), "request-1")
	if !q.nobody {
		ctx = httpapi.WithCaller(ctx, "iam:AROA1")
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r.WithContext(ctx))
	return w
}

func decode(t *testing.T, w *httptest.ResponseRecorder) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("%d %q: %v", w.Code, w.Body, err)
	}
	return v
}
