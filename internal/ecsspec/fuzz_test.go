package ecsspec

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/google/go-cmp/cmp"

	"davit/internal/ecsjson"
	"davit/internal/fuzzing"
	"davit/internal/jsontree"
	"davit/internal/run"
)

func wellFormed(t *testing.T, found []run.Violation) {
	t.Helper()
	fuzzing.Violations(t, found, func(v run.Violation) fuzzing.Violation { return fuzzing.Violation(v) })
}

// A body that is accepted is accepted however it is spelled and with whatever key, as the same request; what is kept of it is accepted
// again, and what ECS is asked has no fault.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"taskDefinition":"a","count":2,"policy":{"retry":{"maxAttempts":3}}}`,
		`{"taskDefinition":"arn:aws:ecs:r:123456789012:task-definition/a:1","containerInstances":["i"],"tags":[{"key":"k"},{"key":"k"}]}`,
		`{"overrides":{"containerOverrides":[{"environmentFiles":[{"type":"s3","value":"v"}],"resourceRequirements":[{"sharingStrategy":{"nvidiaMps":{}}}]}]}}`,
		`{"capacityProviderStrategy":[{"weight":0},{"base":1}],"placementConstraints":[{"type":"memberOf"}],"launchType":"EC2"}`,
		`{"family":"f","containerDefinitions":[{"name":"c","essential":false}]}`, `{"count":1e999999999}`, `[]`, `{`,
	} {
		f.Add([]byte(s))
	}
	for _, s := range fuzzing.Bodies(f) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		s, found := Spec{}.Parse(body)
		wellFormed(t, found)
		if len(found) > 0 {
			return
		}
		sameAgain(t, s)
		launchable(t, s)
		if other, ok := fuzzing.Respell(body); ok {
			same, found := Spec{}.Parse(other)
			if len(found) > 0 || !bytes.Equal(same.Canonical, s.Canonical) {
				t.Errorf("spelled %s: %v\n%s\n%s", other, found, same.Canonical, s.Canonical)
			}
		}
	})
}

// sameAgain parses what a record keeps of the request, with another key.
func sameAgain(t *testing.T, s run.Submission) {
	kept, err := WithValues(s.Request, map[string]any{clientTokenName: "another"})
	if err != nil {
		t.Fatalf("%s: %v", s.Request, err)
	}
	again, found := Spec{}.Parse(kept)
	if len(found) > 0 {
		t.Errorf("%s: %v", kept, found)
	}
	want := s
	want.Request, want.ClientToken, want.Policy, want.Canonical, want.WithNulls = kept, "another", jsontree.Node{}, again.Canonical, again.WithNulls
	if diff := cmp.Diff(want, again); diff != "" {
		t.Errorf("what is kept as another submission (-want +got):\n%s", diff)
	}
	if s.Policy.Kind == jsontree.Null && !bytes.Equal(again.Canonical, s.Canonical) {
		t.Errorf("%s is another request: %s, not %s", kept, again.Canonical, s.Canonical)
	}
}

// launchable fills in what is Davit's own and decodes what is then sent.
func launchable(t *testing.T, s run.Submission) {
	set := map[string]any{startedByName: "davit-aaaaaaaaaaaaaaaaaaaaaaaaaa-01"}
	var into any = new(ecs.StartTaskInput)
	if s.Operation == run.RunTask {
		set[clientTokenName], into = "token", new(ecs.RunTaskInput)
	}
	input, err := WithValues(s.Input.Encode(), set)
	if err != nil {
		t.Fatalf("%s: %v", s.Input.Encode(), err)
	}
	decodes(t, input, into)
	for _, d := range []*run.Definition{nil, {}, {NetworkMode: "awsvpc", TaskRoleARN: "r", Containers: []run.Container{{Name: "c"}}}} {
		wellFormed(t, Spec{}.CheckAgainst(d, s.Operation, tree(t, string(input))))
	}
	if s.Count < 1 || s.Count > 10 {
		t.Errorf("%s asks for %d tasks", s.Input.Encode(), s.Count)
	}
}

func decodes(t *testing.T, input json.RawMessage, into any) {
	doc, serr := jsontree.Parse(input)
	if serr != nil {
		t.Fatalf("%s: %v", input, serr)
	}
	if faults := ecsjson.Decode(doc.Root, into); len(faults) > 0 {
		t.Errorf("%s: %v", input, faults)
	}
}

// An accepted input is compact, is accepted again as it is, and has no fault.
func FuzzParseInput(f *testing.F) {
	for _, s := range []string{
		`{"task":"t","reason":"r"}`, `{"tasks":["a"],"include":["TAGS"]}`, `{"taskDefinition":"a:1"}`, `{"task":null,"cluster":""}`, `{"family":"f","containerDefinitions":[{"name":"c","essential":false},{"name":"c"}]}`,
		`{"family":"f","containerDefinitions":[{"name":"c","ulimits":[{}],"dependsOn":[{}],"linuxParameters":{"tmpfs":[{"size":1}]}}],"tags":[{}]}`,
		`{"volumes":[{"efsVolumeConfiguration":{}}],"proxyConfiguration":{},"networkMode":"x","requiresCompatibilities":["EC2",1]}`, `[]`, `{`,
	} {
		f.Add([]byte(s))
	}
	for _, s := range fuzzing.Bodies(f) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		definition, found := Spec{}.ParseTaskDefinition(body)
		acceptedAgain(t, Spec{}.ParseTaskDefinition, definition, found, new(ecs.RegisterTaskDefinitionInput))
		stop, found := Spec{}.ParseStopTask(body)
		acceptedAgain(t, Spec{}.ParseStopTask, stop, found, new(ecs.StopTaskInput))
		tasks, found := Spec{}.ParseDescribeTasks(body)
		acceptedAgain(t, Spec{}.ParseDescribeTasks, tasks, found, new(ecs.DescribeTasksInput))
		shown, found := Spec{}.ParseDescribeTaskDefinition(body)
		acceptedAgain(t, Spec{}.ParseDescribeTaskDefinition, shown, found, new(ecs.DescribeTaskDefinitionInput))
		removed, found := Spec{}.ParseDeregisterTaskDefinition(body)
		acceptedAgain(t, Spec{}.ParseDeregisterTaskDefinition, removed, found, new(ecs.DeregisterTaskDefinitionInput))
	})
}

func acceptedAgain(t *testing.T, parse func([]byte) (json.RawMessage, []run.Violation), input json.RawMessage, found []run.Violation, into any) {
	wellFormed(t, found)
	if len(found) > 0 {
		return
	}
	if again, found := parse(input); len(found) > 0 || !bytes.Equal(again, input) {
		t.Errorf("%s became %s, %v", input, again, found)
	}
	if other, ok := fuzzing.Respell(input); ok {
		if _, found := parse(other); len(found) > 0 {
			t.Errorf("spelled %s: %v", other, found)
		}
	}
	decodes(t, input, into)
}
