package apidoc_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/ecsjson"
	"davit/internal/ecsspec"
	"davit/internal/jsontree"
	"davit/internal/run"
	"davit/internal/taskdef"
)

// documentedSDK is the version of the SDK whose inputs the document lists. Members of a later one are passed on before they
// are documented.
const documentedSDK = "v1.104.1"

// sameAsSDK compares documented members with those of the SDK.
func sameAsSDK(t *testing.T, what string, documented, actual []string) {
	t.Helper()
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(mod), "aws-sdk-go-v2/service/ecs "+documentedSDK+"\n") {
		wantSameNames(t, what, documented, actual)
		return
	}
	for _, name := range documented {
		if !slices.Contains(actual, name) {
			t.Errorf("%s: %s is documented, and the SDK has it not", what, name)
		}
	}
	t.Logf("%s: compare the document with the SDK's %v", what, actual)
}

// The documented members of every request are those of the code.
func TestRequestMembers(t *testing.T) {
	a := load(t)
	launch := append(ecsjson.Names(ecs.RunTaskInput{}), ecsjson.Names(ecs.StartTaskInput{})...)
	launch = slices.DeleteFunc(launch, func(name string) bool { return name == "referenceId" }) // RT-33
	sameAsSDK(t, "POST /runs", names(a.schema("Submission")["properties"]), append(launch, "policy"))
	sameAsSDK(t, "POST /task-definitions", names(a.schema("TaskDefinitionInput")["properties"]), ecsjson.Names(ecs.RegisterTaskDefinitionInput{}))
	for schema, sdk := range map[string]any{
		"ContainerInput": types.ContainerDefinition{}, "ContainerOverride": types.ContainerOverride{}, "Overrides": types.TaskOverride{},
		"Variable": types.KeyValuePair{}, "EnvironmentFile": types.EnvironmentFile{}, "EphemeralStorage": types.EphemeralStorage{},
		"CapacityProvider": types.CapacityProviderStrategyItem{}, "NetworkConfiguration": types.NetworkConfiguration{},
		"PlacementConstraint": types.PlacementConstraint{}, "PlacementStrategy": types.PlacementStrategy{}, "TagInput": types.Tag{}, "Secret": types.Secret{},
	} {
		sameAsSDK(t, schema, names(a.schema(schema)["properties"]), ecsjson.Names(sdk))
	}
	wantSameNames(t, "POST /runs/{runId}/stop", names(a.schema("Stop")["properties"]), allowed(t, violationsOf(t, "POST", "/runs/"+runID+"/stop", "", `{"nope":1}`)))
	wantSameNames(t, "POST /runs/{runId}/rerun", names(a.schema("Rerun")["properties"]), allowed(t, rerunViolations(t, `{"nope":1}`)))
	wantSameNames(t, "revision", texts(listAt(a.schema("Rerun"), "properties", "revision", "enum")), allowed(t, rerunViolations(t, `{"revision":"?"}`)))
	for schema, policy := range map[string]string{
		"Policy": `{"nope":1}`, "Retry": `{"retry":{"nope":1}}`, "Overlap": `{"overlap":{"nope":1}}`, "Verdict": `{"verdict":{"nope":1}}`,
	} {
		wantSameNames(t, schema, names(a.schema(schema)["properties"]), allowed(t, policyViolations(policy)))
	}
}

// The documented query parameters are those of the code.
func TestQueries(t *testing.T) {
	for _, o := range load(t).operations() {
		var documented []string
		for _, p := range listAt(o.object, "parameters") {
			if textAt(p, "in") == "query" {
				documented = append(documented, textAt(p, "name"))
			}
		}
		q := of(o)
		found := violationsOf(t, q.method, q.path, "nope=1", q.body)
		if strings.HasSuffix(found[0].Detail, "none is taken") {
			wantSameNames(t, o.String(), documented, nil)
			continue
		}
		wantSameNames(t, o.String(), documented, allowed(t, found))
	}
}

// violationsOf returns the errors of a request that breaks a rule.
func violationsOf(t *testing.T, method, path, query, body string) []run.Violation {
	t.Helper()
	w := request{method: method, path: path, query: query, body: body, contentType: "application/json"}.to(t, stub{}.handler())
	var p struct{ Errors []run.Violation }
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || len(p.Errors) == 0 {
		t.Fatalf("%s %s?%s %s: %d %s", method, path, query, body, w.Code, w.Body)
	}
	return p.Errors
}

// rerunViolations returns the errors of a rerun's body.
func rerunViolations(t *testing.T, body string) []run.Violation {
	t.Helper()
	_, err := new(run.Submitter).Rerun(t.Context(), run.RerunRequest{Caller: "a", RunID: runID, Body: []byte(body)})
	return run.ViolationsOf(err)
}

func policyViolations(policy string) []run.Violation {
	doc, syntax := jsontree.Parse([]byte(policy))
	if syntax != nil {
		return []run.Violation{{Rule: run.RuleMalformed, Detail: syntax.Error()}}
	}
	_, found := run.DecodePolicy(doc.Root)
	return found
}

var afterAllowed = regexp.MustCompile(`allowed: (.+)$`)

// allowed returns the values that a violation lists as allowed.
func allowed(t *testing.T, found []run.Violation) []string {
	t.Helper()
	for _, v := range found {
		if m := afterAllowed.FindStringSubmatch(v.Detail); m != nil {
			return strings.Split(m[1], ", ")
		}
	}
	t.Fatalf("%v do not name what is allowed", found)
	return nil
}

// The documented enumerations are those of the code.
func TestEnumerations(t *testing.T) {
	a := load(t)
	var statuses []string
	for _, s := range run.Statuses() {
		statuses = append(statuses, string(s))
	}
	wantSameNames(t, "Status", texts(listAt(a.schema("Status"), "enum")), statuses)
	listed := at(a.schema("TaskDefinitionList"), "properties", "taskDefinitions", "items", "properties", "status", "enum")
	wantSameNames(t, "a task definition's status", texts(listed.([]any)), taskdef.Statuses())
	wantSameNames(t, "placement", texts(listAt(a.schema("Policy"), "properties", "placement", "enum")), allowed(t, policyViolations(`{"placement":"?"}`)))
	wantSameNames(t, "mode", texts(listAt(a.schema("Overlap"), "properties", "mode", "enum")), allowed(t, policyViolations(`{"overlap":{"key":"k","mode":"?"}}`)))
	var documented []string
	for _, row := range regexp.MustCompile(`(?m)^\| (DV-\d\d) \|`).FindAllStringSubmatch(textAt(a.object, "info", "description"), -1) {
		documented = append(documented, row[1])
	}
	wantSameNames(t, "rules", documented, constants(t, "rules.go", "Rule"))
	for _, class := range []run.Class{
		run.Capacity, run.Throttled, run.Unavailable, run.Invalid, run.NeverStarted, run.Interrupted, run.OutOfMemory,
		run.ExitClass(137), run.ClassStopped, run.ClassTimeout, run.ClassLost,
	} {
		if !regexp.MustCompile(textAt(a.schema("Class"), "pattern")).MatchString(string(class)) {
			t.Errorf("Class does not know %s", class)
		}
	}
}

// A value at a documented limit is accepted, one beyond it is refused on that member.
func TestLimits(t *testing.T) {
	a, tried := load(t), 0
	for schema, within := range map[string]string{"Policy": "", "Retry": "retry", "Verdict": "verdict", "Overlap": "overlap"} {
		for name, p := range at(a.schema(schema), "properties").(object) {
			most, limited := number(at(p, "maximum"))
			if !limited {
				continue
			}
			least, _ := number(at(p, "minimum"))
			for value, fits := range map[float64]bool{most: true, most + 1: false, least: true, least - 1: false} {
				tried++
				policy := map[string]any{name: value}
				pointer := "/policy/" + name
				if within != "" {
					policy, pointer = map[string]any{within: policy}, "/policy/"+within+"/"+name
				}
				if got := !breaks(policyViolations(encode(t, policy)), pointer, run.RulePolicyValue); got != fits {
					t.Errorf("%s %v: taken %t, documented %t", pointer, value, got, fits)
				}
			}
		}
	}
	for name, p := range at(a.schema("Submission"), "properties").(object) {
		for _, edge := range edges(p) {
			tried++
			within, beyond := breaches(t, name, edge[0]), breaches(t, name, edge[1])
			if within >= beyond {
				t.Errorf("/%s: %.60s breaks %d rules, and %.60s, beyond its limits, %d", name, encode(t, edge[0]), within, encode(t, edge[1]), beyond)
			}
		}
	}
	if tried < 60 {
		t.Errorf("only %d limits were tried", tried)
	}
}

// breaches returns how many rules of one member a value breaks.
func breaches(t *testing.T, name string, value any) (count int) {
	t.Helper()
	body := map[string]any{"taskDefinition": "a", name: value}
	_, found := ecsspec.Spec{}.Parse([]byte(encode(t, body)))
	for _, v := range found {
		if v.Field == "/"+name {
			count++
		}
	}
	return count
}

// edges returns values at the limits of a schema, each with one just beyond.
func edges(p any) (all [][2]any) {
	edge := func(keyword string, step int, value func(n int) any) {
		if n, ok := at(p, keyword).(int); ok && n+step >= 0 {
			all = append(all, [2]any{value(n), value(n + step)})
		}
	}
	whole := func(n int) any { return n }
	text := func(n int) any { return strings.Repeat("a", n) }
	list := func(n int) any {
		if textAt(p, "items", "type") == "string" {
			return slices.Repeat([]any{"a"}, n)
		}
		return slices.Repeat([]any{object{}}, n)
	}
	edge("maximum", 1, whole)
	edge("minimum", -1, whole)
	edge("maxLength", 1, text)
	edge("minLength", -1, text)
	edge("maxItems", 1, list)
	edge("minItems", -1, list)
	if names := listAt(p, "enum"); names != nil {
		all = append(all, [2]any{names[0], "SERVICE"})
	}
	return all
}

func breaks(found []run.Violation, field, rule string) bool {
	return slices.ContainsFunc(found, func(v run.Violation) bool {
		return (v.Field == field || strings.HasPrefix(v.Field, field+"/")) && (rule == "" || v.Rule == rule)
	})
}

func encode(t *testing.T, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Generated clients take a member with a default for one that is required.
func TestSchemas_MembersHaveNoDefault(t *testing.T) {
	a := load(t)
	for name := range at(a.object, "components", "schemas").(object) {
		for member, p := range a.validator().properties(a.schema(name)) {
			if at(p, "default") != nil {
				t.Errorf("%s.%s: got a default, want x-default", name, member)
			}
		}
	}
}

// What the code refuses by its form, the document refuses too.
func TestSchemas_AreAsStrictAsTheCode(t *testing.T) {
	a := load(t)
	for _, tt := range []struct {
		schema, good, bad string
	}{
		{"Submission", `{"taskDefinition":"` + strings.Repeat("a", 255) + `:1"}`, `{"taskDefinition":"` + strings.Repeat("a", 256) + `"}`},
		{"Submission", `{"taskDefinition":"a","startedBy":"AWS Step Functions"}`, `{"taskDefinition":"a:0"}`},
		{"Submission", `{"taskDefinition":"a","overrides":{"ephemeralStorage":{"sizeInGiB":21}}}`, `{"taskDefinition":"a","overrides":{"ephemeralStorage":{}}}`},
		{"Submission", `{"taskDefinition":"a","networkConfiguration":{"awsvpcConfiguration":{"subnets":["s"]}}}`, `{"taskDefinition":"a","networkConfiguration":{"awsvpcConfiguration":{"subnets":[""]}}}`},
		{"TaskDefinitionInput", definitionInput(`"family":"` + strings.Repeat("a", 255) + `"`), definitionInput(`"family":"` + strings.Repeat("a", 256) + `"`)},
		{"TaskDefinitionInput", definitionInput(`"family":"a"`), definitionInput(`"family":""`)},
		{"TaskDefinitionInput", definitionInput(`"family":"a","ephemeralStorage":{"sizeInGiB":200}`), definitionInput(`"family":"a","ephemeralStorage":{}`)},
		{"TaskDefinitionInput", definitionInput(`"family":"a","pidMode":"task"`), definitionInput(`"family":"a","pidMode":"none"`)},
	} {
		for body, fits := range map[string]bool{tt.good: true, tt.bad: false} {
			v := a.validator()
			var value any
			if err := json.Unmarshal([]byte(body), &value); err != nil {
				t.Fatal(err)
			}
			v.check("", a.schema(tt.schema), value)
			if documented := len(v.faults) == 0; documented != fits {
				t.Errorf("%s %.80s: documented %v, want %v: %v", tt.schema, body, documented, fits, v.faults)
			}
			_, found := ecsspec.Spec{}.Parse([]byte(body))
			if tt.schema == "TaskDefinitionInput" {
				_, found = ecsspec.Spec{}.ParseTaskDefinition([]byte(body))
			}
			if taken := len(found) == 0; taken != fits {
				t.Errorf("%s %.80s: taken %v, want %v: %v", tt.schema, body, taken, fits, found)
			}
		}
	}
}

func definitionInput(members string) string {
	return `{` + members + `,"containerDefinitions":[{"name":"c","memory":64}]}`
}

// A cursor that cannot be one is none in the document.
func TestParameters_CursorAndDefinition(t *testing.T) {
	a := load(t)
	fits := func(schema any, value string) bool {
		v := a.validator()
		v.check("", schema, value)
		return len(v.faults) == 0
	}
	for _, o := range a.operations() {
		for _, p := range listAt(o.object, "parameters") {
			if textAt(p, "name") == "cursor" && (fits(at(p, "schema"), "%") || fits(at(p, "schema"), "") || !fits(at(p, "schema"), "eyJ_-9")) {
				t.Errorf("%s: got another cursor than base64url", o)
			}
		}
	}
	definition := at(a.object, "components", "parameters", "definition", "schema")
	for name, want := range map[string]bool{
		"a:1": true, "arn:aws:ecs:local:000000000000:task-definition/a:1": true, strings.Repeat("a", 255): true, strings.Repeat("a", 256): false, "a:0": false, "a b": false,
	} {
		if got := fits(definition, name); got != want || taskdef.ValidName(name) != want {
			t.Errorf("%.40s: documented %v, taken %v, want %v", name, got, taskdef.ValidName(name), want)
		}
	}
}

// The documented defaults are those of the code.
func TestDefaults(t *testing.T) {
	a := load(t)
	var standard object
	if err := json.Unmarshal([]byte(encode(t, run.DefaultPolicy())), &standard); err != nil {
		t.Fatal(err)
	}
	for schema, of := range map[string]any{"Policy": standard, "Retry": standard["retry"], "Verdict": standard["verdict"]} {
		for name, p := range at(a.schema(schema), "properties").(object) {
			want, got := at(of, name), at(p, "x-default")
			if _, nested := want.(object); !nested && encode(t, want) != encode(t, got) {
				t.Errorf("%s.%s: the default is %v, documented %v", schema, name, want, got)
			}
		}
	}
}

// Examples match their schemas, and the code accepts those of requests.
func TestExamples(t *testing.T) {
	a, count := load(t), 0
	valid := func(what string, schema, example any) {
		t.Helper()
		count++
		var value any
		if err := json.Unmarshal([]byte(encode(t, example)), &value); err != nil {
			t.Fatal(err)
		}
		v := a.validator()
		v.check("", schema, value)
		for _, f := range v.faults {
			t.Errorf("%s: %s", what, f)
		}
	}
	for _, o := range a.operations() {
		body := at(o.object, "requestBody", "content", "application/json")
		examples := []any{at(body, "example")}
		for _, named := range names(at(body, "examples")) {
			examples = append(examples, at(body, "examples", named, "value"))
		}
		for _, example := range examples {
			if example != nil {
				valid(o.String(), at(body, "schema"), example)
				wantAccepted(t, o, encode(t, example))
			}
		}
		for status, response := range at(o.object, "responses").(object) {
			contents, has := at(a.resolve(response), "content").(object)
			if !has && status != "304" {
				t.Errorf("%s %s: has no content", o, status)
			}
			for _, content := range contents {
				if at(content, "example") == nil {
					t.Errorf("%s %s: has no example", o, status)
					continue
				}
				valid(o.String()+" "+status, at(content, "schema"), at(content, "example"))
			}
		}
	}
	if count < 20 {
		t.Errorf("only %d examples were looked at", count)
	}
}

// wantAccepted checks that the code accepts the example of a request.
func wantAccepted(t *testing.T, o operation, body string) {
	t.Helper()
	var found []run.Violation
	switch o.path {
	case "/runs":
		sub, violations := ecsspec.Spec{}.Parse([]byte(body))
		found = slices.Concat(violations, policyViolations(string(sub.Policy.Encode())))
	case "/task-definitions":
		_, found = ecsspec.Spec{}.ParseTaskDefinition([]byte(body))
	default:
		if w := (request{method: o.method, path: of(o).path, body: body, contentType: "application/json"}).to(t, stub{}.handler()); w.Code >= 300 {
			t.Errorf("%s: the example is answered %d %s", o, w.Code, w.Body)
		}
	}
	for _, v := range found {
		t.Errorf("%s: the example breaks %s at %s: %s", o, v.Rule, v.Field, v.Detail)
	}
}
