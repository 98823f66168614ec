package events_test

import (
	"bytes"
	"encoding/json"
	"path"
	"strings"
	"testing"

	lambdaevents "github.com/aws/aws-lambda-go/events"

	"davit/events"
	"davit/internal/lambdaio"
	"davit/internal/run"
)

// shapes are AWS's types of the events whose names begin with the key. A step's input has Davit's own type.
var shapes = map[string]func() any{
	"submit": httpRequest, "get": httpRequest, "list": httpRequest, "logs": httpRequest, "stop": httpRequest, "taskdefs": httpRequest,
	"launch": stepInput, "observe": stepInput,
	"taskevent": busEvent, "sweep": busEvent,
	"notify": func() any { return new(lambdaevents.DynamoDBEvent) },
}

func httpRequest() any { return new(lambdaevents.APIGatewayV2HTTPRequest) }
func stepInput() any   { return new(run.StepInput) }
func busEvent() any    { return new(lambdaevents.EventBridgeEvent) }

// Every event has the shape in which its service sends it: it decodes into AWS's type without unknown members.
func TestSamplesHaveTheServicesShape(t *testing.T) {
	entries, err := events.Samples.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, entry := range entries {
		name, _, _ := strings.Cut(strings.TrimSuffix(entry.Name(), ".json"), "-")
		shape := shapes[name]
		if shape == nil {
			continue
		}
		tried++
		decoder := json.NewDecoder(bytes.NewReader(read(t, entry.Name())))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(shape()); err != nil {
			t.Errorf("%s: %v", entry.Name(), err)
		}
	}
	if tried < 20 {
		t.Errorf("only %d events were tried", tried)
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := events.Samples.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Members of a sample that hold the same fact agree.
func TestHTTPSamplesAgreeWithThemselves(t *testing.T) {
	for _, name := range []string{
		"submit", "submit-jwt", "submit-rerun", "get", "get-jwt", "get-default", "get-meta", "list", "list-jwt", "logs", "logs-jwt", "stop", "stop-jwt", "taskdefs", "taskdefs-jwt",
		"taskdefs-describe", "taskdefs-describe-jwt", "taskdefs-describe-arn", "taskdefs-list", "taskdefs-list-jwt", "taskdefs-deregister", "taskdefs-deregister-jwt",
	} {
		var e lambdaevents.APIGatewayV2HTTPRequest
		if err := json.Unmarshal(read(t, name+".json"), &e); err != nil {
			t.Fatal(err)
		}
		c := e.RequestContext
		if e.Version != "2.0" {
			t.Errorf("%s: version %q, want 2.0", name, e.Version)
		}
		want := [3]string{e.RawPath, e.RouteKey, e.Headers["host"]}
		if got := [3]string{c.HTTP.Path, c.RouteKey, c.DomainName}; got != want {
			t.Errorf("%s: path, route and host of requestContext are %q, want those of the event, %q", name, got, want)
		}
		method, route, _ := strings.Cut(e.RouteKey, " ")
		for parameter, value := range e.PathParameters {
			route = strings.Replace(route, "{"+parameter+"}", value, 1)
		}
		if e.RouteKey != "$default" && (method != c.HTTP.Method || route != e.RawPath) {
			t.Errorf("%s: %s is not the route of %s %s", name, e.RouteKey, c.HTTP.Method, e.RawPath)
		}
		if isJWT := strings.HasSuffix(name, "-jwt"); isJWT != (c.Authorizer.JWT != nil) || isJWT == (c.Authorizer.IAM != nil) {
			t.Errorf("%s: the authorizer has JWT: %t, IAM: %t; want one of them, by the sample's name", name, c.Authorizer.JWT != nil, c.Authorizer.IAM != nil)
		}
	}
}

// The samples refer to the same run.
func TestSamplesAreOfOnePiece(t *testing.T) {
	var launched, woken run.StepInput
	var task, ended struct {
		Resources []string
		Detail    struct{ StartedBy, TaskArn, Name string }
	}
	for name, into := range map[string]any{"observe": &launched, "observe-token": &woken, "taskevent": &task, "sweep-execution": &ended} {
		if err := json.Unmarshal(read(t, name+".json"), into); err != nil {
			t.Fatal(err)
		}
	}
	if woken.Execution != launched.Execution {
		t.Errorf("observe-token.json is of the execution %v, want observe.json's, %v", woken.Execution, launched.Execution)
	}
	if woken.Token == "" {
		t.Error("observe-token.json has no token")
	}
	if ended.Detail.Name != launched.Name() {
		t.Errorf("sweep-execution.json is of the execution %s, want observe.json's, %s", ended.Detail.Name, launched.Name())
	}
	if id, attempt, ok := run.ParseStartedBy("davit", task.Detail.StartedBy); !ok || id != launched.RunID || attempt != 1 {
		t.Errorf("taskevent.json is of attempt %d of run %q, want 1 of %s", attempt, id, launched.RunID)
	}
	if task.Resources[0] != task.Detail.TaskArn {
		t.Errorf("taskevent.json has the resource %s, want its task, %s", task.Resources[0], task.Detail.TaskArn)
	}
	var e lambdaio.HTTPEvent
	if err := json.Unmarshal(read(t, "stop.json"), &e); err != nil {
		t.Fatal(err)
	}
	if want := path.Join("/runs", launched.RunID, "stop"); e.RawPath != want {
		t.Errorf("stop.json has the path %s, want %s", e.RawPath, want)
	}
}
