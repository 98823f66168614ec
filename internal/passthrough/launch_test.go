package passthrough_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"davit/internal/ecsjson"
	"davit/internal/run"
)

// davitMembers are the members that Davit sets itself.
var davitMembers = []string{"clientToken", "startedBy"}

// bodyOf returns an input with every field set as a POST /runs body, without some members.
func bodyOf(t *testing.T, input any, without ...string) object {
	t.Helper()
	text, err := ecsjson.Encode(input)
	if err != nil {
		t.Fatal(err)
	}
	body := parse(t, string(text))
	for _, name := range append(without, "referenceId") { // RT-33: ECS keeps it for itself
		delete(body, name)
	}
	if overrides, ok := body["overrides"].(object); ok {
		delete(overrides, "inferenceAcceleratorOverrides") // see TestNoFieldIsDropped
	}
	return body
}

// with returns a body with some members changed.
func with(body object, changes object) object {
	changed := maps.Clone(body)
	maps.Copy(changed, changes)
	return changed
}

// runTasks returns RunTask inputs that together set every member: one for each way of placement, because these exclude one another.
func runTasks(t *testing.T) map[string]object {
	in := filled(t, &ecs.RunTaskInput{})
	return map[string]object{
		"Fargate":  bodyOf(t, in, "capacityProviderStrategy", "placementConstraints", "placementStrategy"),
		"EC2":      with(bodyOf(t, in, "capacityProviderStrategy", "platformVersion"), object{"launchType": "EC2"}),
		"Strategy": bodyOf(t, in, "launchType"),
	}
}

func TestEveryFieldOfRunTaskReachesECS(t *testing.T) {
	eachStore(t, func(t *testing.T, f *fixture) {
		seen := map[string]bool{"referenceId": true}
		for name, body := range runTasks(t) {
			body["clientToken"] = name
			f.launchPlaced(write(t, body), `"lastStatus":"PENDING","version":1`)
			sent := f.ecs.last("RunTask")
			if diff := diff(without(body, davitMembers...), without(sent, davitMembers...)); diff != "" {
				t.Errorf("%s: the body, and what ECS was sent:\n%s", name, diff)
			}
			if sent["startedBy"] != f.startedBy() {
				t.Errorf("%s: ECS was sent startedBy %v, want %v", name, sent["startedBy"], f.startedBy())
			}
			if sent["clientToken"] == body["clientToken"] || sent["clientToken"] == nil {
				t.Errorf("%s: ECS was sent clientToken %v, want one of Davit's own", name, sent["clientToken"])
			}
			r := f.record()
			recorded := object{"startedBy": r.StartedBy, "clientToken": r.Key, "group": r.Group, "cluster": r.Cluster}
			for member, got := range recorded {
				if got != body[member] {
					t.Errorf("%s: the record has %s %q, want %q", name, member, got, body[member])
				}
			}
			for member := range sent {
				seen[member] = true
			}
		}
		if left := missing(ecsjson.Names(ecs.RunTaskInput{}), seen); len(left) > 0 {
			t.Errorf("no request had %v", left)
		}
	})
}

func TestEveryFieldOfStartTaskReachesECS(t *testing.T) {
	eachStore(t, func(t *testing.T, f *fixture) {
		body := bodyOf(t, filled(t, &ecs.StartTaskInput{}))
		f.launchPlaced(write(t, body), `"lastStatus":"PENDING","version":1`)
		sent := f.ecs.last("StartTask")
		if diff := diff(without(body, davitMembers...), without(sent, davitMembers...)); diff != "" {
			t.Errorf("the body, and what ECS was sent:\n%s", diff)
		}
		if sent["startedBy"] != f.startedBy() || sent["clientToken"] != nil {
			t.Errorf("ECS was sent startedBy %v and clientToken %v", sent["startedBy"], sent["clientToken"])
		}
		seen := map[string]bool{"referenceId": true}
		for member := range sent {
			seen[member] = true
		}
		if left := missing(ecsjson.Names(ecs.StartTaskInput{}), seen); len(left) > 0 {
			t.Errorf("the request had no %v", left)
		}
	})
}

// Each member that a stack may have a default for is set where a request leaves it out, of both operations.
func TestRunDefaults(t *testing.T) {
	own := []string{"taskDefinition", "count", "clientToken", "startedBy", "referenceId"}
	all := map[string]any{}
	for _, body := range runTasks(t) {
		maps.Copy(all, without(body, own...))
	}
	store := stores["bbolt"](t)
	for _, op := range []run.Operation{run.RunTask, run.StartTask} {
		body, taken := `{"taskDefinition":"job"}`, ecsjson.Names(ecs.RunTaskInput{})
		if op == run.StartTask {
			body, taken = `{"taskDefinition":"job","containerInstances":["i"]}`, ecsjson.Names(ecs.StartTaskInput{})
		}
		for member, value := range all {
			f := newFixture(t, store)
			f.stack.Defaults = []byte(write(t, object{member: value}))
			body := body
			if member != "networkConfiguration" {
				body = strings.TrimSuffix(body, "}") + "," + network + "}"
			}
			f.launchPlaced(body, `"lastStatus":"PENDING","version":1`)
			want := value
			if !slices.Contains(taken, member) {
				want = nil
			}
			if diff := diff(want, f.ecs.last(string(op))[member]); diff != "" {
				t.Errorf("%s: the default of %s, and what ECS was sent:\n%s", op, member, diff)
			}
		}
		if left := missing(taken, set(slices.Collect(maps.Keys(all)), own, []string{"containerInstances"})); len(left) > 0 {
			t.Errorf("%s: no default was tried for %v", op, left)
		}
	}
}

// A member that is not passed on is refused with its rule.
func TestNoFieldIsDropped(t *testing.T) {
	for member, refused := range map[string]struct{ rule, body string }{
		"/referenceId": {"RT-33", `"referenceId":"r"`},
		"/overrides/inferenceAcceleratorOverrides": {"RT-24", `"overrides":{"inferenceAcceleratorOverrides":[{"deviceName":"d","deviceType":"eia2.medium"}]}`},
		"/tomorrow": {run.RuleUnknownName, `"tomorrow":1`},
	} {
		for _, instances := range []string{"", `,"containerInstances":["i"]`} {
			f := inBolt(t)
			body := `{"taskDefinition":"job",` + refused.body + instances + `}`
			if answer, refuses := f.refusal(body); refuses {
				if first := answer["errors"].([]any)[0].(object); first["rule"] != refused.rule || first["field"] != member {
					t.Errorf("%s is refused with %v", member, first)
				}
				continue
			}
			f.launchPlaced(body, `"lastStatus":"PENDING","version":1`)
			operation := "RunTask"
			if instances != "" {
				operation = "StartTask"
			}
			if sent := f.ecs.last(operation); !strings.Contains(write(t, sent), `"deviceName":"d"`) {
				t.Errorf("%s is taken, and ECS was sent %v", member, sent)
			}
		}
	}
}

// refusal makes a dry run of a body and returns the problem if it is refused.
func (f *fixture) refusal(body string) (object, bool) {
	f.t.Helper()
	answer, status := f.try("POST", "/runs?dryRun=true", body)
	if status != http.StatusOK && status != http.StatusBadRequest {
		f.t.Fatalf("%s: %d %v", body, status, answer)
	}
	return answer, status == http.StatusBadRequest
}

func without(body object, names ...string) object {
	rest := maps.Clone(body)
	for _, name := range names {
		delete(rest, name)
	}
	return rest
}

func set(lists ...[]string) map[string]bool {
	all := map[string]bool{}
	for _, name := range slices.Concat(lists...) {
		all[name] = true
	}
	return all
}

func missing(names []string, seen map[string]bool) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return seen[name] })
}
