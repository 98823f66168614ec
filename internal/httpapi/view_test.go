package httpapi_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"davit/internal/httpapi"
	"davit/internal/run"
)

// sample is a run with every field set; what must not be shown is called secret.
func sample() *run.Run {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	started, stopped, code := at.Add(1120*time.Millisecond).In(time.FixedZone("", 3600)), at.Add(55*time.Second), 3
	return &run.Run{
		ID: runID, Incarnation: "secretbo", Version: 9, Owner: caller, Key: "key-1", Fingerprint: "secret-print",
		Status: run.Failed, StatusReason: "it <failed> & ended", Class: run.ExitClass(3), ExitCode: &code,
		CreatedAt: at, StartedAt: &started, StoppedAt: &stopped,
		Operation: run.RunTask, Count: 2, Family: "nightly", Group: "g", StartedBy: "me",
		Request: json.RawMessage(`{"taskDefinition":"nightly","overrides":{"containerOverrides":[` +
			`{"name":"app","environment":[{"name":"A","value":"secret-1"},{"value":"secret-2","name":"B"},{"name":"C","value":""}],"command":["--n","1e400"]}]}}`),
		Resolved: json.RawMessage(`{"overrides":{"containerOverrides":[{"\u0065nvironment":[{"name":"A","v\u0061lue":"secret-1"}]}]},"taskDefinition":"nightly:7"}`),
		Policy:   run.DefaultPolicy(),
		Definition: &run.Definition{Family: "nightly", Revision: 7, Containers: []run.Container{
			{Name: "app", Essential: true, LogDriver: "awslogs", LogOptions: map[string]string{"awslogs-group": "/ecs/nightly", "awslogs-stream-prefix": "ecs"}},
			{Name: "proxy", LogDriver: "splunk"},
		}},
		Attempts: []run.Attempt{{
			Number: 1, StartedBy: "davit-secret", Want: 2, BeganAt: at, NotBefore: at, LaunchedAt: &started, Calls: 2,
			Open:     &run.Call{Number: 2, Token: "secret-token"},
			Refusals: []run.Refusal{{Class: run.Capacity, Reason: "RESOURCE:PORTS", Rule: "RD-10", Count: 4, LastAt: at}},
			Tasks: []run.Task{{
				ARN: "arn:aws:ecs:eu-west-1:1:task/c/0123", SeenAt: at,
				Raw: json.RawMessage(`{"taskArn":"arn:aws:ecs:eu-west-1:1:task/c/0123","cpu":"256","containers":[{"name":"app","exitCode":3},{"name":"proxy"},null],` +
					`"overrides":{"containerOverrides":[{"environment":[{"name":"A","value":"secret-1"}]}]},"lastStatus":"STOPPED"}`),
			}},
			Failures: []run.Failure{{ARN: "arn:i", Reason: "AGENT", Detail: "d"}},
			Outcome:  &run.Outcome{Class: run.ExitClass(3), Detail: "app exited with 3"},
		}, {Number: 2}},
		Stop:       &run.StopOrder{Cause: run.ByCaller},
		Waiting:    &run.Waiting{Token: "secret-token"},
		Generation: 3, SweepAt: at,
	}
}

func show(t *testing.T, r *run.Run, o httpapi.Options) string {
	t.Helper()
	c := &cases{t: t, get: func(string, string) (*run.Run, error) { return r, nil }}
	w := call{method: "GET", target: "/runs/" + runID}.to(c.handler(o))
	wantStatus(t, w, http.StatusOK)
	wantHeader(t, w, "Cache-Control", "no-store")
	return w.Body.String()
}

func TestRunAsCallersSeeIt(t *testing.T) {
	want := `{"runId":"abcdefghijklmnopqrstuvwxyz","owner":"arn:aws:iam::123456789012:role/team","status":"FAILED","statusReason":"it <failed> & ended","class":"EXIT:3",` +
		`"createdAt":"2026-01-02T03:04:05.000Z","startedAt":"2026-01-02T03:04:06.120Z","stoppedAt":"2026-01-02T03:05:00.000Z","exitCode":3,"idempotencyKey":"key-1",` +
		`"family":"nightly","group":"g","startedBy":"me","count":2,"tries":2,"maxTries":3,` +
		`"request":{"taskDefinition":"nightly","overrides":{"containerOverrides":[{"name":"app","environment":[{"name":"A","value":"***"},{"value":"***","name":"B"},{"name":"C","value":"***"}],"command":["--n","1e400"]}]}},` +
		`"resolved":{"overrides":{"containerOverrides":[{"environment":[{"name":"A","value":"***"}]}]},"taskDefinition":"nightly:7"},` +
		`"policy":{"retry":{"maxAttempts":3,"on":["NEVER_STARTED"],"intervalSeconds":10,"backoffRate":2,"maxIntervalSeconds":300},"startTimeoutSeconds":900,"launchTimeoutSeconds":3600,"placement":"FILL","verdict":{"successExitCodes":[0]}},` +
		`"decidingContainers":["app"],"attempts":[{"number":1,"beganAt":"2026-01-02T03:04:05.000Z","launchedAt":"2026-01-02T03:04:06.120Z","calls":2,"refusals":[{"class":"CAPACITY","reason":"RESOURCE:PORTS","rule":"RD-10","count":4,"lastAt":"2026-01-02T03:04:05.000Z"}],` +
		`"outcome":{"class":"EXIT:3","detail":"app exited with 3"},` +
		`"tasks":[{"taskArn":"arn:aws:ecs:eu-west-1:1:task/c/0123","cpu":"256","containers":[{"name":"app","exitCode":3,"log":{"group":"/ecs/nightly","stream":"ecs/app/0123"}},{"name":"proxy"},null],` +
		`"overrides":{"containerOverrides":[{"environment":[{"name":"A","value":"***"}]}]},"lastStatus":"STOPPED"}],` +
		`"failures":[{"arn":"arn:i","reason":"AGENT","detail":"d"}]},{"number":2,"calls":0}]}` + "\n"
	got := show(t, sample(), httpapi.Options{Logs: httpapi.AWSLogs})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the run as it is shown (-want +got):\n%s", diff)
	}
	if strings.Contains(got, "secret") {
		t.Error("something secret is shown")
	}
}

func TestRunThatJustBegan(t *testing.T) {
	r := &run.Run{ID: runID, Owner: "local", Status: run.Submitted, CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC), Policy: run.DefaultPolicy(), Request: []byte(`{}`)}
	got := show(t, r, httpapi.Options{})
	want := `{"runId":"abcdefghijklmnopqrstuvwxyz","owner":"local","status":"SUBMITTED","createdAt":"2026-01-02T03:04:05.006Z","tries":0,"maxTries":3,"request":{},"policy":{`
	if !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant\n%s…", got, want)
	}
	for _, unset := range []string{"attempts", "null"} {
		if strings.Contains(got, unset) {
			t.Errorf("got %s in\n%s", unset, got)
		}
	}
}

// What is stored is trusted to be JSON; if it is not, it is not shown, for then it cannot be masked.
func TestMalformedRecordsAreNotShown(t *testing.T) {
	r := &run.Run{ID: runID, Request: []byte(`{"environment":[{"value":"secret"`), Resolved: []byte(`secret`),
		Attempts: []run.Attempt{{Number: 1, Tasks: []run.Task{{ARN: "arn:1", Raw: []byte(`{"secret`)}, {ARN: "arn:2", Raw: []byte(`[]`)}, {ARN: "arn:3"}}}}}
	got := show(t, r, httpapi.Options{})
	if strings.Contains(got, "secret") {
		t.Errorf("what cannot be masked is shown: %s", got)
	}
	if want := `"tasks":[{"taskArn":"arn:1"},{"taskArn":"arn:2"},{"taskArn":"arn:3"}]`; !strings.Contains(got, want) {
		t.Errorf("got %s, want %s in it", got, want)
	}
}

func TestLogsAreOneContainersOwn(t *testing.T) {
	o := httpapi.Options{Logs: func(r *run.Run, task *run.Task, container string) any {
		if container != "app" {
			return nil
		}
		return map[string]string{"file": "/data/" + r.ID + "/" + task.ShortID() + "/" + container + "&.log"}
	}}
	got := show(t, sample(), o)
	want := `"containers":[{"name":"app","exitCode":3,"log":{"file":"/data/` + runID + `/0123/app&.log"}},{"name":"proxy"},null]`
	if !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant in it\n%s", got, want)
	}
}

func TestAWSLogs(t *testing.T) {
	task := &run.Task{ARN: "arn:aws:ecs:eu-west-1:1:task/c/0123"}
	with := func(driver string, options map[string]string) *run.Run {
		return &run.Run{Definition: &run.Definition{Containers: []run.Container{{Name: "app", LogDriver: driver, LogOptions: options}}}}
	}
	options := map[string]string{"awslogs-group": "g", "awslogs-stream-prefix": "p"}
	for name, where := range map[string]any{
		"no definition":      httpapi.AWSLogs(&run.Run{}, task, "app"),
		"other container":    httpapi.AWSLogs(with("awslogs", options), task, "proxy"),
		"other driver":       httpapi.AWSLogs(with("splunk", options), task, "app"),
		"no options":         httpapi.AWSLogs(with("awslogs", nil), task, "app"),
		"no stream prefix":   httpapi.AWSLogs(with("awslogs", map[string]string{"awslogs-group": "g"}), task, "app"),
		"nothing configured": httpapi.AWSLogs(with("", nil), task, "app"),
	} {
		if where != nil {
			t.Errorf("%s: got %v, want nil", name, where)
		}
	}
	got, err := json.Marshal(httpapi.AWSLogs(with("awslogs", options), task, "app"))
	if want := `{"group":"g","stream":"p/app/0123"}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}
