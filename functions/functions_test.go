package functions_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"davit/events"
	"davit/internal/runtimeapi"
)

const launchedRun = "k7dq2mrxw3h5nfa6yzj4tbcevu" // of the samples

// samples are the events of package events, with the expected answers of the functions.
var samples = []struct {
	event  string
	over   map[string]string // settings
	answer string            // a part of it
	made   string            // what Step Functions and EventBridge were asked for
}{
	{event: "submit", answer: `"statusCode":202`, made: "StartExecution"},
	{event: "submit-jwt", over: map[string]string{"DAVIT_AUTH": "JWT"}, answer: `"statusCode":200`},
	{event: "submit-rerun", answer: `\"rerunOf\":\"` + launchedRun, made: "StartExecution"},
	{event: "get", answer: `"statusCode":200`},
	{event: "get-jwt", over: map[string]string{"DAVIT_AUTH": "JWT"}, answer: `\"runId\":\"` + launchedRun},
	{event: "get-default", answer: `"statusCode":405,"headers":{"allow":"GET, HEAD"`},
	{event: "get-meta", answer: `\"mode\":\"aws\",\"features\":{\"taskEvents\":true,\"logs\":true,`},
	{event: "list", answer: launchedRun},
	{event: "list-jwt", over: map[string]string{"DAVIT_AUTH": "JWT"}, answer: `{\"runs\":[]}`},
	{event: "logs", answer: `settlement for region north`},
	{event: "logs-jwt", over: map[string]string{"DAVIT_AUTH": "JWT", "DAVIT_LOG_GROUPS": ""}, answer: `\"unavailable\":[{`},
	{event: "stop", answer: `\"status\":\"STOPPING\"`, made: "SendTaskSuccess"},
	{event: "stop-jwt", over: map[string]string{"DAVIT_AUTH": "JWT"}, answer: `"statusCode":202`, made: "SendTaskSuccess"},
	{event: "taskdefs", answer: `settlement:1`},
	{event: "taskdefs-jwt", over: map[string]string{"DAVIT_AUTH": "JWT"}, answer: `"statusCode":200`},
	{event: "taskdefs-describe", answer: `{\"key\":\"davit:content-hash\"`},
	{event: "taskdefs-describe-jwt", over: map[string]string{"DAVIT_AUTH": "JWT"}, answer: `\"status\":\"ACTIVE\"`},
	{event: "taskdefs-describe-arn", over: map[string]string{"DAVIT_ALLOW_TASK_DEFINITION_WRITES": "false"}, answer: `\"revision\":1`},
	{event: "taskdefs-list", over: map[string]string{"DAVIT_ALLOWED_FAMILIES": "nightly, settle*"}, answer: `\"family\":\"settlement\",\"revision\":1,\"status\":\"ACTIVE\"}]}`},
	{event: "taskdefs-list-jwt", over: map[string]string{"DAVIT_AUTH": "JWT", "DAVIT_ALLOWED_FAMILIES": "nightly"}, answer: `{\"taskDefinitions\":[]}`},
	{event: "taskdefs-deregister", answer: `\"status\":\"INACTIVE\"`},
	{event: "taskdefs-deregister-jwt", over: map[string]string{"DAVIT_AUTH": "JWT", "DAVIT_ALLOW_TASK_DEFINITION_WRITES": "false"}, answer: `"statusCode":403`},
	{event: "launch", answer: `"next":"FOLLOW"`},
	{event: "observe", answer: `"next":"FOLLOW"`},
	{event: "observe-token", answer: `"next":"FOLLOW"`},
	{event: "taskevent", answer: `null`},
	{event: "taskevent-stopped", answer: `null`, made: "SendTaskSuccess"},
	{event: "sweep", answer: `null`, made: "SendTaskSuccess"},
	{event: "sweep-scheduler", answer: `null`, made: "SendTaskSuccess"},
	{event: "sweep-execution", answer: `null`, made: "StartExecution"},
	{event: "schedule", answer: `"status":"SUBMITTED"`, made: "StartExecution"},
	{event: "schedule-refused", answer: `{"didNotRun":{"version":"1"`, made: "PutEvents"},
	{event: "notify", answer: `{"batchItemFailures":[]}`, made: "PutEvents"},
}

// Every bootstrap answers each of its samples, under a Runtime API and with fakes of AWS.
func TestBootstrapsAnswerTheirSamples(t *testing.T) {
	if testing.Short() {
		t.Skip("links every function")
	}
	folder := build(t)
	for _, s := range samples {
		t.Run(s.event, func(t *testing.T) {
			event, err := events.Samples.ReadFile(s.event + ".json")
			if err != nil {
				t.Fatal(err)
			}
			fx := newFixture(t, folder, s.over)
			function, _, _ := strings.Cut(s.event, "-")
			o := fx.invoke(t, function, event)
			if o.Failure != nil || !strings.Contains(string(o.Answer), s.answer) || fx.made() != s.made {
				t.Errorf("answer %s, failure %v; asked for %q, want %q; log:\n%s", o.Answer, o.Failure, fx.made(), s.made, fx.log.String())
			}
		})
	}
	t.Run("refusals", func(t *testing.T) { refusals(t, folder) })
	t.Run("observe leaves its token", func(t *testing.T) { observeLeavesToken(t, folder) })
}

// Every sample has a function, and every function a sample with its name.
func TestSamplesAndFunctions(t *testing.T) {
	listed := map[string]bool{"run": true, "task-definition": true, "env": true} // no events
	for _, s := range samples {
		listed[s.event] = true
	}
	files, err := events.Samples.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name := strings.TrimSuffix(f.Name(), ".json"); !listed[name] {
			t.Errorf("events/%s is tried by no test", f.Name())
		}
	}
	for _, name := range names(t) {
		if !listed[name] {
			t.Errorf("%s has no sample", name)
		}
	}
}

// env.json, which lambda-invoke and sam local invoke read, has exactly the variables that the functions read.
func TestEnvironmentOfTheSamples(t *testing.T) {
	data, err := events.Samples.ReadFile("env.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Parameters map[string]string }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	for name, value := range settings() {
		if file.Parameters[name] != value {
			t.Errorf("%s is %q there, want %q", name, file.Parameters[name], value)
		}
	}
}

// observeLeavesToken lets a Follow wait with a token of its own, which a stop then ends.
func observeLeavesToken(t *testing.T, folder string) {
	fx := newFixture(t, folder, nil)
	o := fx.invoke(t, "observe", []byte(`{"runId":"`+launchedRun+`","born":"q3x7m2ka","generation":1,"token":"another","waitSeconds":600}`))
	if o.Failure != nil {
		t.Fatal(o.Failure)
	}
	stop, err := events.Samples.ReadFile("stop.json")
	if err != nil {
		t.Fatal(err)
	}
	fx.invoke(t, "stop", stop)
	made := fx.Calls.Made()
	if len(made) != 1 || !strings.Contains(string(made[0].Input), `"another"`) {
		t.Errorf("the stop asked Step Functions for %s, want SendTaskSuccess with the token of the Follow", made)
	}
}

// refusals invokes functions without a variable that they need, and with events of the wrong shape.
func refusals(t *testing.T, folder string) {
	get, err := events.Samples.ReadFile("get.json")
	if err != nil {
		t.Fatal(err)
	}
	fx := newFixture(t, folder, nil) // one for all invocations: none writes a record
	for _, name := range names(t) {
		fx.over = nil
		wrong := fx.invoke(t, name, []byte(`{"an":"event of another kind"}`))
		if name == "schedule" { // it is published as an occurrence that did not run
			if wrong.Failure != nil || !strings.Contains(string(wrong.Answer), `"rule":"DV-25"`) {
				t.Errorf("%s answers a wrong event with %s, %v", name, wrong.Answer, wrong.Failure)
			}
		} else if wrong.Failure == nil || wrong.Failure.Type != "Davit.BadEvent" {
			t.Errorf("%s answers a wrong event with %s, %v", name, wrong.Answer, wrong.Failure)
		}
		for _, missing := range needs[name] {
			fx.over = map[string]string{missing: ""}
			o := fx.invoke(t, name, get)
			wantBadConfiguration(t, name+" without "+missing, o, missing+" is not set; allowed: ")
		}
	}
	if o := newFixture(t, folder, map[string]string{"DAVIT_AUTH": "NONE"}).invoke(t, "get", get); o.Failure != nil || !strings.Contains(string(o.Answer), `"statusCode":200`) {
		t.Errorf("away from AWS with DAVIT_AUTH=NONE: %s, %v; want 200", o.Answer, o.Failure)
	}
	if o := newFixture(t, folder, map[string]string{"DAVIT_AUTH": "JWT"}).invoke(t, "get", get); !strings.Contains(string(o.Answer), `"statusCode":401`) {
		t.Errorf("a caller of another kind: %s, want 401", o.Answer)
	}
}

// wantBadConfiguration checks that a function did not start, with part in the message.
func wantBadConfiguration(t *testing.T, what string, o runtimeapi.Outcome, part string) {
	t.Helper()
	if o.Failure == nil {
		t.Errorf("%s: the answer is %s, want a failure", what, o.Answer)
		return
	}
	if !o.Failure.Init {
		t.Errorf("%s: the function starts, want an error of the start", what)
	}
	if o.Failure.Type != "Davit.BadConfiguration" {
		t.Errorf("%s: the error is %s, want Davit.BadConfiguration", what, o.Failure.Type)
	}
	if !strings.Contains(o.Failure.Message, part) {
		t.Errorf("%s: the message is %q, want %q in it", what, o.Failure.Message, part)
	}
}

// needs are the variables without which each function does not start. DAVIT_TABLE is among them wherever a store is.
var needs = map[string][]string{
	"submit":    {"DAVIT_STATE_MACHINE_ARN", "DAVIT_PREFIX", "DAVIT_TASK_EVENTS", "DAVIT_RETENTION_DAYS", "DAVIT_ALLOW_EXECUTE_COMMAND", "DAVIT_AUTH", "DAVIT_OWNER_SCOPE"},
	"get":       {"DAVIT_VISIBILITY", "DAVIT_AUTH", "DAVIT_OWNER_SCOPE", "DAVIT_PREFIX", "DAVIT_TASK_EVENTS", "DAVIT_ALLOW_TASK_DEFINITION_WRITES", "DAVIT_ALLOW_EXECUTE_COMMAND"},
	"list":      {"DAVIT_VISIBILITY", "DAVIT_AUTH", "DAVIT_OWNER_SCOPE"},
	"logs":      {"DAVIT_VISIBILITY", "DAVIT_AUTH", "DAVIT_OWNER_SCOPE"},
	"stop":      {"DAVIT_PREFIX", "DAVIT_TASK_EVENTS", "DAVIT_RETENTION_DAYS", "DAVIT_VISIBILITY", "DAVIT_AUTH", "DAVIT_OWNER_SCOPE"},
	"taskdefs":  {"DAVIT_ALLOW_TASK_DEFINITION_WRITES", "DAVIT_AUTH", "DAVIT_OWNER_SCOPE"},
	"launch":    {"DAVIT_PREFIX", "DAVIT_TASK_EVENTS", "DAVIT_RETENTION_DAYS"},
	"observe":   {"DAVIT_STATE_MACHINE_ARN", "DAVIT_PREFIX", "DAVIT_TASK_EVENTS", "DAVIT_RETENTION_DAYS"},
	"taskevent": {"DAVIT_PREFIX", "DAVIT_TASK_EVENTS", "DAVIT_RETENTION_DAYS"},
	"sweep":     {"DAVIT_STATE_MACHINE_ARN", "DAVIT_PREFIX", "DAVIT_TASK_EVENTS", "DAVIT_RETENTION_DAYS"},
	"notify":    {"DAVIT_EVENT_BUS", "DAVIT_STACK"},
	"schedule":  {"DAVIT_STATE_MACHINE_ARN", "DAVIT_PREFIX", "DAVIT_TASK_EVENTS", "DAVIT_RETENTION_DAYS", "DAVIT_ALLOW_EXECUTE_COMMAND", "DAVIT_VISIBILITY", "DAVIT_EVENT_BUS", "DAVIT_STACK"},
}

// Every main.go is short and begins with its command's comment.
func TestMainsAreShort(t *testing.T) {
	for _, name := range names(t) {
		code, err := os.ReadFile(filepath.Join(name, "main.go"))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Count(string(code), "\n")
		if lines > 25 || !strings.HasPrefix(string(code), "// Command "+name+" is ") {
			t.Errorf("%s: %d lines; allowed: 25, and a comment that begins with the command's name", name, lines)
		}
	}
}
