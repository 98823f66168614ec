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
)

// davit is the use cases as they are wired in AWS, with the SDK's client, on a wire that ends here.
type davit struct {
	wire      *wire
	store     *store
	flow      *flow
	submitter *run.Submitter
	launcher  *run.Launcher
	registrar *run.Registrar
	engine    *awsecs.Engine
}

func newDavit() *davit {
	d := &davit{wire: &wire{}, store: &store{}, flow: &flow{}}
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
	d.submitter = &run.Submitter{Keeper: keeper, Stack: stack, Spec: ecsspec.Spec{}, Catalog: throttled{}}
	d.launcher = &run.Launcher{Keeper: keeper, Engine: d.engine, Catalog: throttled{}}
	d.registrar = &run.Registrar{Stack: stack, Writes: true, Spec: ecsspec.Spec{}, Definitions: awsecs.NewRegistrar(client)}
	return d
}

// wire keeps the last body of an operation that changes something, and answers as ECS would.
type wire struct {
	sent  json.RawMessage
	calls int // since it was forgotten, those that only read included
}

func (w *wire) forget() { *w = wire{} }

var answers = map[string]string{
	"RunTask":                `{"tasks":[],"failures":[{"arn":"a","reason":"RESOURCE:CPU"}]}`,
	"StartTask":              `{"tasks":[],"failures":[{"arn":"a","reason":"RESOURCE:CPU"}]}`,
	"StopTask":               `{"task":{"taskArn":"a"}}`,
	"RegisterTaskDefinition": `{"taskDefinition":{"taskDefinitionArn":"a"}}`,
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
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

// throttled is a catalog that answers no look-up, so that every definition and cluster passes for one that is there.
type throttled struct{}

var errThrottled = &run.EngineError{Operation: "Describe", Code: "ThrottlingException", Message: "Rate exceeded"}

func (throttled) Definition(context.Context, string) (run.Definition, error) {
	return run.Definition{}, errThrottled
}
func (throttled) Cluster(context.Context, string) error { return errThrottled }

// flow remembers the execution that was started last.
type flow struct{ started run.Execution }

func (f *flow) Start(_ context.Context, x run.Execution, _ string) error {
	f.started = x
	return nil
}
func (f *flow) Wake(context.Context, string, run.StepOutput) error { return nil }

// store holds one record: that of the request under way.
type store struct{ record *run.Run }

func (s *store) Create(_ context.Context, r *run.Run) (*run.Run, bool, error) {
	r.Version = 1
	s.record = r.Clone()
	return r, true, nil
}

func (s *store) Get(_ context.Context, id string) (*run.Run, error) {
	if s.record == nil || s.record.ID != id {
		return nil, run.ErrNotFound
	}
	return s.record.Clone(), nil
}

func (s *store) Update(_ context.Context, r *run.Run) error {
	r.Version++
	s.record = r.Clone()
	return nil
}

// Lock implements run.Store: nobody holds a key.
func (s *store) Lock(_ context.Context, key string) (*run.Lock, error) {
	return &run.Lock{Key: key}, nil
}

func (s *store) PutLock(context.Context, *run.Lock) error { return nil }

var errNoLists = errors.New("this store has one record and no lists")

func (s *store) List(context.Context, run.Query) (run.Page, error) { return run.Page{}, errNoLists }
func (s *store) Open(context.Context, time.Time, int, *run.OpenPosition) (run.OpenPage, error) {
	return run.OpenPage{}, errNoLists
}
