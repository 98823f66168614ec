package httpapi_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"davit/internal/httpapi"
	"davit/internal/run"
)

// update writes testdata/large.json anew. The file was made by version 1d4d5c3: what a caller sees of a record stays as it is, and is only added to.
var update = flag.Bool("update", false, "write testdata/large.json anew")

// largeRun is a run of ten tasks in two attempts, whose request, resolved input and tasks are 60 KB of JSON, some of it oddly spelled.
func largeRun() *run.Run {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	r := sample()
	r.Count, r.Attempts = 10, nil
	r.Request = json.RawMessage(`{"taskDefinition":"nightly","overrides":{"containerOverrides":[` + largeOverride("app") + `,` + largeOverride("proxy") + `]},"count":10}`)
	r.Resolved = json.RawMessage(`{"cluster":"jobs","count":1e1,"overrides":{"containerOverrides":[` + largeOverride("app") + `,` + largeOverride("proxy") + `]},"taskDefinition":"nightly:7"}`)
	for number := 1; number <= 2; number++ {
		a := run.Attempt{Number: number, Want: 10, BeganAt: at, LaunchedAt: &at, Calls: 1}
		for i := range 5 {
			arn := fmt.Sprintf("arn:aws:ecs:eu-west-1:123456789012:task/jobs/%08x%024x", number, i)
			a.Tasks = append(a.Tasks, run.Task{ARN: arn, Raw: largeTask(arn)})
		}
		r.Attempts = append(r.Attempts, a)
	}
	return r
}

func largeOverride(name string) string {
	var variables []string
	for i := range 23 {
		variables = append(variables, fmt.Sprintf(`{"name":"VARIABLE_%02d","value":"secret-%d \u003c\"&\" é"}`, i, i))
	}
	return `{ "name" : "` + name + `", "command":["run","--all","\u003cx\u003e\/"], "cpu":2.560e2, "\u0065nvironment":[` + strings.Join(variables, " , ") + `]}`
}

func largeTask(arn string) json.RawMessage {
	var containers []string
	for _, name := range []string{"app", "proxy", "log"} {
		containers = append(containers, `{"containerArn":"`+strings.Replace(arn, ":task/", ":container/", 1)+`/`+name+`","taskArn":"`+arn+`","name":"`+name+`",
			"image":"123456789012.dkr.ecr.eu-west-1.amazonaws.com/nightly@sha256:0123456789abcdef","imageDigest":"sha256:0123456789abcdef0123456789abcdef","runtimeId":"0123456789abcdef-0123456789",
			"lastStatus":"STOPPED","exitCode":0,"networkBindings":[],"networkInterfaces":[{"attachmentId":"0f3b2c","privateIpv4Address":"10.0.12.34"}],"healthStatus":"UNKNOWN","cpu":"256","memoryReservation":"512"}`)
	}
	return json.RawMessage(`{"attachments":[{"id":"0f3b2c","type":"ElasticNetworkInterface","status":"DELETED","details":[{"name":"subnetId","value":"subnet-1"},{"name":"privateIPv4Address","value":"10.0.12.34"}]}],
		"attributes":[{"name":"ecs.cpu-architecture","value":"x86_64"}],"availabilityZone":"eu-west-1a","clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/jobs","taskArn":"` + arn + `",
		"containers":[` + strings.Join(containers, ",") + `],"createdAt":"2026-01-02T03:04:05.000Z","enableExecuteCommand":false,"launchType":"FARGATE","tags":[{"key":"a\u0000é","value":"<b>"}],
		"overrides":{"containerOverrides":[` + largeOverride("app") + `,` + largeOverride("proxy") + `],"inferenceAcceleratorOverrides":[]},"stoppedReason":"Essential container in task exited","version":1.70e1}`)
}

// largeHandler serves largeRun as in AWS.
func largeHandler(t testing.TB) http.Handler {
	r := largeRun()
	size := len(r.Request) + len(r.Resolved)
	for _, a := range r.Attempts {
		for _, task := range a.Tasks {
			size += len(task.Raw)
		}
	}
	if size < 58<<10 || size > 64<<10 {
		t.Fatalf("the record's JSON has %d bytes, want about 60 KB", size)
	}
	c := &cases{get: func(string, string) (*run.Run, error) { return r, nil }}
	return c.handler(httpapi.Options{Logs: httpapi.AWSLogs})
}

func BenchmarkGet60KB(b *testing.B) {
	h, r := largeHandler(b), call{method: "GET", target: "/runs/" + runID}.request()
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
}

func TestGet_LargeRecord_IsShownAsByEarlierVersions(t *testing.T) {
	got := call{method: "GET", target: "/runs/" + runID}.to(largeHandler(t)).Body.String()
	path := filepath.Join("testdata", "large.json")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the run as it is shown (-want +got):\n%s", diff)
	}
	if strings.Contains(got, "secret") {
		t.Error("something secret is shown")
	}
}
