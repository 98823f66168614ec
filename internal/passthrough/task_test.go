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
func (w *fixture) wire(f *filler, changes object) string {
	w.t.Helper()
	w.t.Helper()
	var task types.Task
	f.t = w.t
	f.fill(reflect.ValueOf(&task).Elem(), "", 0)
	text, err := ecsjson.Encode(&task, ecsjson.EpochTimes())
	if err != nil {
		w.t.Fatal(err)
	}
	own := object{"taskArn": taskARN, "startedBy": w.startedBy()}
	return write(w.t, with(with(parse(w.t, string(text)), own), changes))
}

// answered is what is expected of a task on ECS's wire: the times as RFC 3339, all else as it is. Callers do not see environment values.
func answered(t *testing.T, wire string, masked bool) object {
	t.Helper()
	return told(t, "", parse(t, wire), masked).(object)
}

func told(t *testing.T, name string, v any, masked bool) any {
	t.Helper()
	switch v := v.(type) {
	case object:
		out := object{}
		for member, value := range v {
			out[member] = told(t, member, value, masked)
			if masked && name == "environment" && member == "value" {
				out[member] = "***"
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = told(t, name, v[i], masked)
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

// wantTask holds the record and what GET shows to a task on ECS's wire.
func (w *fixture) wantTask(when, wire string) {
	w.t.Helper()
	if diff := diff(answered(w.t, wire, false), parse(w.t, string(w.record().Attempts[0].Tasks[0].Raw))); diff != "" {
		w.t.Errorf("%s: ECS's task, and the record's:\n%s", when, diff)
	}
	if diff := diff(answered(w.t, wire, true), w.shown()); diff != "" {
		w.t.Errorf("%s: ECS's task, and what GET shows:\n%s", when, diff)
	}
	list := w.request("GET", "/runs", "", 200)["runs"].([]any)
	if first := list[0].(object); first["attempts"] != nil || first["request"] != nil {
		w.t.Errorf("%s: the list shows %v", when, first)
	}
}

// TestEveryFieldOfATaskReachesTheCaller: from each answer that has tasks, while the task lives and after its end.
func TestEveryFieldOfATaskReachesTheCaller(t *testing.T) {
	eachStore(t, func(t *testing.T, w *fixture) {
		w.polling = true
		for body, operation := range map[string]string{
			`{"taskDefinition":"job",` + network + `}`: "RunTask", `{"taskDefinition":"job",` + network + `,"containerInstances":["i"]}`: "StartTask",
		} {
			w.at = w.at.Add(time.Hour) // the list's first run is the newest
			w.request("POST", "/runs", body, 202)
			launched := w.wire(&filler{}, object{"version": 1, "lastStatus": "PENDING"})
			w.ecs.answer(operation, `{"tasks":[`+launched+`]}`)
			w.launch()
			w.wantTask(operation, launched)
			for version, changes := range []object{{"lastStatus": "RUNNING"}, {"lastStatus": "STOPPING"}, {"lastStatus": "STOPPED", "stopCode": "EssentialContainerExited"}} {
				described := w.wire(&filler{n: 1000 * (version + 1)}, with(changes, object{"version": version + 2}))
				w.ecs.answer("DescribeTasks", `{"tasks":[`+described+`],"failures":[]}`)
				w.observe()
				w.wantTask(changes["lastStatus"].(string), described)
			}
			if r := w.record(); !r.Status.Terminal() {
				t.Errorf("%s: the run is %s", operation, r.Status)
			}
		}
		if first := len(parse(t, w.wire(&filler{}, nil))); first != len(ecsjson.Names(types.Task{})) {
			t.Errorf("%d of %d fields of a task were filled", first, len(ecsjson.Names(types.Task{})))
		}
	})
}

// TestEveryFieldOfAnEventReachesTheCaller: an event has the members of a task, but for tags and health, and times as texts.
func TestEveryFieldOfAnEventReachesTheCaller(t *testing.T) {
	w := inBolt(t)
	w.request("POST", "/runs", `{"taskDefinition":"job",`+network+`}`, 202)
	launched := w.wire(&filler{}, object{"version": 1, "lastStatus": "PENDING"})
	w.ecs.answer("RunTask", `{"tasks":[`+launched+`]}`)
	w.launch()
	told := w.wire(&filler{n: 5000}, object{"version": 2, "lastStatus": "RUNNING"})
	detail := answered(t, told, false)
	delete(detail, "tags")
	delete(detail, "healthStatus")
	for _, name := range []string{"containers", "attachments"} { // those of the launch: a thing's name does not change
		for i, item := range parse(t, launched)[name].([]any) {
			thing := detail[name].([]any)[i].(object)
			thing["id"], thing["type"] = item.(object)["id"], "eni"
			thing["containerArn"] = item.(object)["containerArn"]
		}
	}
	w.tell(write(t, detail))
	got := w.shown()
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

// TestWhatTheSDKDoesNotKnow: a member of an answer that came after the pinned SDK is dropped by it, without an error; an event's
// passes, because no SDK reads it.
func TestWhatTheSDKDoesNotKnow(t *testing.T) {
	w := inBolt(t)
	const tomorrow = `"tomorrow":{"x":[1]},"containers":[{"name":"app","tomorrow":"y"}]`
	w.placed(`{"taskDefinition":"job",`+network+`}`, `"lastStatus":"PENDING","version":1,`+tomorrow)
	w.describe(`"lastStatus":"RUNNING","version":2,` + tomorrow)
	got := w.shown()
	if got["lastStatus"] != "RUNNING" || strings.Contains(write(t, got), "tomorrow") {
		t.Errorf("%v: the SDK has learned to keep what it does not know; write it down in docs/decisions/0002-sdk-fields.md", got)
	}
	w.tell(w.task(`"lastStatus":"RUNNING","version":3,` + tomorrow))
	if got := write(t, w.shown()); strings.Count(got, "tomorrow") != 2 {
		t.Errorf("%s: an event's members are kept", got)
	}
}

// TestUnknownEnumValues: a value that ECS got after the pinned SDK is passed on from every answer and event, and ends nothing.
func TestUnknownEnumValues(t *testing.T) {
	for _, polling := range []bool{true, false} {
		w := inBolt(t)
		w.polling = polling
		w.request("POST", "/runs", `{"taskDefinition":"job",`+network+`}`, 202)
		unknown := object{"lastStatus": "HYDRATING", "desiredStatus": "HYDRATED", "version": 1}
		filler := func() *filler {
			return &filler{enum: "TOMORROW", legal: map[string][]any{"/attachments/*/status": {"MELTING", "MELTED"}, "/containers/*/lastStatus": {"HYDRATING", "HYDRATED"}}}
		}
		living := func(version int) string {
			task := parse(t, w.wire(filler(), with(unknown, object{"version": version})))
			delete(task, "stoppedAt")
			return write(t, task)
		}
		answer := func(version int) string { return `{"tasks":[` + living(version) + `],"failures":[]}` }
		w.ecs.answer("RunTask", answer(1))
		w.launch()
		w.wantTask("RunTask", living(1))
		w.ecs.answer("DescribeTasks", answer(2))
		w.observe()
		w.wantTask("DescribeTasks", living(2))
		w.tell(write(t, answered(t, living(3), false)))
		w.wantTask("event", living(3))
		if text := write(t, w.shown()); strings.Count(text, "TOMORROW") < 8 {
			t.Errorf("%s has too few unknown values", text)
		}
		if r := w.record(); r.Status != run.Running {
			t.Errorf("the run is %s, want it followed", r.Status)
		}
		w.ecs.answer("DescribeTasks", answer(4))
		w.ecs.answer("StopTask", `{"task":`+living(5)+`}`)
		w.request("POST", "/runs/"+w.started.RunID+"/stop", `{"reason":"enough"}`, 202)
		w.observe()
		w.ecs.answer("DescribeTasks", `{"tasks":[`+w.wire(filler(), object{"version": 6, "lastStatus": "STOPPED"})+`],"failures":[]}`)
		w.observe()
		if r := w.record(); r.Status == run.Stopping || !r.Status.Terminal() || w.ecs.last("StopTask")["reason"] != "enough" {
			t.Errorf("the run is %s (%s), ECS was told %v", r.Status, r.StatusReason, w.ecs.last("StopTask"))
		}
	}
}
