package localecs_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"

	"davit/internal/localecs"
	"davit/internal/localecs/scripted"
)

// fixture is a server with the SDK's own client in front of it and scripted processes behind it.
type fixture struct {
	*testing.T
	server *localecs.Server
	client *ecs.Client
	runner *scripted.Runner
	opt    localecs.Options
}

// inBubble runs a test on virtual time with a server of its own.
func inBubble(t *testing.T, opt localecs.Options, pick scripted.Pick, f func(t *testing.T, b *fixture)) {
	t.Helper()
	opt.Dir = t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		opt.Runner = scripted.New(nil, pick)
		b := open(t, opt)
		defer func() {
			if err := b.server.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		}()
		f(t, b)
	})
}

func open(t *testing.T, opt localecs.Options) *fixture {
	t.Helper()
	opt.NoSync = true
	if opt.Logger == nil {
		opt.Logger = slog.New(slog.DiscardHandler)
	}
	server, err := localecs.Open(opt)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	runner, _ := opt.Runner.(*scripted.Runner)
	return &fixture{T: t, server: server, client: newClient(scripted.Transport(server), "http://127.0.0.1:3001"), runner: runner, opt: opt}
}

// reopen is a crash and a start on the same folder.
func (b *fixture) reopen() {
	b.Helper()
	if err := b.server.Close(); err != nil {
		b.Fatalf("Close: %v", err)
	}
	*b = *open(b.T, b.opt)
}

func newClient(transport http.RoundTripper, url string) *ecs.Client {
	return ecs.NewFromConfig(aws.Config{
		Region:       "local",
		BaseEndpoint: &url,
		HTTPClient:   &http.Client{Transport: transport},
		Retryer:      func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		}),
	})
}

// worker is a container that the script named by its command runs.
func worker(name, command string) types.ContainerDefinition {
	return types.ContainerDefinition{Name: &name, Image: new("work:1"), Command: []string{command}, Cpu: 256, Memory: new(int32(512))}
}

// sidecar is a worker that the task can do without.
func sidecar(name, command string) types.ContainerDefinition {
	c := worker(name, command)
	c.Essential = new(false)
	return c
}

func (b *fixture) register(family string, containers ...types.ContainerDefinition) string {
	b.Helper()
	out, err := b.client.RegisterTaskDefinition(b.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: &family, ContainerDefinitions: containers,
	})
	if err != nil {
		b.Fatalf("RegisterTaskDefinition: %v", err)
	}
	return *out.TaskDefinition.TaskDefinitionArn
}

func (b *fixture) run(in *ecs.RunTaskInput) *ecs.RunTaskOutput {
	b.Helper()
	out, err := b.client.RunTask(b.Context(), in)
	if err != nil {
		b.Fatalf("RunTask: %v", err)
	}
	return out
}

// runOne runs one task of a family and returns its ARN.
func (b *fixture) runOne(family string) string {
	b.Helper()
	out := b.run(&ecs.RunTaskInput{TaskDefinition: &family})
	if len(out.Tasks) != 1 {
		b.Fatalf("RunTask: tasks %d, failures %+v", len(out.Tasks), out.Failures)
	}
	return *out.Tasks[0].TaskArn
}

func (b *fixture) describe(tasks ...string) *ecs.DescribeTasksOutput {
	b.Helper()
	out, err := b.client.DescribeTasks(b.Context(), &ecs.DescribeTasksInput{Tasks: tasks})
	if err != nil {
		b.Fatalf("DescribeTasks: %v", err)
	}
	return out
}

// task is the task once nothing moves without time passing.
func (b *fixture) task(arn string) types.Task {
	b.Helper()
	synctest.Wait()
	out := b.describe(arn)
	if len(out.Tasks) != 1 {
		b.Fatalf("DescribeTasks(%s): failures %+v", arn, out.Failures)
	}
	return out.Tasks[0]
}

func (b *fixture) stop(arn, reason string) types.Task {
	b.Helper()
	out, err := b.client.StopTask(b.Context(), &ecs.StopTaskInput{Task: &arn, Reason: &reason})
	if err != nil {
		b.Fatalf("StopTask: %v", err)
	}
	return *out.Task
}

// wantCode checks an error's code as the SDK tells it.
func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if got := codeOf(err); got != code {
		t.Errorf("code %q of error %v, want %s", got, err, code)
	}
}

func codeOf(err error) string {
	var known smithy.APIError
	if !errors.As(err, &known) {
		return ""
	}
	return known.ErrorCode()
}

func str[T ~string](p *T) string {
	if p == nil {
		return "<nil>"
	}
	return string(*p)
}
