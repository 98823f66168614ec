package ecsspec

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"davit/internal/jsontree"
	"davit/internal/run"
)

func tree(t *testing.T, text string) jsontree.Node {
	t.Helper()
	doc, serr := jsontree.Parse([]byte(text))
	if serr != nil {
		t.Fatalf("%s: %v", text, serr)
	}
	return doc.Root
}

func TestParseRunTask(t *testing.T) {
	body := `{ "policy": {"retry": {"maxAttempts": 3.0}}, "taskDefinition": "sleep360:7", "count": 2.0, "cluster": "c",
		"startedBy": "me/1", "group": "g", "clientToken": "key 1", "overrides": null }`
	got, found := Spec{}.Parse([]byte(body))
	if len(found) > 0 {
		t.Fatal(found)
	}
	want := run.Submission{
		Operation:      run.RunTask,
		Input:          tree(t, `{"taskDefinition":"sleep360:7","count":2.0,"cluster":"c","group":"g","overrides":null}`),
		Request:        json.RawMessage(`{"taskDefinition":"sleep360:7","count":2.0,"cluster":"c","startedBy":"me/1","group":"g","clientToken":"key 1","overrides":null}`),
		Policy:         tree(t, `{"retry":{"maxAttempts":3.0}}`),
		ClientToken:    "key 1",
		StartedBy:      "me/1",
		Group:          "g",
		TaskDefinition: "sleep360:7",
		Cluster:        "c",
		Count:          2,
		Canonical: []byte(`{"cluster":"c","count":2,"group":"g","policy":{"retry":{"maxAttempts":3}},` +
			`"startedBy":"me/1","taskDefinition":"sleep360:7"}`),
		WithNulls: []byte(`{"cluster":"c","count":2,"group":"g","overrides":null,"policy":{"retry":{"maxAttempts":3}},` +
			`"startedBy":"me/1","taskDefinition":"sleep360:7"}`),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("submission (-want +got):\n%s", diff)
	}
}

func TestParseStartTask(t *testing.T) {
	got, found := Spec{}.Parse([]byte(`{"taskDefinition":"a","containerInstances":["i1","i2","i3"],"clientToken":"k","policy":null,"count":null}`))
	if len(found) > 0 {
		t.Fatal(found)
	}
	want := run.Submission{
		Operation:      run.StartTask,
		Input:          tree(t, `{"taskDefinition":"a","containerInstances":["i1","i2","i3"]}`),
		Request:        json.RawMessage(`{"taskDefinition":"a","containerInstances":["i1","i2","i3"],"clientToken":"k","count":null}`),
		ClientToken:    "k",
		TaskDefinition: "a",
		Count:          3,
		Instances:      []string{"i1", "i2", "i3"},
		Canonical:      []byte(`{"containerInstances":["i1","i2","i3"],"taskDefinition":"a"}`),
		WithNulls:      []byte(`{"containerInstances":["i1","i2","i3"],"count":null,"policy":null,"taskDefinition":"a"}`),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("submission (-want +got):\n%s", diff)
	}
}

func TestParse_NullContainerInstances_IsARunTask(t *testing.T) {
	got, found := Spec{}.Parse([]byte(`{"taskDefinition":"a","containerInstances":null}`))
	if len(found) > 0 {
		t.Fatal(found)
	}
	want := run.Submission{
		Operation:      run.RunTask,
		Input:          tree(t, `{"taskDefinition":"a"}`),
		Request:        json.RawMessage(`{"taskDefinition":"a","containerInstances":null}`),
		TaskDefinition: "a",
		Count:          1,
		Canonical:      []byte(`{"taskDefinition":"a"}`),
		WithNulls:      []byte(`{"containerInstances":null,"taskDefinition":"a"}`),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("submission (-want +got):\n%s", diff)
	}
}

func TestParseReportsEverythingAtOnce(t *testing.T) {
	tests := []struct {
		name, body string
		want       []string // rule and field
	}{
		{"nothing", ``, []string{"DV-01 "}},
		{"malformed", "{\n \"count\": 01}", []string{"DV-01 "}},
		{"invalid UTF-8", "{\"taskDefinition\":\"\xff\"}", []string{"DV-01 "}},
		{"not an object", `["a"]`, []string{"DV-02 "}},
		{"null", `null`, []string{"DV-02 "}},
		{"empty", `{}`, []string{"RT-01 /taskDefinition"}},
		{"exact names", `{"TaskDefinition":"a"}`, []string{"DV-04 /TaskDefinition", "RT-01 /taskDefinition"}},
		{"wrong type is no second fault", `{"taskDefinition":1,"count":"11"}`, []string{"DV-05 /taskDefinition", "DV-05 /count"}},
		{"doubled in the policy", `{"taskDefinition":"a","policy":{"x":{"y":1,"y":2}}}`, []string{"DV-03 /policy/x/y"}},
		{"policy of any type is the domain's", `{"taskDefinition":"a","policy":"x"}`, nil},
		{
			"many", `{"count":0,"count":0,"referenceId":"r","launchType":"X","overrides":{"containerOverrides":[{"cpu":1.5,"nam":"a"}]},"policy":{}}`,
			[]string{
				"DV-03 /count", "DV-05 /overrides/containerOverrides/0/cpu", "DV-04 /overrides/containerOverrides/0/nam",
				"RT-01 /taskDefinition", "RT-03 /count", "RT-04 /launchType", "RT-33 /referenceId", "RT-18 /overrides/containerOverrides/0/name",
			},
		},
		{
			"StartTask", `{"containerInstances":[1],"count":1,"launchType":"EC2","placementStrategy":[],"capacityProviderStrategy":null,"clientToken":5,"whatever":1}`,
			[]string{
				"DV-05 /containerInstances/0", "DV-04 /whatever", "DV-05 /clientToken",
				"ST-05 /count", "ST-05 /launchType", "ST-05 /placementStrategy", "ST-02 /taskDefinition",
			},
		},
		{"StartTask by a wrong type", `{"taskDefinition":"a","containerInstances":"i"}`, []string{"DV-05 /containerInstances"}},
		{"clientToken of RunTask", `{"taskDefinition":"a","clientToken":5}`, []string{"DV-05 /clientToken"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, found := Spec{}.Parse([]byte(tt.body))
			var got []string
			for _, v := range found {
				got = append(got, v.Rule+" "+v.Field)
				if v.Detail == "" || strings.Contains(v.Detail, "json:") {
					t.Errorf("detail %q", v.Detail)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("violations (-want +got):\n%s\n%v", diff, found)
			}
		})
	}
}

func TestMalformedSaysWhere(t *testing.T) {
	_, found := Spec{}.Parse([]byte("{\n  \"count\": 1,\n}"))
	if want := "the body is not JSON: a member name in double quotes is expected here (line 3, column 1)"; len(found) != 1 || found[0].Detail != want {
		t.Errorf("found %v", found)
	}
}

func TestSubmissionIsFilledBesideViolations(t *testing.T) {
	got, found := Spec{}.Parse([]byte(`{"count":1e99,"clientToken":"k","policy":{"a":1},"group":[],"containerInstances":null}`))
	if len(found) != 3 {
		t.Errorf("got %d violations, want 3: %v", len(found), found)
	}
	want := run.Submission{
		Operation:   run.RunTask,
		Input:       tree(t, `{"count":1e99,"group":[]}`),
		Request:     json.RawMessage(`{"count":1e99,"clientToken":"k","group":[],"containerInstances":null}`),
		Policy:      tree(t, `{"a":1}`),
		ClientToken: "k",
		Canonical:   []byte(`{"count":1e99,"group":[],"policy":{"a":1}}`),
		WithNulls:   []byte(`{"containerInstances":null,"count":1e99,"group":[],"policy":{"a":1}}`),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("submission (-want +got):\n%s", diff)
	}
}

func TestFingerprintsInput(t *testing.T) {
	canonical := func(body string) string {
		s, found := Spec{}.Parse([]byte(body))
		if len(found) > 0 {
			t.Fatalf("%s: %v", body, found)
		}
		return string(s.Canonical)
	}
	base := canonical(`{"taskDefinition":"a","count":2,"policy":{"timeoutSeconds":60}}`)
	for _, same := range []string{
		`{"policy":{"timeoutSeconds":6e1},"count":2.0,"taskDefinition":"\u0061"}`,
		`{"taskDefinition":"a","count":2,"policy":{"timeoutSeconds":60},"clientToken":"any"}`,
		`{"taskDefinition":"a","count":2,"policy":{"timeoutSeconds":60,"verdict":null},"group":null,"clientToken":null}`,
	} {
		if canonical(same) != base {
			t.Errorf("%s differs", same)
		}
	}
	for _, other := range []string{
		`{"taskDefinition":"a","count":2}`, `{"taskDefinition":"a","count":2,"policy":{"timeoutSeconds":61}}`,
		`{"taskDefinition":"a","count":2,"policy":{"timeoutSeconds":60},"startedBy":"me"}`,
	} {
		if canonical(other) == base {
			t.Errorf("%s is the same", other)
		}
	}
}

func TestHas(t *testing.T) {
	for member, want := range map[string][2]bool{
		"cluster": {true, true}, "launchType": {true, false}, "containerInstances": {false, true}, "Cluster": {false, false}, "policy": {false, false},
	} {
		if got := [2]bool{Spec{}.Has(run.RunTask, member), Spec{}.Has(run.StartTask, member)}; got != want {
			t.Errorf("%s: RunTask and StartTask %v, want %v", member, got, want)
		}
	}
}

func TestParseTaskDefinition(t *testing.T) {
	input, found := Spec{}.ParseTaskDefinition([]byte("{ \"family\": \"a\", \"containerDefinitions\": [ {\"name\": \"c\", \"memory\": 64.0} ] }"))
	if want := `{"family":"a","containerDefinitions":[{"name":"c","memory":64.0}]}`; len(found) > 0 || string(input) != want {
		t.Errorf("%s %v", input, found)
	}
	_, found = Spec{}.ParseTaskDefinition([]byte(`{"containerDefinitions":[{"Name":"c","memory":"64"}],"family":"a","family":"b"}`))
	var rules []string
	for _, v := range found {
		rules = append(rules, v.Rule+" "+v.Field)
	}
	want := []string{"DV-03 /family", "DV-04 /containerDefinitions/0/Name", "DV-05 /containerDefinitions/0/memory", "RD-03 /containerDefinitions/0/name"}
	if diff := cmp.Diff(want, rules); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
	for _, body := range []string{`{`, `[]`} {
		if input, found := (Spec{}).ParseTaskDefinition([]byte(body)); input != nil || len(found) != 1 {
			t.Errorf("%s: %s %v", body, input, found)
		}
	}
}

func TestViolationsAreBounded(t *testing.T) {
	_, found := Spec{}.Parse([]byte(fmt.Sprintf(`{"taskDefinition":"a","tags":%s}`, list(20_000, `{}`))))
	if len(found) != maxViolations {
		t.Errorf("%d violations", len(found))
	}
}
