package passthrough_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/ecsjson"
	"davit/internal/run"
)

// wire returns a task with every field set, as ECS sends it, with members changed.
func (f *fixture) wire(values *filler, changes object) string {
	f.t.Helper()
	var task types.Task
	values.t = f.t
	values.fill(reflect.ValueOf(&task).Elem(), "", 0)
	text, err := ecsjson.Encode(&task, ecsjson.EpochTimes())
	if err != nil {
		f.t.Fatal(err)
	}
	own := object{"taskArn": taskARN, "startedBy": f.startedBy()}
	return write(f.t, with(with(parse(f.t, string(text)), own), changes))
}

// answered returns a task of ECS's as GET must show it: times as RFC 3339, environment values masked, all else unchanged.
func answered(t *testing.T, wire string, masked bool) object {
	t.Helper()
	return masksAndTimes(t, "", parse(t, wire), masked).(object)
}

func masksAndTimes(t *testing.T, name string, v any, masked bool) any {
	t.Helper()
	switch v := v.(type) {
	case object:
		out := object{}
		for member, value := range v {
			out[member] = masksAndTimes(t, member, value, masked)
			if masked && name == "environment" && member == "value" {
				out[member] = "***"
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = masksAndTimes(t, name, v[i], masked)
		}
		return out
	case json.Number:
		if !strings.HasSuffix(name, "At") {
			return v
		}
		seconds, err := v.Float64()
		if err != nil {
			t.Fatal(err)
		}
		return time.UnixMilli(int64(seconds*1000 + 0.5)).UTC().Format("2006-01-02T15:04:05.000Z")
	default:
		return v
	}
}

// wantTask compares the record and what GET shows with a task of ECS's.
func (f *fixture) wantTask(when, wire string) {
	f.t.Helper()
	if diff := diff(answered(f.t, wire, false), parse(f.t, string(f.record().Attempts[0].Tasks[0].Raw))); diff != "" {
		f.t.Errorf("%s: ECS's task, and the record's:\n%s", when, diff)
	}
	if diff := diff(answered(f.t, wire, true), f.shown()); diff != "" {
		f.t.Errorf("%s: ECS's task, and what GET shows:\n%s", when, diff)
	}
	list := f.request("GET", "/runs", "", 200)["runs"].([]any)
	if first := list[0].(object); first["attempts"] != nil || first["request"] != nil {
		f.t.Errorf("%s: the list shows %v", when, first)
	}
}

// Every field of a task is shown, from each answer that has tasks, while the task runs and after its end.
func TestEveryFieldOfATaskReachesTheCaller(t *testing.T) {
	eachStore(t, func(t *testing.T, f *fixture) {
		f.polling = true
		for body, operation := range map[string]string{
			`{"taskDefinition":"job",` + network + `}`: "RunTask", `{"taskDefinition":"job",` + network + `,"containerInstances":["i"]}`: "StartTask",
		} {
			f.at = f.at.Add(time.Hour) // the list's first run is the newest
			f.request("POST", "/runs", body, 202)
			launched := f.wire(&filler{}, object{"version": 1, "lastStatus": "PENDING"})
			f.ecs.answer(operation, `{"tasks":[`+launched+`]}`)
			f.launch()
			f.wantTask(operation, launched)
			for version, changes := range []object{{"lastStatus": "RUNNING"}, {"lastStatus": "STOPPING"}, {"lastStatus": "STOPPED", "stopCode": "EssentialContainerExited"}} {
				described := f.wire(&filler{n: 1000 * (version + 1)}, with(changes, object{"version": version + 2}))
				f.ecs.answer("DescribeTasks", `{"tasks":[`+described+`],"failures":[]}`)
				f.observe()
				f.wantTask(changes["lastStatus"].(string), described)
			}
			if r := f.record(); !r.Status.Terminal() {
				t.Errorf("%s: the run is %s", operation, r.Status)
			}
		}
		if first := len(parse(t, f.wire(&filler{}, nil))); first != len(ecsjson.Names(types.Task{})) {
			t.Errorf("%d of %d fields of a task were filled", first, len(ecsjson.Names(types.Task{})))
		}
	})
}

// Every field of an event is shown. An event has the members of a task without tags and health, and times as texts.
func TestEveryFieldOfAnEventReachesTheCaller(t *testing.T) {
	f := inBolt(t)
	f.request("POST", "/runs", `{"taskDefinition":"job",`+network+`}`, 202)
	launched := f.wire(&filler{}, object{"version": 1, "lastStatus": "PENDING"})
	f.ecs.answer("RunTask", `{"tasks":[`+launched+`]}`)
	f.launch()
	sent := f.wire(&filler{n: 5000}, object{"version": 2, "lastStatus": "RUNNING"})
	detail := answered(t, sent, false)
	delete(detail, "tags")
	delete(detail, "healthStatus")
	for _, name := range []string{"containers", "attachments"} { // those of the launch: a thing's name does not change
		for i, item := range parse(t, launched)[name].([]any) {
			thing := detail[name].([]any)[i].(object)
			thing["id"], thing["type"] = item.(object)["id"], "eni"
			thing["containerArn"] = item.(object)["containerArn"]
		}
	}
	f.deliverEvent(write(t, detail))
	got := f.shown()
	for name, value := range detail {
		switch name {
		case "containers", "attachments", "overrides", "attributes", "inferenceAccelerators":
		default:
			if diff := diff(value, got[name]); diff != "" {
				t.Errorf("%s of the event, and what GET shows:\n%s", name, diff)
			}
		}
	}
	for name := range parse(t, launched) {
		if got[name] == nil {
			t.Errorf("%s was known and is lost", name)
		}
	}
	for i, c := range got["containers"].([]any) {
		for name, value := range detail["containers"].([]any)[i].(object) {
			if _, isList := value.([]any); isList || value == nil {
				continue
			}
			if slices.Contains([]string{"id", "type", "gpuSharingStrategy"}, name) {
				continue
			}
			if got := c.(object)[name]; !reflect.DeepEqual(value, got) {
				t.Errorf("container %d: got %s %v, the event has %v", i, name, got, value)
			}
		}
	}
	for i, a := range got["attachments"].([]any) {
		if kept := parse(t, launched)["attachments"].([]any)[i].(object)["type"]; a.(object)["type"] != kept {
			t.Errorf("attachment %d is a %v, DescribeTasks called it %v", i, a.(object)["type"], kept)
		}
	}
}

// A member that is newer than the pinned SDK is dropped from an answer without an error; one of an event
// is shown, because events are not decoded by the SDK.
func TestWhatTheSDKDoesNotKnow(t *testing.T) {
	f := inBolt(t)
	const tomorrow = `"tomorrow":{"x":[1]},"containers":[{"name":"app","tomorrow":"y"}]`
	f.launchPlaced(`{"taskDefinition":"job",`+network+`}`, `"lastStatus":"PENDING","version":1,`+tomorrow)
	f.describeAndObserve(`"lastStatus":"RUNNING","version":2,` + tomorrow)
	got := f.shown()
	if got["lastStatus"] != "RUNNING" || strings.Contains(write(t, got), "tomorrow") {
		t.Errorf("%v: the SDK has learned to keep what it does not know; write it down in docs/decisions/0002-sdk-fields.md", got)
	}
	f.deliverEvent(f.task(`"lastStatus":"RUNNING","version":3,` + tomorrow))
	if got := write(t, f.shown()); strings.Count(got, "tomorrow") != 2 {
		t.Errorf("%s: an event's members are kept", got)
	}
}

// An enum value that is newer than the pinned SDK is shown from every answer and event, and ends no run.
func TestUnknownEnumValues(t *testing.T) {
	for _, polling := range []bool{true, false} {
		f := inBolt(t)
		f.polling = polling
		f.request("POST", "/runs", `{"taskDefinition":"job",`+network+`}`, 202)
		unknown := object{"lastStatus": "HYDRATING", "desiredStatus": "HYDRATED", "version": 1}
		filler := func() *filler {
			return &filler{enum: "TOMORROW", legal: map[string][]any{"/attachments/*/status": {"MELTING", "MELTED"}, "/containers/*/lastStatus": {"HYDRATING", "HYDRATED"}}}
		}
		living := func(version int) string {
			task := parse(t, f.wire(filler(), with(unknown, object{"version": version})))
			delete(task, "stoppedAt")
			return write(t, task)
		}
		answer := func(version int) string { return `{"tasks":[` + living(version) + `],"failures":[]}` }
		f.ecs.answer("RunTask", answer(1))
		f.launch()
		f.wantTask("RunTask", living(1))
		f.ecs.answer("DescribeTasks", answer(2))
		f.observe()
		f.wantTask("DescribeTasks", living(2))
		f.deliverEvent(write(t, answered(t, living(3), false)))
		f.wantTask("event", living(3))
		if text := write(t, f.shown()); strings.Count(text, "TOMORROW") < 8 {
			t.Errorf("%s has too few unknown values", text)
		}
		if r := f.record(); r.Status != run.Running {
			t.Errorf("the run is %s, want it followed", r.Status)
		}
		f.ecs.answer("DescribeTasks", answer(4))
		f.ecs.answer("StopTask", `{"task":`+living(5)+`}`)
		f.request("POST", "/runs/"+f.started.RunID+"/stop", `{"reason":"enough"}`, 202)
		f.observe()
		f.ecs.answer("DescribeTasks", `{"tasks":[`+f.wire(filler(), object{"version": 6, "lastStatus": "STOPPED"})+`],"failures":[]}`)
		f.observe()
		if r := f.record(); r.Status == run.Stopping || !r.Status.Terminal() || f.ecs.last("StopTask")["reason"] != "enough" {
			t.Errorf("the run is %s (%s), ECS got the StopTask call %v", r.Status, r.StatusReason, f.ecs.last("StopTask"))
		}
	}
}
