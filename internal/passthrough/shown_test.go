package passthrough_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/run"
)

// member follows a path of names, and numbers of list items, into an answer.
func at(v any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			o, _ := v.(object)
			v = o[step]
		case int:
			l, _ := v.([]any)
			if step >= len(l) {
				return nil
			}
			v = l[step]
		}
	}
	return v
}

// GET /runs/{runId} shows the read-only fields of a task as ECS returns them. Davit adds nothing and leaves
// nothing out; the class of a run is Davit's own.
func TestWhatECSShows(t *testing.T) {
	reason, store := strings.Repeat("é", 1024), stores["bbolt"](t)
	for _, c := range []struct {
		name    string
		members string // of DescribeTasks' task
		path    []any
		want    any
	}{
		{"RO-01 health rolled up", `"healthStatus":"UNHEALTHY","containers":[{"name":"app","healthStatus":"HEALTHY"},{"name":"side","healthStatus":"UNHEALTHY"}]`, []any{"healthStatus"}, "UNHEALTHY"},
		{"RO-01 without a check", `"healthStatus":"UNKNOWN","containers":[{"name":"app","healthStatus":"UNKNOWN"}]`, []any{"containers", 0, "healthStatus"}, "UNKNOWN"},
		{"RO-01 is ECS's word, not ours", `"healthStatus":"HEALTHY","containers":[{"name":"app","healthStatus":"UNHEALTHY"}]`, []any{"healthStatus"}, "HEALTHY"},
		{"RO-02 stop code", `"stopCode":"InfrastructureHealth","stoppedReason":"r"`, []any{"stopCode"}, "InfrastructureHealth"},
		{"RO-03 attachment status", `"attachments":[{"id":"a","type":"ElasticNetworkInterface","status":"PRECREATED","details":[{"name":"subnetId","value":"s"}]}]`, []any{"attachments", 0, "status"}, "PRECREATED"},
		{"RO-03 attachment details", `"attachments":[{"id":"a","details":[{"name":"subnetId","value":"s"}]}]`, []any{"attachments", 0, "details", 0, "value"}, "s"},
		{"RO-04 attributes", `"attributes":[{"name":"a/b\\c.d","value":"x @:y","targetType":"container-instance","targetId":"i"}]`, []any{"attributes", 0, "name"}, `a/b\c.d`},
		{"RO-04 attribute values", `"attributes":[{"name":"a","value":"x @:y"}]`, []any{"attributes", 0, "value"}, "x @:y"},
		{"RO-05 connectivity", `"connectivity":"DISCONNECTED","connectivityAt":1795255872.345`, []any{"connectivity"}, "DISCONNECTED"},
		{"RO-05 managed agents", `"containers":[{"name":"app","managedAgents":[{"name":"ExecuteCommandAgent","lastStatus":"RUNNING","lastStartedAt":1795255872.345,"reason":"r"}]}]`,
			[]any{"containers", 0, "managedAgents", 0, "lastStartedAt"}, "2026-11-21T10:11:12.345Z"},
		{"RO-06 container reason of 1,024 characters", `"containers":[{"name":"app","reason":"` + reason + `"}]`, []any{"containers", 0, "reason"}, reason},
		{"RO-07 created", `"createdAt":1795255872.345`, []any{"createdAt"}, "2026-11-21T10:11:12.345Z"},
		{"RO-07 pull started", `"pullStartedAt":1795255872`, []any{"pullStartedAt"}, "2026-11-21T10:11:12.000Z"},
		{"RO-07 pull stopped", `"pullStoppedAt":1.795255872345E9`, []any{"pullStoppedAt"}, "2026-11-21T10:11:12.345Z"},
		{"RO-07 started", `"startedAt":1795255872.345`, []any{"startedAt"}, "2026-11-21T10:11:12.345Z"},
		{"RO-07 connectivity", `"connectivityAt":1795255872.345`, []any{"connectivityAt"}, "2026-11-21T10:11:12.345Z"},
		{"RO-07 stopping", `"stoppingAt":1795255872.345`, []any{"stoppingAt"}, "2026-11-21T10:11:12.345Z"},
		{"RO-07 execution stopped", `"executionStoppedAt":1795255872.345`, []any{"executionStoppedAt"}, "2026-11-21T10:11:12.345Z"},
		{"RO-07 stopped", `"stoppedAt":1795255872.345`, []any{"stoppedAt"}, "2026-11-21T10:11:12.345Z"},
		{"RO-08 version", `"desiredStatus":"RUNNING"`, []any{"version"}, "2"},
		{"RT-12 group that ECS gave", `"group":"family:job"`, []any{"group"}, "family:job"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t, store)
			f.launchPlaced(`{"taskDefinition":"job",`+network+`}`, `"lastStatus":"PENDING","version":1`)
			f.describeAndObserve(`"lastStatus":"RUNNING","version":2,` + c.members)
			if got := at(f.shown(), c.path...); write(t, got) != write(t, c.want) && write(t, got) != c.want {
				t.Errorf("%v is %v, want %v", c.path, got, c.want)
			}
			if sent := f.ecs.last("RunTask"); sent["group"] != nil {
				t.Errorf("a group %v was made up", sent["group"])
			}
		})
	}
}

// Each stopCode of the SDK is shown unchanged, whatever the run's class.
func TestEveryStopCode(t *testing.T) {
	store := stores["bbolt"](t)
	for _, code := range append(types.TaskStopCode("").Values(), "TOMORROW") {
		f := newFixture(t, store)
		f.launchPlaced(`{"taskDefinition":"job",`+network+`,"policy":{"retry":{"maxAttempts":1}}}`, `"lastStatus":"PENDING","version":1`)
		f.describeAndObserve(`"lastStatus":"STOPPED","desiredStatus":"STOPPED","version":2,"startedAt":1795255872,"stoppedAt":1795255879,"stopCode":"` + string(code) +
			`","stoppedReason":"because","containers":[{"name":"app","exitCode":0}]`)
		if got := f.shown(); got["stopCode"] != string(code) || got["stoppedReason"] != "because" {
			t.Errorf("%s is shown as %v, %v", code, got["stopCode"], got["stoppedReason"])
		}
		if r := f.record(); !r.Status.Terminal() {
			t.Errorf("%s leaves the run %s", code, r.Status)
		}
	}
}

// One answer may have tasks and failures (RT-39, ST-06). The tasks run, and the failures are shown unchanged.
func TestTasksAndFailures(t *testing.T) {
	store := stores["bbolt"](t)
	for operation, body := range map[string]string{
		"RunTask": `{"taskDefinition":"job",` + network + `,"count":2}`, "StartTask": `{"taskDefinition":"job",` + network + `,"containerInstances":["i1","i2"]}`,
	} {
		for _, reason := range []string{"RESOURCE:CPU", "RESOURCE:MEMORY", "RESOURCE:PORTS", "AGENT", "ATTRIBUTE", "MISSING", "INACTIVE", "TOMORROW"} {
			f := newFixture(t, store)
			f.request("POST", "/runs", body, http.StatusAccepted)
			f.ecs.answer(operation, `{"tasks":[`+f.task(`"lastStatus":"PENDING","version":1`)+`],"failures":[{"arn":"i2","reason":"`+reason+`","detail":"d"}]}`)
			f.launch()
			failure := object{"arn": "i2", "reason": reason, "detail": "d"}
			if diff := diff([]any{failure}, f.attempt()["failures"]); diff != "" {
				t.Errorf("%s: the failure, and what GET shows:\n%s", operation, diff)
			}
			r := f.record()
			if len(r.Attempts) != 1 {
				t.Fatalf("%s, %s: %d attempts, want 1", operation, reason, len(r.Attempts))
			}
			if n := len(r.Attempts[0].Tasks); n != 1 {
				t.Errorf("%s, %s: %d tasks, want 1", operation, reason, n)
			}
			if r.Status.Terminal() {
				t.Errorf("%s, %s: the run is %s, want it not ended", operation, reason, r.Status)
			}
			if class := r.Attempts[0].Refusals[0].Class; class != run.Capacity && class != run.Invalid {
				t.Errorf("%s, %s has the class %s, want CAPACITY or INVALID", operation, reason, class)
			}
		}
	}
}

// An event has no health and no tags, and its times are texts (RO-01, SP-06).
func TestHealthIsKeptWhenAnEventLacksIt(t *testing.T) {
	f := inBolt(t)
	f.launchPlaced(`{"taskDefinition":"job",`+network+`}`, `"lastStatus":"PENDING","version":1,"healthStatus":"UNKNOWN","tags":[{"key":"k","value":"v"}],
		"attachments":[{"id":"a","type":"ElasticNetworkInterface","status":"ATTACHING"}],"containers":[{"containerArn":"c","name":"app","healthStatus":"HEALTHY"}]`)
	f.deliverEvent(f.task(`"lastStatus":"RUNNING","version":2,"startedAt":"2026-11-21T10:11:12.345Z","attachments":[{"id":"a","type":"eni","status":"ATTACHED"}],
		"containers":[{"containerArn":"c","name":"app","lastStatus":"RUNNING"}]`))
	got := f.shown()
	for _, c := range []struct {
		path []any
		want any
	}{
		{[]any{"lastStatus"}, "RUNNING"}, {[]any{"startedAt"}, "2026-11-21T10:11:12.345Z"}, {[]any{"healthStatus"}, "UNKNOWN"}, {[]any{"tags", 0, "value"}, "v"},
		{[]any{"attachments", 0, "type"}, "ElasticNetworkInterface"}, {[]any{"attachments", 0, "status"}, "ATTACHED"},
		{[]any{"containers", 0, "healthStatus"}, "HEALTHY"}, {[]any{"containers", 0, "lastStatus"}, "RUNNING"},
	} {
		if at(got, c.path...) != c.want {
			t.Errorf("%v is %v, want %v", c.path, at(got, c.path...), c.want)
		}
	}
}
