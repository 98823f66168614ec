package awsecs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"davit/internal/run"
)

const targetPrefix = "AmazonEC2ContainerServiceV20141113."

// reply is what the fake answers to one request; err stands for a transport that fails and tells nothing more.
type reply struct {
	status int
	body   string
	err    error
}

func ok(body string) reply { return reply{status: http.StatusOK, body: body} }

func refusal(status int, code, message string) reply {
	body, _ := json.Marshal(map[string]string{"__type": code, "message": message})
	return reply{status: status, body: string(body)}
}

type request struct {
	op   string
	body string
}

// fakeECS speaks ECS's wire protocol inside the process: it records the requests and answers each operation from its own queue, the
// last reply again and again. An operation without replies is an error of the test.
type fakeECS struct {
	t        *testing.T
	mu       sync.Mutex
	replies  map[string][]reply
	requests []request
}

func newFake(t *testing.T) *fakeECS {
	return &fakeECS{t: t, replies: make(map[string][]reply)}
}

func (f *fakeECS) on(op string, replies ...reply) *fakeECS {
	f.replies[op] = append(f.replies[op], replies...)
	return f
}

func (f *fakeECS) RoundTrip(r *http.Request) (*http.Response, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	op := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
	f.requests = append(f.requests, request{op: op, body: string(body)})
	queue := f.replies[op]
	if len(queue) == 0 {
		f.t.Errorf("unexpected call of %s", op)
		return nil, errors.New("no reply")
	}
	if len(queue) > 1 {
		f.replies[op] = queue[1:]
	}
	return queue[0].response(r)
}

func (a reply) response(r *http.Request) (*http.Response, error) {
	if a.err != nil {
		return nil, a.err
	}
	return &http.Response{
		StatusCode:    a.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        http.Header{"Content-Type": {"application/x-amz-json-1.1"}},
		Body:          io.NopCloser(strings.NewReader(a.body)),
		ContentLength: int64(len(a.body)),
		Request:       r,
	}, nil
}

func (f *fakeECS) calls() []request {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]request(nil), f.requests...)
}

func (f *fakeECS) client(tune ...func(*ecs.Options)) *ecs.Client { return client(f, tune...) }

func client(transport http.RoundTripper, tune ...func(*ecs.Options)) *ecs.Client {
	return ecs.NewFromConfig(aws.Config{
		Region:       "eu-central-1",
		BaseEndpoint: aws.String("http://ecs.test"),
		HTTPClient:   &http.Client{Transport: transport},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET"}, nil
		}),
	}, tune...)
}

// engineError demands that err is the domain's error.
func engineError(t *testing.T, err error) *run.EngineError {
	t.Helper()
	var e *run.EngineError
	if !errors.As(err, &e) {
		t.Fatalf("error is %T %v, want *run.EngineError", err, err)
	}
	return e
}

// value reads JSON with its numbers as they were written.
func value(t *testing.T, data string) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader([]byte(data)))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("decode %q: %v", data, err)
	}
	return v
}
