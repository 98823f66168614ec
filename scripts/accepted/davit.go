package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"davit/internal/awsecs"
	"davit/internal/clock"
	"davit/internal/ecsspec"
	"davit/internal/run"
	"davit/internal/taskdef"
)

// davit holds the use cases as they are wired in AWS, with the SDK's client on a fake transport.
type davit struct {
	wire      *recordingTransport
	store     *singleRunStore
	flow      *recordingWorkflow
	submitter *run.Submitter
	launcher  *run.Launcher
	registrar *taskdef.Registrar
	engine    *awsecs.Engine
}

func newDavit() *davit {
	d := &davit{wire: &recordingTransport{}, store: &singleRunStore{}, flow: &recordingWorkflow{}}
	client := ecs.NewFromConfig(aws.Config{
		Region: "eu-central-1", BaseEndpoint: aws.String("http://ecs.test"), HTTPClient: &http.Client{Transport: d.wire},
		Retryer: func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET"}, nil
		}),
	})
	d.engine = awsecs.New(client)
	stack := run.Stack{ExecuteCommand: true}
	keeper := run.Keeper{Store: d.store, Clock: clock.System, Tuning: run.Tuning{Prefix: "davit", TaskEvents: true}, Workflow: d.flow}
	d.submitter = &run.Submitter{Keeper: keeper, Stack: stack, Spec: ecsspec.Spec{}, Catalog: throttledCatalog{}}
	d.launcher = &run.Launcher{Keeper: keeper, Engine: d.engine, Catalog: throttledCatalog{}}
	d.registrar = &taskdef.Registrar{Stack: stack, Writes: true, Spec: ecsspec.Spec{}, Definitions: awsecs.NewRegistrar(client)}
	return d
}

// recordingTransport records the last body of a mutating operation, and responds as ECS would.
type recordingTransport struct {
	sent  json.RawMessage
	calls int // since the last reset, reads included
}

func (w *recordingTransport) reset() { *w = recordingTransport{} }

var answers = map[string]string{
	"RunTask":                `{"tasks":[],"failures":[{"arn":"a","reason":"RESOURCE:CPU"}]}`,
	"StartTask":              `{"tasks":[],"failures":[{"arn":"a","reason":"RESOURCE:CPU"}]}`,
	"StopTask":               `{"task":{"taskArn":"a"}}`,
	"RegisterTaskDefinition": `{"taskDefinition":{"taskDefinitionArn":"a"}}`,
}

func (w *recordingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	w.calls++
	_, op, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	status, answer := http.StatusOK, answers[op]
	if answer == "" { // a read
		status, answer = http.StatusBadRequest, `{"__type":"ClientException","message":"Unable to describe task definition."}`
	} else {
		w.sent = body
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}},
		Body: io.NopCloser(strings.NewReader(answer)), ContentLength: int64(len(answer)), Request: r,
	}, nil
}

// throttledCatalog is a catalog whose every look-up is throttled, so that every definition and cluster is taken to exist.
type throttledCatalog struct{}

var errThrottled = &run.EngineError{Operation: "Describe", Code: "ThrottlingException", Message: "Rate exceeded"}

func (throttledCatalog) Definition(context.Context, string) (run.Definition, error) {
	return run.Definition{}, errThrottled
}
func (throttledCatalog) Cluster(context.Context, string) error { return errThrottled }

// recordingWorkflow records the execution that was started last.
type recordingWorkflow struct{ started run.Execution }

func (f *recordingWorkflow) Start(_ context.Context, x run.Execution, _ string) error {
	f.started = x
	return nil
}
func (f *recordingWorkflow) Wake(context.Context, string, run.StepOutput) error { return nil }

// singleRunStore holds one record: that of the current request.
type singleRunStore struct{ record *run.Run }

func (s *singleRunStore) Create(_ context.Context, r *run.Run) (*run.Run, bool, error) {
	r.Version = 1
	s.record = r.Clone()
	return r, true, nil
}

func (s *singleRunStore) Get(_ context.Context, id string) (*run.Run, error) {
	if s.record == nil || s.record.ID != id {
		return nil, run.ErrNotFound
	}
	return s.record.Clone(), nil
}

func (s *singleRunStore) Update(_ context.Context, r *run.Run) error {
	r.Version++
	s.record = r.Clone()
	return nil
}

// Lock implements run.Store: no run holds a key.
func (s *singleRunStore) Lock(_ context.Context, key string) (*run.Lock, error) {
	return &run.Lock{Key: key}, nil
}

func (s *singleRunStore) PutLock(context.Context, *run.Lock) error { return nil }

var errNoLists = errors.New("this store has one record and no lists")

func (s *singleRunStore) List(context.Context, run.Query) (run.Page, error) {
	return run.Page{}, errNoLists
}
func (s *singleRunStore) Open(context.Context, time.Time, int, *run.OpenPosition) (run.OpenPage, error) {
	return run.OpenPage{}, errNoLists
}
