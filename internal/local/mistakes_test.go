package local

import (
	"os"
	"strings"
	"testing"

	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

// One answer lists all of a request's mistakes, each with its pointer and its rule, as docs/rules.md shows it.
func TestTwelveMistakes(t *testing.T) {
	body, err := os.ReadFile("../ecsspec/rulesdoc/twelve.json")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	_, documented, _ := strings.Cut(string(page), "## One request, 12 mistakes")
	if !strings.Contains(documented, string(body)) {
		t.Fatal("docs/rules.md does not show the request")
	}
	withFixture(t, app(scripted.Script{})(), nil, func(f *fixture) {
		problem := f.call("POST", "/runs", string(body), 400)
		faults := problem["errors"].([]any)
		if problem["type"] != "invalid-request" {
			t.Errorf("the problem's type is %v, want invalid-request", problem["type"])
		}
		if len(faults) != 12 {
			t.Errorf("%d errors, want 12: %v", len(faults), faults)
		}
		for _, f := range faults {
			fault := f.(map[string]any)
			line := "| `" + fault["field"].(string) + "` | " + fault["rule"].(string) + " | " + fault["detail"].(string) + " |"
			if !strings.Contains(documented, line) {
				t.Errorf("docs/rules.md lacks %s", line)
			}
		}
	})
}

// A run that only ECS can refuse ends with the rule that it breaks, in the record and in the answer to GET.
func TestARefusedRunNamesItsRule(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{}), func(f *fixture) {
		id := f.submit(`{"taskDefinition":"job","containerInstances":["0123456789abcdef0123456789abcdef"]}`)
		f.start()
		r := f.end(id)
		f.wantRun(r, run.Failed, run.Invalid, 1)
		if !strings.HasPrefix(r.StatusReason, "MISSING") || !strings.HasSuffix(r.StatusReason, "(rule ST-01)") {
			t.Errorf("statusReason is %q, want MISSING… (rule ST-01)", r.StatusReason)
		}
		attempt := f.call("GET", "/runs/"+id, "", 200)["attempts"].([]any)[0].(map[string]any)
		refusal := attempt["refusals"].([]any)[0].(map[string]any)
		if refusal["rule"] != "ST-01" {
			t.Errorf("the refusal's rule is %v, want ST-01", refusal["rule"])
		}
		if refusal["class"] != "INVALID" {
			t.Errorf("the refusal's class is %v, want INVALID", refusal["class"])
		}
	})
}

// A request that does not fit its task definition is refused at submission when the definition is known.
func TestMisfitsAreRefusedAtOnce(t *testing.T) {
	withFixture(t, app(scripted.Script{})(), nil, func(f *fixture) {
		problem := f.call("POST", "/runs", `{"taskDefinition":"job","enableExecuteCommand":true,"overrides":{"containerOverrides":[{"name":"App"}]},
			"networkConfiguration":{"awsvpcConfiguration":{"subnets":["s"]}}}`, 400)
		var got []string
		for _, f := range problem["errors"].([]any) {
			fault := f.(map[string]any)
			got = append(got, fault["rule"].(string)+" "+fault["field"].(string))
		}
		want := "RT-11 /enableExecuteCommand, RT-13 /networkConfiguration, RT-18 /overrides/containerOverrides/0/name"
		if strings.Join(got, ", ") != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
}

// A definition that breaks the rules is refused without a call to ECS.
func TestDefinitionsAreChecked(t *testing.T) {
	withFixture(t, app(scripted.Script{})(), nil, func(f *fixture) {
		problem := f.call("POST", "/task-definitions", `{"family":"f","requiresCompatibilities":["FARGATE"],"networkMode":"awsvpc","cpu":"256","memory":"4096",
			"containerDefinitions":[{"name":"a","image":"i","privileged":true,"healthCheck":{"command":["CMD","x"],"interval":1}}]}`, 400)
		if faults := problem["errors"].([]any); len(faults) != 3 {
			t.Errorf("%d errors, want 3: %v", len(faults), faults)
		}
		f.wantCalls("RegisterTaskDefinition", 1) // the fixture's own
	})
}
