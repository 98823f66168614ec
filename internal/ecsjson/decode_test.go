package ecsjson

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"
)

func TestDecodeFaults(t *testing.T) {
	tests := []struct {
		name, text string
		want       []Fault
	}{
		{"nothing", `{}`, nil},
		{"null is absent", `{"count":null,"tags":null,"overrides":null,"enableExecuteCommand":null}`, nil},
		{"whole numbers in any spelling", `{"count":2.0,"overrides":{"containerOverrides":[{"cpu":1e2}]}}`, nil},
		{"wrong case", `{"Count":1}`, []Fault{{"/Count", UnknownName, `"Count" is not a member of this object; "count" is`}}},
		{"misspelt", `{"taskDefintion":"x"}`, []Fault{{"/taskDefintion", UnknownName, `"taskDefintion" is not a member of this object; "taskDefinition" is`}}},
		{"unlike any", `{"/zzzz~":1}`, []Fault{{"/~1zzzz~0", UnknownName, `"/zzzz~" is not a member of this object`}}},
		{"few to choose from", `{"tags":[{"nothing":1}]}`, []Fault{{"/tags/0/nothing", UnknownName, `"nothing" is not a member of this object, which takes "key" or "value"`}}},
		{"empty name", `{"":1}`, []Fault{{"/", UnknownName, `"" is not a member of this object`}}},
		{"unknown null", `{"later":null}`, []Fault{{"/later", UnknownName, `"later" is not a member of this object`}}},
		{"not an object", `[]`, []Fault{{"", WrongType, "an object is expected, not an array"}}},
		{"fraction", `{"count":1.5}`, []Fault{{"/count", WrongType, "a whole number from -2147483648 to 2147483647 is expected, not the number 1.5"}}},
		{"too great", `{"count":2147483648}`, []Fault{{"/count", WrongType, "a whole number from -2147483648 to 2147483647 is expected, not the number 2147483648"}}},
		{"far too great", `{"count":1e999999999}`, []Fault{{"/count", WrongType, "a whole number from -2147483648 to 2147483647 is expected, not the number 1e999999999"}}},
		{"text for a number", `{"count":"1"}`, []Fault{{"/count", WrongType, "a whole number from -2147483648 to 2147483647 is expected, not a string"}}},
		{"number for text", `{"taskDefinition":1}`, []Fault{{"/taskDefinition", WrongType, "a string is expected, not the number 1"}}},
		{"text for a boolean", `{"enableECSManagedTags":"true"}`, []Fault{{"/enableECSManagedTags", WrongType, "true or false is expected, not a string"}}},
		{"number for an enum", `{"launchType":1}`, []Fault{{"/launchType", WrongType, "a string is expected, not the number 1"}}},
		{"object for a list", `{"tags":{}}`, []Fault{{"/tags", WrongType, "an array is expected, not an object"}}},
		{"null in a list", `{"tags":[null]}`, []Fault{{"/tags/0", WrongType, "an object is expected, not null"}}},
		{
			"empty union", `{"overrides":{"containerOverrides":[{"resourceRequirements":[{"sharingStrategy":{"nvidiaMps":null}}]}]}}`,
			[]Fault{{"/overrides/containerOverrides/0/resourceRequirements/0/sharingStrategy", WrongType, `an object with "nvidiaMps" is expected`}},
		},
		{
			"unknown in a union", `{"overrides":{"containerOverrides":[{"resourceRequirements":[{"sharingStrategy":{"nvidiaMPS":{}}}]}]}}`,
			[]Fault{{"/overrides/containerOverrides/0/resourceRequirements/0/sharingStrategy/nvidiaMPS", UnknownName, `"nvidiaMPS" is not a member of this object; "nvidiaMps" is`}},
		},
		{
			"all at once", `{"count":[],"x1":1,"tags":[{"key":1},{"Value":"v"}],"overrides":7}`,
			[]Fault{
				{"/count", WrongType, "a whole number from -2147483648 to 2147483647 is expected, not an array"},
				{"/x1", UnknownName, `"x1" is not a member of this object`},
				{"/tags/0/key", WrongType, "a string is expected, not the number 1"},
				{"/tags/1/Value", UnknownName, `"Value" is not a member of this object; "value" is`},
				{"/overrides", WrongType, "an object is expected, not the number 7"},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var in ecs.RunTaskInput
			if diff := cmp.Diff(tt.want, Decode(parse(t, tt.text), &in)); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeKeepsWhatHasNoFault(t *testing.T) {
	var in ecs.RunTaskInput
	faults := Decode(parse(t, `{"taskDefinition":"a","count":"x","overrides":{"cpu":1,"memory":"512"},"tags":[{"key":"k","value":1}]}`), &in)
	if len(faults) != 3 {
		t.Errorf("faults %v", faults)
	}
	if got, want := string(encode(t, in)), `{"taskDefinition":"a","overrides":{"memory":"512"},"tags":[{"key":"k"}]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDecodeRanges(t *testing.T) {
	var in ecs.RunTaskInput
	if faults := Decode(parse(t, `{"count":-2147483648}`), &in); len(faults) > 0 || *in.Count != -2147483648 {
		t.Errorf("least int32: %v", faults)
	}
	var task types.Task
	if faults := Decode(parse(t, `{"version":9223372036854775807}`), &task); len(faults) > 0 || task.Version != 9223372036854775807 {
		t.Errorf("greatest int64: %v, %d", faults, task.Version)
	}
	faults := Decode(parse(t, `{"version":9223372036854775808}`), &task)
	if len(faults) != 1 || !strings.Contains(faults[0].Detail, "-9223372036854775808 to 9223372036854775807") {
		t.Errorf("past int64: %v", faults)
	}
	var resource types.Resource
	if faults := Decode(parse(t, `{"doubleValue":1e400}`), &resource); len(faults) != 1 || faults[0].Kind != WrongType {
		t.Errorf("past float64: %v", faults)
	}
	var hook types.DeploymentLifecycleHook
	faults = Decode(parse(t, `{"hookDetails":{"a":[9007199254740993,1e400],"":1}}`), &hook)
	want := []Fault{{"/hookDetails/a/1", WrongType, tooGreat}, {"/hookDetails/", UnknownName, "a member name must not be empty here"}}
	if diff := cmp.Diff(want, faults); diff != "" {
		t.Errorf("inside a document (-want +got):\n%s", diff)
	}
	if got, want := string(encode(t, hook)), `{"hookDetails":{"a":[9007199254740993,0]}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTimes(t *testing.T) {
	want := time.Date(2026, 11, 21, 10, 11, 12, 345_000_000, time.UTC)
	for _, text := range []string{`"2026-11-21T10:11:12.345Z"`, `"2026-11-21T12:11:12.345+02:00"`, `1795255872.345`, `1.795255872345E9`} {
		var task types.Task
		if faults := Decode(parse(t, `{"createdAt":`+text+`}`), &task); len(faults) > 0 || !task.CreatedAt.Equal(want) {
			t.Errorf("%s: %v %v", text, task.CreatedAt, faults)
		}
	}
	for _, text := range []string{`""`, `"yesterday"`, `"2026-11-21"`, `true`, `1e13`, `1e999`, `-1e12`, `"0000-01-01T00:00:00Z"`, `"9999-12-31T23:59:59-23:00"`} {
		var task types.Task
		faults := Decode(parse(t, `{"createdAt":`+text+`}`), &task)
		if task.CreatedAt != nil {
			t.Errorf("%s: got %v, want no time", text, task.CreatedAt)
		}
		if len(faults) != 1 || faults[0].Pointer != "/createdAt" || !strings.Contains(faults[0].Detail, "RFC 3339") {
			t.Errorf("%s: got faults %v, want one at /createdAt that names RFC 3339", text, faults)
		}
	}
}

func TestIgnoreUnknown(t *testing.T) {
	var task types.Task
	text := `{"taskArn":"a","later":{"x":1},"containers":[{"name":"c","new":1}],"version":3}`
	if faults := Decode(parse(t, text), &task, IgnoreUnknown()); len(faults) > 0 {
		t.Fatal(faults)
	}
	if got, want := string(encode(t, task)), `{"containers":[{"name":"c"}],"taskArn":"a","version":3}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var need types.ResourceRequirement
	if faults := Decode(parse(t, `{"sharingStrategy":{"later":{}}}`), &need, IgnoreUnknown()); len(faults) > 0 || need.SharingStrategy != nil {
		t.Errorf("a later union member: %v %v", faults, need)
	}
}

func TestDecodeIntoNoStruct(t *testing.T) {
	var nothing *ecs.RunTaskInput
	number := 1
	for _, into := range []any{nil, nothing, ecs.RunTaskInput{}, &number} {
		if faults := Decode(parse(t, `{}`), into); len(faults) != 1 || faults[0].Kind != WrongType {
			t.Errorf("%T: %v", into, faults)
		}
	}
}

func TestFaultsAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 20_000 {
		b.WriteString(`"countt` + strconv.Itoa(i) + `":0,`)
	}
	var in ecs.RunTaskInput
	faults := Decode(parse(t, `{`+b.String()+`"taskDefinition":"a"}`), &in)
	if len(faults) != maxFaults || in.TaskDefinition == nil {
		t.Errorf("%d faults, definition %v", len(faults), in.TaskDefinition)
	}
	long := strings.Repeat("x", 100<<10)
	faults = Decode(parse(t, `{"`+long+`1":1,"`+long+`2":1,"`+long+`3":1,"`+long+`4":1}`), &in)
	if len(faults) != 3 || len(faults[0].Detail) > 200 {
		t.Errorf("%d faults, the first of %d bytes", len(faults), len(faults[0].Detail))
	}
}

func TestStrict(t *testing.T) {
	tests := []struct {
		name, text string
		into       any
		want       []string // kind and pointer
	}{
		{"what is required, null too", `{"taskDefinition":null}`, new(ecs.RunTaskInput), []string{"missing /taskDefinition"}},
		{"deeper", `{"containerDefinitions":[{"ulimits":[{}]}],"family":"f"}`, new(ecs.RegisterTaskDefinitionInput), []string{
			"missing /containerDefinitions/0/ulimits/0/hardLimit", "missing /containerDefinitions/0/ulimits/0/name", "missing /containerDefinitions/0/ulimits/0/softLimit",
		}},
		{"in a union", `{"type":"GPU","sharingStrategy":{"nvidiaMps":{}}}`, new(types.ResourceRequirement), []string{"missing /sharingStrategy/nvidiaMps/memory"}},
		{"a zero is there", `{"containerPath":"/","size":0}`, new(types.Tmpfs), nil},
		{"enums", `{"taskDefinition":"a","launchType":"ec2","propagateTags":"SERVICE","placementStrategy":[{"type":""}]}`, new(ecs.RunTaskInput), []string{
			"value /launchType", "value /placementStrategy/0/type",
		}},
		{"a list of enums", `{"family":"f","containerDefinitions":[],"requiresCompatibilities":["EC2","EC3"]}`, new(ecs.RegisterTaskDefinitionInput), []string{
			"value /requiresCompatibilities/1",
		}},
		{"another type is one fault", `{"taskDefinition":1,"launchType":2}`, new(ecs.RunTaskInput), []string{"type /taskDefinition", "type /launchType"}},
	}
	kinds := map[FaultKind]string{UnknownName: "name", WrongType: "type", MissingMember: "missing", UnknownValue: "value"}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, f := range Decode(parse(t, tt.text), tt.into, Strict()) {
				got = append(got, kinds[f.Kind]+" "+f.Pointer)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, f := range Decode(parse(t, tt.text), tt.into) {
				if f.Kind != WrongType {
					t.Errorf("without Strict: got %q at %s, want faults of type only", f.Detail, f.Pointer)
				}
			}
		})
	}
	long := Decode(parse(t, `{"taskDefinition":"a","launchType":"`+strings.Repeat("x", 1000)+`"}`), new(ecs.RunTaskInput), Strict())
	if len(long) != 1 {
		t.Fatalf("got %d faults, want 1: %v", len(long), long)
	}
	if want := `a text of 1000 bytes was given; allowed: "EC2", "FARGATE", "EXTERNAL" or "MANAGED_INSTANCES"`; long[0].Detail != want {
		t.Errorf("got detail %q, want %q", long[0].Detail, want)
	}
}
