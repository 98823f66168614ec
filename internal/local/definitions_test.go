package local

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/awsecs"
	"davit/internal/ecsspec"
	"davit/internal/httpapi"
	"davit/internal/localecs/faults"
	"davit/internal/localecs/scripted"
	"davit/internal/run"
	"davit/internal/taskdef"
)

// definition returns a task definition of a family. Equal arguments return equal definitions.
func definition(family, command string) string {
	return fmt.Sprintf(`{"family":%q,"tags":[{"key":"team","value":"red"}],"containerDefinitions":[{"name":"app","image":"busybox","memory":64,
		"command":[%q],"environment":[{"name":"A","value":"s3cret"},{"name":"B","value":"s3cret"}]}]}`, family, command)
}

// nameAndStatus returns "family:revision status" of an answer.
func nameAndStatus(answer map[string]any) string {
	d, _ := answer["taskDefinition"].(map[string]any)
	return fmt.Sprintf("%v:%v %v", d["family"], d["revision"], d["status"])
}

// listDefinitions returns the names on all pages of a list with those filters.
func (f *fixture) listDefinitions(filters string) string {
	f.t.Helper()
	var all []string
	for cursor := ""; ; {
		page := f.call("GET", "/task-definitions?"+filters+cursor, "", 200)
		for _, item := range page["taskDefinitions"].([]any) {
			all = append(all, strings.TrimPrefix(item.(map[string]any)["taskDefinitionArn"].(string), "arn:aws:ecs:local:000000000000:task-definition/"))
		}
		next, more := page["nextCursor"].(string)
		if !more {
			return strings.Join(all, " ")
		}
		cursor = "&cursor=" + url.QueryEscape(next)
	}
}

// wantMasked checks that an answer shows no value of an environment variable.
func (f *fixture) wantMasked(path string, answer map[string]any) {
	f.t.Helper()
	text, err := json.Marshal(answer)
	if err != nil {
		f.t.Fatal(err)
	}
	if strings.Contains(string(text), "s3cret") {
		f.t.Errorf("%s shows the value of a variable: %s", path, text)
	}
	if !strings.Contains(string(text), `"value":"***"`) {
		f.t.Errorf("%s shows no masked value: %s", path, text)
	}
}

// wantName checks the family, revision and status of an answer.
func (f *fixture) wantName(what string, answer map[string]any, want string) {
	f.t.Helper()
	if got := nameAndStatus(answer); got != want {
		f.t.Errorf("%s: %s, want %s", what, got, want)
	}
}

// A definition is registered, described, listed and deregistered through the handlers, the SDK and the ECS endpoint.
func TestTaskDefinitions_FromRegistrationToDeregistration(t *testing.T) {
	withFixture(t, app()(), nil, func(f *fixture) {
		made := f.call("POST", "/task-definitions", definition("report", "one"), 201)
		f.wantName("registered", made, "report:1 ACTIVE")
		reordered := `{"containerDefinitions":[{"environment":[{"value":"s3cret","name":"B"},{"value":"s3cret","name":"A"}],"command":["one"],"memory":64.0,
			"image":"busybox","name":"app","cpu":null}],"tags":[{"value":"red","key":"team"}],"family":"report"}`
		f.wantName("the same again", f.call("POST", "/task-definitions", reordered, 200), "report:1 ACTIVE")
		f.wantCalls("RegisterTaskDefinition", 2) // one is the fixture's own
		f.wantName("another", f.call("POST", "/task-definitions", definition("report", "two"), 201), "report:2 ACTIVE")

		arn := made["taskDefinition"].(map[string]any)["taskDefinitionArn"].(string)
		for path, want := range map[string]string{
			"report": "report:2 ACTIVE", "report:1": "report:1 ACTIVE", "report%3A1": "report:1 ACTIVE", arn: "report:1 ACTIVE", url.PathEscape(arn): "report:1 ACTIVE",
		} {
			got := f.call("GET", "/task-definitions/"+path, "", 200)
			f.wantName(path, got, want)
			f.wantMasked(path, got)
			if keys := tagKeys(got); len(keys) != 2 || keys[1] != taskdef.ContentTag {
				t.Errorf("%s has the tags %v, want two, the second %s", path, keys, taskdef.ContentTag)
			}
		}
		if got := f.listDefinitions("limit=1"); got != "job:1 report:1 report:2" {
			t.Errorf("listed %s, want job:1 report:1 report:2", got)
		}

		for range 2 {
			f.wantName("deregistered", f.call("POST", "/task-definitions/report:2/deregister", "", 200), "report:2 INACTIVE")
		}
		f.wantName("described when INACTIVE", f.call("GET", "/task-definitions/report:2", "", 200), "report:2 INACTIVE")
		f.wantName("the latest", f.call("GET", "/task-definitions/report", "", 200), "report:1 ACTIVE")
		if active := f.listDefinitions("familyPrefix=report"); active != "report:1" {
			t.Errorf("ACTIVE are %s, want report:1", active)
		}
		if inactive := f.listDefinitions("familyPrefix=report&status=INACTIVE"); inactive != "report:2" {
			t.Errorf("INACTIVE are %s, want report:2", inactive)
		}
		f.wantName("registered again", f.call("POST", "/task-definitions", definition("report", "two"), 201), "report:3 ACTIVE")
		for path, status := range map[string]int{"none": 404, "report:9": 404, "report:x": 404, "report:3/": 404, "none:1/deregister": 404, "report/deregister": 400} {
			method := "GET"
			if strings.HasSuffix(path, "/deregister") {
				method = "POST"
			}
			f.call(method, "/task-definitions/"+path, "", status)
		}
		f.call("POST", "/runs", `{"taskDefinition":"report:2"}`, 400) // DR-03
	})
}

// Reads wait a throttle out, a registration returns it to the caller. After a lost reply no second revision is registered.
func TestTaskDefinitionsUnderFaults(t *testing.T) {
	withFixture(t, app()(), nil, func(f *fixture) {
		f.ECS.Faults().Throttle("RegisterTaskDefinition", 1)
		f.call("POST", "/task-definitions", definition("report", "one"), 429)
		f.call("POST", "/task-definitions", definition("report", "one"), 201)
		f.ECS.Faults().LoseReplies("RegisterTaskDefinition", 1, faults.DropConnection)
		f.wantName("lost and found", f.call("POST", "/task-definitions", definition("report", "two"), 201), "report:2 ACTIVE")
		f.wantName("again", f.call("POST", "/task-definitions", definition("report", "two"), 200), "report:2 ACTIVE")
		f.ECS.Faults().Throttle("ListTaskDefinitions", 2)
		if got := f.listDefinitions("familyPrefix=report"); got != "report:1 report:2" {
			t.Errorf("listed %s, want report:1 report:2", got)
		}
		f.ECS.Faults().LoseReplies("DeregisterTaskDefinition", 1, faults.AnswerServerError)
		f.wantName("deregistered", f.call("POST", "/task-definitions/report:2/deregister", "", 200), "report:2 INACTIVE")
		f.ECS.Faults().Throttle("DescribeTaskDefinition", 3)
		if answer := f.call("GET", "/task-definitions/report", "", 429); answer["type"] != "throttled" {
			t.Errorf("the problem's type is %v, want throttled", answer["type"])
		}
	})
}

// A stack that allows some families and no writes.
func TestTaskDefinitionsThatAreNotAllowed(t *testing.T) {
	withFixture(t, app()(), nil, func(f *fixture) {
		for _, family := range []string{"nightly", "secret", "batch-a", "batch-b", "secret", "zz"} {
			f.call("POST", "/task-definitions", definition(family, fmt.Sprint(len(f.calls("RegisterTaskDefinition")))), 201)
		}
		allow := func(writes bool, families ...string) {
			o := httpapi.Options{}
			g := &taskdef.Registrar{Stack: run.Stack{Families: families}, Writes: writes, Spec: ecsspec.Spec{}, Definitions: awsecs.NewRegistrar(newECSClient(f.options))}
			f.API = httpapi.Routes{
				Register: httpapi.Register(g, o), Describe: httpapi.Describe(g, o), Deregister: httpapi.Deregister(g, o), ListDefinitions: httpapi.ListDefinitions(g, o),
			}.Handler(o)
		}
		for _, c := range []struct{ families, filters, want string }{
			{"nightly batch-*", "limit=2", "batch-a:1 batch-b:1 nightly:1"},
			{"nightly batch-b", "limit=1", "batch-b:1 nightly:1"},
			{"batch-*", "familyPrefix=batch-b", "batch-b:1"},
			{"batch-*", "familyPrefix=secret", ""},
			{"*", "familyPrefix=secret", "secret:1 secret:2"},
		} {
			allow(true, strings.Fields(c.families)...)
			if got := f.listDefinitions(c.filters); got != c.want {
				t.Errorf("%s of %s: %s, want %s", c.filters, c.families, got, c.want)
			}
		}
		allow(true, "nightly")
		unknown, hidden := f.problem("GET", "/task-definitions/none:1"), f.problem("GET", "/task-definitions/secret:1")
		if unknown != hidden {
			t.Errorf("a family that is not allowed gets %s, one that does not exist %s; want the same", hidden, unknown)
		}
		if !strings.HasPrefix(hidden, "404 ") {
			t.Errorf("a family that is not allowed gets %s, want 404", hidden)
		}
		f.call("POST", "/task-definitions", definition("secret", "x"), 404)
		f.call("POST", "/task-definitions/secret:1/deregister", "", 404)
		allow(false)
		f.call("POST", "/task-definitions", definition("nightly", "x"), 403)
		f.call("POST", "/task-definitions/nightly:1/deregister", "", 403)
		f.wantName("seen without writes", f.call("GET", "/task-definitions/nightly", "", 200), "nightly:1 ACTIVE")
		f.wantCalls("DeregisterTaskDefinition", 0)
	})
}

// tagKeys returns the keys of the tags of an answer.
func tagKeys(answer map[string]any) (keys []any) {
	tags, _ := answer["tags"].([]any)
	for _, tag := range tags {
		keys = append(keys, tag.(map[string]any)["key"])
	}
	return keys
}

// problem returns the status and the body of an answer to a request with a fixed request id.
func (f *fixture) problem(method, path string) string {
	f.t.Helper()
	req := httptest.NewRequest(method, path, nil)
	rec := httptest.NewRecorder()
	f.API.ServeHTTP(rec, req.WithContext(httpapi.WithIdentity(req.Context(), "local", "request-1")))
	return fmt.Sprint(rec.Code, " ", rec.Body)
}

// Tasks of a definition that becomes INACTIVE continue (DR-02), ECS still describes it (DD-02), and no new run is accepted with it.
func TestDeregisterWhileRunning(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: 10 * time.Minute}), func(f *fixture) {
		f.start()
		id := f.submit(`{"taskDefinition":"job:1"}`)
		f.until(id, "running", func(r *run.Run) bool { return r.Status == run.Running })
		client, name := newECSClient(f.options), "job:1"
		out, err := client.DeregisterTaskDefinition(f.t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &name})
		if err != nil {
			t.Fatal(err)
		}
		if got := out.TaskDefinition.Status; got != types.TaskDefinitionStatusInactive {
			t.Fatalf("deregistered as %s, want INACTIVE", got)
		}
		described, err := client.DescribeTaskDefinition(f.t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: &name})
		if err != nil {
			t.Fatal(err)
		}
		if got := described.TaskDefinition.Status; got != types.TaskDefinitionStatusInactive {
			t.Errorf("described as %s, want INACTIVE", got)
		}
		faults := f.call("POST", "/runs", `{"taskDefinition":"job:1"}`, 400)["errors"].([]any)
		if first := faults[0].(map[string]any); first["rule"] != run.RuleDefinition {
			t.Errorf("a new run of it breaks rule %v (%v), want %s", first["rule"], first["detail"], run.RuleDefinition)
		}
		f.wantRun(f.end(id), run.Succeeded, "", 1)
	})
}
