package run

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"davit/internal/jsontree"
)

// asShown is a task as DescribeTasks shows it, and toldBy the event of its next change: without tags and health, with a name of
// its own for the attachment, and with fewer details of it.
const (
	asShown = `{"taskArn":"t","version":3,"lastStatus":"PENDING","healthStatus":"UNKNOWN","createdAt":"2026-11-21T12:00:00.000Z",
		"tags":[{"key":"team","value":"a"}],"attributes":[{"name":"ecs.cpu-architecture","value":"arm64"}],
		"attachments":[{"id":"a1","type":"ElasticNetworkInterface","status":"ATTACHING","details":[{"name":"subnetId","value":"s"},{"name":"privateDnsName","value":"d"}]}],
		"containers":[
			{"containerArn":"c1","name":"app","lastStatus":"PENDING","healthStatus":"UNKNOWN","cpu":"0","managedAgents":[{"name":"ExecuteCommandAgent","lastStatus":"PENDING"}],
			 "networkInterfaces":[{"attachmentId":"a1","privateIpv4Address":"10.0.0.1"}]},
			{"containerArn":"c2","name":"side","lastStatus":"PENDING"}],
		"overrides":{"containerOverrides":[{"name":"app","environment":[{"name":"A","value":"1"}],"environmentFiles":[{"type":"s3","value":"x"}]}],"cpu":"256"}}`
	toldBy = `{"taskArn":"t","version":4,"lastStatus":"RUNNING","startedAt":"2026-11-21T12:00:41.002Z","updatedAt":"2026-11-21T12:00:41.002Z","connectivity":"CONNECTED",
		"attachments":[{"id":"a1","type":"eni","status":"ATTACHED","details":[{"name":"subnetId","value":"s"},{"name":"macAddress","value":"m"}]},{"id":"a2","type":"eni","status":"CREATED"}],
		"containers":[
			{"containerArn":"c2","name":"side","lastStatus":"RUNNING","exitCode":0,"reason":"was slow"},
			{"containerArn":"c1","name":"app","lastStatus":"RUNNING","runtimeId":"r","networkInterfaces":[{"attachmentId":"a1","ipv6Address":"::1"}]},
			{"containerArn":"c3","name":"injected","lastStatus":"RUNNING"}],
		"overrides":{"containerOverrides":[{"name":"app","environmentFiles":[{"type":"s3","value":"x"}]}]}}`
	asMerged = `{"taskArn":"t","version":4,"lastStatus":"RUNNING","healthStatus":"UNKNOWN","createdAt":"2026-11-21T12:00:00.000Z","startedAt":"2026-11-21T12:00:41.002Z",
		"updatedAt":"2026-11-21T12:00:41.002Z","connectivity":"CONNECTED",
		"tags":[{"key":"team","value":"a"}],"attributes":[{"name":"ecs.cpu-architecture","value":"arm64"}],
		"attachments":[{"id":"a1","type":"ElasticNetworkInterface","status":"ATTACHED",
			"details":[{"name":"subnetId","value":"s"},{"name":"privateDnsName","value":"d"},{"name":"macAddress","value":"m"}]},
			{"id":"a2","type":"ElasticNetworkInterface","status":"CREATED"}],
		"containers":[
			{"containerArn":"c1","name":"app","lastStatus":"RUNNING","healthStatus":"UNKNOWN","cpu":"0","runtimeId":"r","managedAgents":[{"name":"ExecuteCommandAgent","lastStatus":"PENDING"}],
			 "networkInterfaces":[{"attachmentId":"a1","privateIpv4Address":"10.0.0.1","ipv6Address":"::1"}]},
			{"containerArn":"c2","name":"side","lastStatus":"RUNNING","exitCode":0,"reason":"was slow"},
			{"containerArn":"c3","name":"injected","lastStatus":"RUNNING"}],
		"overrides":{"containerOverrides":[{"name":"app","environment":[{"name":"A","value":"1"}],"environmentFiles":[{"type":"s3","value":"x"}]}],"cpu":"256"}}`
)

// exact reads JSON with its numbers as they are written.
func exact(t *testing.T, text string) (v any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func sameJSON(t *testing.T, got json.RawMessage, want string) {
	t.Helper()
	g, w := exact(t, string(got)), exact(t, want)
	if !reflect.DeepEqual(g, w) {
		t.Errorf("got\n%s\nwant\n%s", raw(g), raw(w))
	}
}

// TestEventMergesMemberByMember: an event takes nothing away that only DescribeTasks tells, whichever comes first.
func TestEventMergesMemberByMember(t *testing.T) {
	event := asDescribed(json.RawMessage(toldBy))
	task := Task{ARN: "t", Raw: json.RawMessage(asShown)}
	if !task.merge(readDescription(event), fromEvent, start) {
		t.Error("it changed nothing")
	}
	sameJSON(t, task.Raw, asMerged)
	for range 2 {
		if task.merge(readDescription(event), fromEvent, start) || task.merge(readDescription(json.RawMessage(asShown)), fromECS, start) {
			t.Errorf("told again it changes something: %s", task.Raw)
		}
	}
	task = Task{ARN: "t", Raw: event}
	if !task.merge(readDescription(json.RawMessage(asShown)), fromECS, start) {
		t.Error("the launch call's answer, later than the event, adds nothing")
	}
	var got, want map[string]any
	if err := json.Unmarshal([]byte(asMerged), &want); err != nil || json.Unmarshal(task.Raw, &got) != nil {
		t.Fatalf("%s %v", task.Raw, err)
	}
	for name := range want {
		if got[name] == nil {
			t.Errorf("%s is not there: %s", name, task.Raw)
		}
	}
	if len(task.State().Containers) != 3 || task.State().LastStatus != "RUNNING" || task.State().Version != 4 {
		t.Errorf("%s", task.Raw)
	}
}

// TestAnExitCodeOfAnEarlierStartIsForgotten: ECS may start a container of a task again (restartPolicy), and what is left of the time
// before must not decide.
func TestAnExitCodeOfAnEarlierStartIsForgotten(t *testing.T) {
	task := Task{ARN: "t", Raw: json.RawMessage(`{"version":4,"lastStatus":"RUNNING","containers":[{"name":"app","exitCode":0,"reason":"gone","image":"i"}]}`)}
	task.merge(readDescription(json.RawMessage(`{"version":5,"lastStatus":"STOPPED","containers":[{"name":"app"}]}`)), fromEvent, start)
	sameJSON(t, task.Raw, `{"version":5,"lastStatus":"STOPPED","containers":[{"name":"app","image":"i"}]}`)
	if o := newRun(1).judge(&task); o.Class == "" {
		t.Errorf("judged %+v: no exit code is no success", o)
	}
}

func TestOverlay(t *testing.T) {
	for _, c := range []struct{ name, a, b, newer, older string }{
		{"values", `{"x":1}`, `{"x":2,"y":3}`, `{"x":2,"y":3}`, `{"x":1,"y":3}`},
		{"objects", `{"o":{"x":1,"z":0}}`, `{"o":{"x":2,"y":3}}`, `{"o":{"x":2,"y":3,"z":0}}`, `{"o":{"x":1,"y":3,"z":0}}`},
		{"null", `{"x":1,"y":null}`, `{"x":null,"y":2}`, `{"x":null,"y":2}`, `{"x":1,"y":2}`},
		{"named things", `{"l":[{"name":"a","x":1},{"name":"b"}]}`, `{"l":[{"name":"b","x":2},{"name":"c"}]}`,
			`{"l":[{"name":"a","x":1},{"name":"b","x":2},{"name":"c"}]}`, `{"l":[{"name":"a","x":1},{"name":"b","x":2},{"name":"c"}]}`},
		{"an empty list", `{"l":[{"name":"a"}]}`, `{"l":[]}`, `{"l":[{"name":"a"}]}`, `{"l":[{"name":"a"}]}`},
		{"an empty list of what has no name", `{"l":[{"key":"a"}]}`, `{"l":[]}`, `{"l":[{"key":"a"}]}`, `{"l":[{"key":"a"}]}`},
		{"the first list", `{"l":[]}`, `{"l":[{"name":"a"}]}`, `{"l":[{"name":"a"}]}`, `{"l":[{"name":"a"}]}`},
		{"things without names", `{"l":[{"value":1}]}`, `{"l":[{"value":2}]}`, `{"l":[{"value":2}]}`, `{"l":[{"value":1}]}`},
		{"things that are not all named", `{"l":[{"name":"a"}]}`, `{"l":[{"name":"a"},{}]}`, `{"l":[{"name":"a"},{}]}`, `{"l":[{"name":"a"}]}`},
		{"lists of texts", `{"l":["a"]}`, `{"l":["b"]}`, `{"l":["b"]}`, `{"l":["a"]}`},
		{"the same name twice", `{"l":[{"name":"a","x":1},{"name":"a","x":2}]}`, `{"l":[{"name":"a","x":3},{"name":"a","x":4}]}`,
			`{"l":[{"name":"a","x":3},{"name":"a","x":4}]}`, `{"l":[{"name":"a","x":1},{"name":"a","x":2}]}`},
		{"another type", `{"x":{"a":1}}`, `{"x":[1]}`, `{"x":[1]}`, `{"x":{"a":1}}`},
		{"an ARN before a name", `{"l":[{"containerArn":"1","name":"a"}]}`, `{"l":[{"containerArn":"2","name":"a"}]}`,
			`{"l":[{"containerArn":"1","name":"a"},{"containerArn":"2","name":"a"}]}`, `{"l":[{"containerArn":"1","name":"a"},{"containerArn":"2","name":"a"}]}`},
		{"an ARN that was not known", `{"l":[{"name":"a"}]}`, `{"l":[{"containerArn":"2","name":"a"}]}`, `{"l":[{"containerArn":"2","name":"a"}]}`, `{"l":[{"containerArn":"2","name":"a"}]}`},
		{"a long number", `{"x":9007199254740993}`, `{"y":0.10}`, `{"x":9007199254740993,"y":0.10}`, `{"x":9007199254740993,"y":0.10}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			for newer, want := range map[bool]string{true: c.newer, false: c.older} {
				got := mergeJSON{newer}.merge(json.RawMessage(c.a), json.RawMessage(c.b))
				sameJSON(t, got, want)
				if again := (mergeJSON{newer}).merge(got, json.RawMessage(c.b)); string(again) != string(got) {
					t.Errorf("newer %v: laid over again it gives %s, not %s", newer, again, got)
				}
			}
		})
	}
}

// TestAnUnknownStatusDoesNoHarm: a status that ECS got after this was written neither ends a task nor brings one back.
func TestAnUnknownStatusDoesNoHarm(t *testing.T) {
	for _, c := range []struct {
		name    string
		s       TaskState
		stopped bool
		ran     bool
	}{
		{"before it runs", described("t1", "HYDRATING"), false, false},
		{"while it runs", described("t1", "HYDRATING", startedAt(start)), false, true},
		{"while it stops", described("t1", "HYDRATING", startedAt(start), code("UserInitiated")), false, true},
		{"after it stopped", described("t1", "ARCHIVED", startedAt(start), stoppedAt(start)), true, true},
		{"none", described("t1", ""), false, false},
	} {
		if c.s.stopped() != c.stopped || c.s.ran() != c.ran {
			t.Errorf("%s: stopped %v, ran %v", c.name, c.s.stopped(), c.s.ran())
		}
	}
	w := following(t, 1)
	w.handle(w.ecs.set("t1", "HYDRATING", startedAt(start)))
	if r := w.run(); r.Status != Running || r.attempt().Tasks[0].Ended() {
		t.Errorf("%s", r.Status)
	}
	w.clock.advance(time.Hour)
	switch out := w.follow("token"); {
	case out.Next != StepFollow:
		t.Errorf("it is not followed: out.Next is %v, want %v", out.Next, StepFollow)
	case w.run().Status != Running:
		t.Error("it is not followed: w.run().Status is not Running")
	case w.ecs.count("Stop") > 0:
		t.Error("it is not followed: got w.ecs.count(\"Stop\") > 0")
	}
	w.handle(w.ecs.finish("t1", 0))
	if r := w.run(); summary(r) != "SUCCEEDED  exit=0" {
		t.Errorf("%s %s", summary(r), r.StatusReason)
	}
}

// TestUnknownStopCodes: the exit codes decide, and where there are none the reasons say why.
func TestUnknownStopCodes(t *testing.T) {
	ran := startedAt(start)
	for _, c := range []struct {
		name  string
		s     TaskState
		class Class
		says  string
	}{
		{"success", described("t1", "STOPPED", ran, code("Vanished"), exited("app", 0)), "", ""},
		{"failure", described("t1", "STOPPED", ran, code("Vanished"), exited("app", 3)), "EXIT:3", ""},
		{"out of memory", described("t1", "STOPPED", ran, code("Vanished"), exited("app", 137, "OutOfMemoryError: killed")), OutOfMemory, ""},
		{"no exit code", described("t1", "STOPPED", ran, code("Vanished"), because("it vanished"), exited("app", -1)), ClassLost, "it vanished"},
		{"never ran", described("t1", "STOPPED", code("Vanished"), because("it vanished")), NeverStarted, "it vanished"},
		{"a host that went away", described("t1", "STOPPED", ran, code("Vanished"), because("Host EC2 (instance i-1) terminated.")), Interrupted, ""},
	} {
		task := Task{ARN: c.s.TaskARN, Raw: raw(c.s)}
		switch o := newRun(1).judge(&task); {
		case o.Class != c.class:
			t.Errorf("%s: o.Class is %v, want %v", c.name, o.Class, c.class)
		case !strings.Contains(o.Detail, c.says):
			t.Errorf("%s: o.Detail is %q, want %q in it", c.name, o.Detail, c.says)
		}
	}
}

func TestEventsOfAttachments(t *testing.T) {
	for _, same := range []string{`{}`, `[`, `{"attachments":1}`, `{"attachments":[{"type":"AmazonElasticBlockStorage"}]}`, `{"attachments":[1]}`} {
		if got := asDescribed(json.RawMessage(same)); string(got) != same {
			t.Errorf("%s became %s", same, got)
		}
	}
	w := following(t, 1)
	s := w.ecs.set("t1", "PENDING")
	detail := jsontree.SetMembers(raw(s), map[string]any{"attachments": []any{map[string]any{"id": "a", "type": "eni"}}})
	if err := w.events().Handle(context.Background(), jsontree.SetMembers(event(s), map[string]any{"detail": detail})); err != nil {
		t.Fatal(err)
	}
	if got := string(w.run().attempt().Tasks[0].Raw); !strings.Contains(got, `"type":"ElasticNetworkInterface"`) {
		t.Errorf("%s", got)
	}
}
