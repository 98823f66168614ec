package local

import (
	"os"
	"strings"
	"testing"

	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

// One answer for all of a request's mistakes, each with its pointer and its rule: as docs/rules.md shows it.
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
		if problem["type"] != "invalid-request" || len(faults) != 12 {
			t.Errorf("%d errors: %v", len(faults), problem)
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

// What only ECS can judge ends the run with the row that it is about, in the record and in what a caller reads.
func TestARefusedRunNamesItsRule(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{}), func(f *fixture) {
		id := f.submit(`{"taskDefinition":"job","containerInstances":["0123456789abcdef0123456789abcdef"]}`)
		f.start()
		r := f.end(id)
		f.wantRun(r, run.Failed, run.Invalid, 1)
		if !strings.HasPrefix(r.StatusReason, "MISSING") || !strings.HasSuffix(r.StatusReason, "(rule ST-01)") {
			t.Errorf("statusReason %q", r.StatusReason)
		}
		attempt := f.call("GET", "/runs/"+id, "", 200)["attempts"].([]any)[0].(map[string]any)
		if refusal := attempt["refusals"].([]any)[0].(map[string]any); refusal["rule"] != "ST-01" || refusal["class"] != "INVALID" {
			t.Errorf("%v", refusal)
		}
	})
}

// What does not fit the definition is told at once, where the definition is known.
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

// A definition is held against the rules before ECS hears of it.
func TestDefinitionsAreChecked(t *testing.T) {
	withFixture(t, app(scripted.Script{})(), nil, func(f *fixture) {
		problem := f.call("POST", "/task-definitions", `{"family":"f","requiresCompatibilities":["FARGATE"],"networkMode":"awsvpc","cpu":"256","memory":"4096",
			"containerDefinitions":[{"name":"a","image":"i","privileged":true,"healthCheck":{"command":["CMD","x"],"interval":1}}]}`, 400)
		if faults := problem["errors"].([]any); len(faults) != 3 {
			t.Errorf("%v", faults)
		}
		f.wantCalls("RegisterTaskDefinition", 1) // the one of every fixture
	})
}
