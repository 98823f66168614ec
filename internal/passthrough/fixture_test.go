package passthrough_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"davit/internal/awsecs"
	"davit/internal/boltstore"
	"davit/internal/dynamo"
	"davit/internal/dynamo/dynamofake"
	"davit/internal/ecsspec"
	"davit/internal/httpapi"
	"davit/internal/lambdaio"
	"davit/internal/run"
)

// fixture is Davit's own code from the HTTP API to ECS's wire, with one of its stores. The test is the state machine.
type fixture struct {
	t       *testing.T
	ecs     *fakeECS
	store   run.Store
	stack   run.Stack
	polling bool

	at      time.Time
	started run.Execution
	woken   int
}

// stores opens each kind of store.
var stores = map[string]func(*testing.T) run.Store{
	"bbolt": func(t *testing.T) run.Store {
		s, err := boltstore.Open(filepath.Join(t.TempDir(), "runs.db"), boltstore.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	},
	"DynamoDB": func(t *testing.T) run.Store {
		client := dynamodb.New(dynamodb.Options{
			Region: "eu-west-1", BaseEndpoint: aws.String("http://dynamodb.test"), HTTPClient: &http.Client{Transport: dynamofake.New(dynamofake.Options{})},
			Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret"}, nil
			}),
		})
		if _, err := client.CreateTable(t.Context(), dynamo.TableInput("runs")); err != nil {
			t.Fatal(err)
		}
		return dynamo.NewStore(client, dynamo.Table{Name: "runs"})
	},
}

func newFixture(t *testing.T, store run.Store) *fixture {
	t.Helper()
	return &fixture{
		t: t, ecs: newStandIn(t), store: store, stack: run.Stack{ExecuteCommand: true},
		at: time.Now().UTC().Truncate(time.Millisecond),
	}
}

// inBolt is a fixture with the store that costs least.
func inBolt(t *testing.T) *fixture { return newFixture(t, stores["bbolt"](t)) }

// eachStore runs a test with each store.
func eachStore(t *testing.T, test func(*testing.T, *fixture)) {
	t.Helper()
	for name, open := range stores {
		t.Run(name, func(t *testing.T) { test(t, newFixture(t, open(t))) })
	}
}

// Now, Start and Wake make the fixture its own clock and workflow.
func (w *fixture) Now() time.Time { return w.at }

func (w *fixture) Start(_ context.Context, x run.Execution, _ string) error {
	w.started = x
	return nil
}

func (w *fixture) Wake(context.Context, string, run.StepOutput) error {
	w.woken++
	return nil
}

func (w *fixture) keeper() run.Keeper {
	return run.Keeper{Store: w.store, Clock: w, Tuning: run.Tuning{Prefix: "davit", TaskEvents: !w.polling}, Workflow: w}
}

// request makes an API call as a caller, and checks its status.
func (w *fixture) request(method, path, body string, status int) object {
	w.t.Helper()
	answer, got := w.try(method, path, body)
	if got != status {
		w.t.Fatalf("%s %s %s: %d %v, want %d", method, path, body, got, answer, status)
	}
	return answer
}

// try makes an API call as a caller.
func (w *fixture) try(method, path, body string) (answer object, status int) {
	w.t.Helper()
	log := slog.New(slog.DiscardHandler)
	o, reader := httpapi.Options{Log: log}, &run.Reader{Store: w.store}
	client := w.ecs.client()
	api := httpapi.Routes{
		Submit: httpapi.Submit(&run.Submitter{Keeper: w.keeper(), Stack: w.stack, Spec: ecsspec.Spec{}, Catalog: awsecs.NewCatalog(client)}, o),
		Get:    httpapi.Get(reader, o), List: httpapi.List(reader, o),
		Stop: httpapi.Stop(&run.Stopper{Keeper: w.keeper(), Engine: awsecs.New(client)}, o),
	}.Handler(o)
	r := httptest.NewRequestWithContext(httpapi.WithCaller(w.t.Context(), "somebody"), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	api.ServeHTTP(rec, r)
	return parse(w.t, rec.Body.String()), rec.Code
}

// step has a function of the state machine take a step of the execution that the last submission started.
func (w *fixture) step(s lambdaio.Stepper) run.StepOutput {
	w.t.Helper()
	answer, err := lambdaio.Step(s, slog.New(slog.DiscardHandler))(w.t.Context(), []byte(write(w.t, w.started)))
	if err != nil {
		w.t.Fatal(err)
	}
	var out run.StepOutput
	if err := json.Unmarshal(answer, &out); err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *fixture) launch() run.StepOutput {
	w.t.Helper()
	client := w.ecs.client()
	return w.step(&run.Launcher{Keeper: w.keeper(), Engine: awsecs.New(client), Catalog: awsecs.NewCatalog(client)})
}

// observe looks at ECS, a minute later.
func (w *fixture) observe() run.StepOutput {
	w.t.Helper()
	w.at = w.at.Add(time.Minute)
	return w.step(&run.Observer{Keeper: w.keeper(), Engine: awsecs.New(w.ecs.client())})
}

// tell delivers a task state change event.
func (w *fixture) tell(detail string) {
	w.t.Helper()
	f := lambdaio.TaskEvent(&run.TaskEvents{Keeper: w.keeper(), Engine: awsecs.New(w.ecs.client())}, slog.New(slog.DiscardHandler))
	event := `{"version":"0","id":"e","source":"aws.ecs","detail-type":"ECS Task State Change","detail":` + detail + `}`
	if _, err := f(w.t.Context(), []byte(event)); err != nil {
		w.t.Fatal(err)
	}
}

// record is the run as the store has it.
func (w *fixture) record() *run.Run {
	w.t.Helper()
	r, err := w.store.Get(w.t.Context(), w.started.RunID)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// shown is the first task of an attempt as GET shows it.
func (w *fixture) shown() object {
	w.t.Helper()
	return w.attempt()["tasks"].([]any)[0].(object)
}

// attempt is the last attempt as GET shows it.
func (w *fixture) attempt() object {
	w.t.Helper()
	attempts := w.request("GET", "/runs/"+w.started.RunID, "", http.StatusOK)["attempts"].([]any)
	return attempts[len(attempts)-1].(object)
}

func (w *fixture) startedBy() string { return run.StartedBy("davit", w.started.RunID, 1) }

// taskARN is the one task that the stand-in's answers are about.
const taskARN = "arn:aws:ecs:eu-west-1:123456789012:task/jobs/0a9042f94d0a4345d4c18d110d541baf"

// placed submits a body and launches it. ECS answers with one task, as task describes it: members of an object.
func (w *fixture) placed(body, task string) {
	w.t.Helper()
	w.request("POST", "/runs", body, http.StatusAccepted)
	answer := `{"tasks":[` + w.task(task) + `],"failures":[]}`
	w.ecs.answer("RunTask", answer)
	w.ecs.answer("StartTask", answer)
	w.launch()
}

// task is a task of the run with members as given: `"lastStatus":"RUNNING","version":2`.
func (w *fixture) task(members string) string {
	return `{"taskArn":"` + taskARN + `","startedBy":"` + w.startedBy() + `",` + members + `}`
}

// describe lets ECS describe the task, and has Davit look.
func (w *fixture) describe(members string) {
	w.t.Helper()
	w.ecs.answer("DescribeTasks", `{"tasks":[`+w.task(members)+`],"failures":[]}`)
	w.observe()
}
