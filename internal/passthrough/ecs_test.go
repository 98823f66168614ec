package passthrough_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/google/go-cmp/cmp"
)

// fakeECS is a transport that records the bodies of ECS calls and returns the answers that are set.
type fakeECS struct {
	t       *testing.T
	answers map[string]func(body string) string
	bodies  map[string][]string
}

// network is the member that a definition with awsvpc requires of a request.
const network = `"networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-1"]}}`

// definition is the fake's task definition. Its containers and volumes are those of the values in legal.
const definition = `{"taskDefinition":{"taskDefinitionArn":"` + definitionARN + `","family":"job","revision":7,"status":"ACTIVE","networkMode":"awsvpc",
	"taskRoleArn":"` + roleARN + `","volumes":[{"name":"data","configuredAtLaunch":true},{"name":"more","configuredAtLaunch":true}],
	"containerDefinitions":[{"name":"app","image":"i","essential":true,"memory":64},{"name":"side","image":"i","essential":false,"memory":64}]}}`

func newFakeECS(t *testing.T) *fakeECS {
	s := &fakeECS{t: t, answers: map[string]func(string) string{}, bodies: map[string][]string{}}
	s.answer("DescribeTaskDefinition", definition)
	s.answer("DescribeClusters", `{"clusters":[{"status":"ACTIVE"}],"failures":[]}`)
	return s
}

// answer sets the answer of an operation from now on.
func (s *fakeECS) answer(operation, body string) {
	s.answers[operation] = func(string) string { return body }
}

func (s *fakeECS) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	s.bodies[operation] = append(s.bodies[operation], string(body))
	answer := s.answers[operation]
	if answer == nil {
		s.t.Errorf("unexpected call of %s: %s", operation, body)
		return nil, fmt.Errorf("no answer to %s", operation)
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}},
		Body: io.NopCloser(strings.NewReader(answer(string(body)))), Request: r,
	}, nil
}

// last returns the last body of an operation.
func (s *fakeECS) last(operation string) object {
	s.t.Helper()
	all := s.bodies[operation]
	if len(all) == 0 {
		s.t.Fatalf("%s was not called", operation)
	}
	return parse(s.t, all[len(all)-1])
}

func (s *fakeECS) client() *ecs.Client {
	return ecs.New(ecs.Options{
		Region: "eu-west-1", BaseEndpoint: aws.String("http://ecs.test"), HTTPClient: &http.Client{Transport: s},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret"}, nil
		}),
	})
}

type object = map[string]any

// parse decodes an object and keeps its numbers as they are written.
func parse(t *testing.T, text string) object {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v object
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

// diff returns cmp.Diff of two values; "" when they are equal. It calls the slower cmp only when they differ.
func diff(want, got any) string {
	if reflect.DeepEqual(want, got) {
		return ""
	}
	return cmp.Diff(want, got)
}

func write(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
