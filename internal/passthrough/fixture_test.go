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

// fixture is Davit's own code from the HTTP API to the calls of ECS, with one of its stores. The test acts as the state machine.
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
		t: t, ecs: newFakeECS(t), store: store, stack: run.Stack{ExecuteCommand: true},
		at: time.Now().UTC().Truncate(time.Millisecond),
	}
}

// inBolt returns a fixture with the fastest store.
func inBolt(t *testing.T) *fixture { return newFixture(t, stores["bbolt"](t)) }

// eachStore runs a test with each store.
func eachStore(t *testing.T, test func(*testing.T, *fixture)) {
	t.Helper()
	for name, open := range stores {
		t.Run(name, func(t *testing.T) { test(t, newFixture(t, open(t))) })
	}
}

// Now, Start and Wake implement clock.Clock and run.Workflow.
func (f *fixture) Now() time.Time { return f.at }

func (f *fixture) Start(_ context.Context, x run.Execution, _ string) error {
	f.started = x
	return nil
}

func (f *fixture) Wake(context.Context, string, run.StepOutput) error {
	f.woken++
	return nil
}

func (f *fixture) keeper() run.Keeper {
	return run.Keeper{Store: f.store, Clock: f, Tuning: run.Tuning{Prefix: "davit", TaskEvents: !f.polling}, Workflow: f}
}

// request makes an API call as a caller, and checks its status.
func (f *fixture) request(method, path, body string, status int) object {
	f.t.Helper()
	answer, got := f.try(method, path, body)
	if got != status {
		f.t.Fatalf("%s %s %s: %d %v, want %d", method, path, body, got, answer, status)
	}
	return answer
}

// try makes an API call as a caller.
func (f *fixture) try(method, path, body string) (answer object, status int) {
	f.t.Helper()
	log := slog.New(slog.DiscardHandler)
	o, reader := httpapi.Options{Log: log}, &run.Reader{Store: f.store}
	client := f.ecs.client()
	api := httpapi.Routes{
		Submit: httpapi.Submit(&run.Submitter{Keeper: f.keeper(), Stack: f.stack, Spec: ecsspec.Spec{}, Catalog: awsecs.NewCatalog(client)}, o),
		Get:    httpapi.Get(reader, o), List: httpapi.List(reader, o),
		Stop: httpapi.Stop(&run.Stopper{Keeper: f.keeper(), Engine: awsecs.New(client)}, o),
	}.Handler(o)
	r := httptest.NewRequestWithContext(httpapi.WithCaller(f.t.Context(), "somebody"), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	api.ServeHTTP(rec, r)
	return parse(f.t, rec.Body.String()), rec.Code
}

// step invokes a function of the state machine for the execution that the last submission started.
func (f *fixture) step(s lambdaio.Stepper) run.StepOutput {
	f.t.Helper()
	answer, err := lambdaio.Step(s, slog.New(slog.DiscardHandler))(f.t.Context(), []byte(write(f.t, f.started)))
	if err != nil {
		f.t.Fatal(err)
	}
	var out run.StepOutput
	if err := json.Unmarshal(answer, &out); err != nil {
		f.t.Fatal(err)
	}
	return out
}

func (f *fixture) launch() run.StepOutput {
	f.t.Helper()
	client := f.ecs.client()
	return f.step(&run.Launcher{Keeper: f.keeper(), Engine: awsecs.New(client), Catalog: awsecs.NewCatalog(client)})
}

// observe takes an Observe step, a minute later.
func (f *fixture) observe() run.StepOutput {
	f.t.Helper()
	f.at = f.at.Add(time.Minute)
	return f.step(&run.Observer{Keeper: f.keeper(), Engine: awsecs.New(f.ecs.client())})
}

// deliverEvent delivers a task state change event.
func (f *fixture) deliverEvent(detail string) {
	f.t.Helper()
	handle := lambdaio.TaskEvent(&run.TaskEvents{Keeper: f.keeper(), Engine: awsecs.New(f.ecs.client())}, slog.New(slog.DiscardHandler))
	event := `{"version":"0","id":"e","source":"aws.ecs","detail-type":"ECS Task State Change","detail":` + detail + `}`
	if _, err := handle(f.t.Context(), []byte(event)); err != nil {
		f.t.Fatal(err)
	}
}

// record returns the stored run.
func (f *fixture) record() *run.Run {
	f.t.Helper()
	r, err := f.store.Get(f.t.Context(), f.started.RunID)
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

// shown returns the first task of an attempt as GET shows it.
func (f *fixture) shown() object {
	f.t.Helper()
	return f.attempt()["tasks"].([]any)[0].(object)
}

// attempt returns the last attempt as GET shows it.
func (f *fixture) attempt() object {
	f.t.Helper()
	attempts := f.request("GET", "/runs/"+f.started.RunID, "", http.StatusOK)["attempts"].([]any)
	return attempts[len(attempts)-1].(object)
}

func (f *fixture) startedBy() string { return run.StartedBy("davit", f.started.RunID, 1) }

// taskARN is the ARN of the fake's only task.
const taskARN = "arn:aws:ecs:eu-west-1:123456789012:task/jobs/0a9042f94d0a4345d4c18d110d541baf"

// launchPlaced submits a body and launches it. ECS answers with one task; task holds further members of it.
func (f *fixture) launchPlaced(body, task string) {
	f.t.Helper()
	f.request("POST", "/runs", body, http.StatusAccepted)
	answer := `{"tasks":[` + f.task(task) + `],"failures":[]}`
	f.ecs.answer("RunTask", answer)
	f.ecs.answer("StartTask", answer)
	f.launch()
}

// task returns a task of the run with members such as `"lastStatus":"RUNNING","version":2`.
func (f *fixture) task(members string) string {
	return `{"taskArn":"` + taskARN + `","startedBy":"` + f.startedBy() + `",` + members + `}`
}

// describeAndObserve sets the task that ECS describes, and takes an Observe step.
func (f *fixture) describeAndObserve(members string) {
	f.t.Helper()
	f.ecs.answer("DescribeTasks", `{"tasks":[`+f.task(members)+`],"failures":[]}`)
	f.observe()
}
