package awsecs_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"davit/internal/awsecs"
	"davit/internal/ecsjson"
	"davit/internal/run"
)

// filler sets every field of a struct to a value of its own, so that a field that is lost or swapped shows.
type filler struct{ n int }

func (f *filler) fill(t *testing.T, v reflect.Value) {
	t.Helper()
	f.n++
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(t, v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() && field.Name != "ResultMetadata" {
				f.fill(t, v.Field(i))
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(t, v.Index(0))
		f.fill(t, v.Index(1))
	case reflect.Map:
		element := reflect.New(v.Type().Elem()).Elem()
		f.fill(t, element)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf(fmt.Sprintf("k%d", f.n)).Convert(v.Type().Key()), element)
	case reflect.String:
		v.SetString(fmt.Sprintf("s%d", f.n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int32, reflect.Int64:
		v.SetInt(int64(f.n))
	case reflect.Float64:
		v.SetFloat(float64(f.n))
	case reflect.Interface:
		if v.Type() != reflect.TypeFor[types.SharingStrategy]() {
			t.Logf("a union %v that this test knows no member of", v.Type())
			return
		}
		member := &types.SharingStrategyMemberNvidiaMps{}
		f.fill(t, reflect.ValueOf(member).Elem())
		v.Set(reflect.ValueOf(member))
	default:
		t.Logf("a field of type %v that this test does not fill", v.Type())
	}
}

// TestEveryFieldOfADefinitionReachesECS: labels, ulimits, log options and all else that only Docker judges pass as they are (RD-19).
// What launches and tasks hold is followed the whole way by internal/passthrough.
func TestEveryFieldOfADefinitionReachesECS(t *testing.T) {
	in := &ecs.RegisterTaskDefinitionInput{}
	new(filler).fill(t, reflect.ValueOf(in).Elem())
	input, err := ecsjson.Encode(in)
	if err != nil {
		t.Fatal(err)
	}
	fake := newFake(t).on("RegisterTaskDefinition", ok(`{"taskDefinition":{"family":"a"}}`))
	if _, err := awsecs.NewRegistrar(fake.client()).Register(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	want, got := value(t, string(input)), value(t, fake.calls()[0].body)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if sent, fields := len(got.(map[string]any)), len(ecsjson.Names(in)); sent == 0 || sent != fields {
		t.Errorf("%d of %d fields arrived", sent, fields)
	}
}

func TestTokenIsPassedOnUnchanged(t *testing.T) {
	const token = "abc234-born-01-02~!\"\\<>"
	fake := newFake(t).on("RunTask", refusal(500, "ServerException", "lost"), ok(`{"tasks":[{"taskArn":"a"}]}`))
	engine := awsecs.New(fake.client())
	input := []byte(`{"taskDefinition":"a","clientToken":"abc234-born-01-02~!\"\\<>"}`)
	for range 2 {
		_, _ = engine.Launch(t.Context(), run.RunTask, input)
	}
	calls := fake.calls()
	if len(calls) != 2 {
		t.Fatalf("%d requests, want 2", len(calls))
	}
	for _, c := range calls {
		if got := value(t, c.body).(map[string]any)["clientToken"]; got != token {
			t.Errorf("token %q was sent, want %q", got, token)
		}
	}
}

func TestPlacementKeepsTasksAndFailures(t *testing.T) {
	fake := newFake(t).on("RunTask", ok(`{
		"tasks":[{"taskArn":"arn:1","version":3,"createdAt":1.763751234567E9,"newMember":{"of":"tomorrow"},"lastStatus":"INVENTED",
			"containers":[{"name":"app","exitCode":0}],"tags":[{"key":"k","value":""}]},{"taskArn":"arn:2"}],
		"failures":[{"arn":"arn:i","reason":"RESOURCE:MEMORY","detail":"full"},{"reason":"AGENT"}]}`))
	placement, err := awsecs.New(fake.client()).Launch(t.Context(), run.RunTask, []byte(runInput))
	if err != nil {
		t.Fatal(err)
	}
	var tasks []any
	for _, task := range placement.Tasks {
		tasks = append(tasks, value(t, string(task)))
	}
	want := value(t, `[{"taskArn":"arn:1","version":3,"createdAt":"2025-11-21T18:53:54.567Z","lastStatus":"INVENTED",
		"containers":[{"name":"app","exitCode":0}],"tags":[{"key":"k","value":""}]},{"taskArn":"arn:2","version":0}]`)
	if diff := cmp.Diff(want, any(tasks)); diff != "" {
		t.Error(diff)
	}
	failures := []run.Failure{{ARN: "arn:i", Reason: "RESOURCE:MEMORY", Detail: "full"}, {Reason: "AGENT"}}
	if diff := cmp.Diff(failures, placement.Failures); diff != "" {
		t.Error(diff)
	}
	if at := time.Unix(1763751234, 0).UTC().Format(time.RFC3339); at != "2025-11-21T18:53:54Z" {
		t.Errorf("the time of the fixture is %s", at)
	}
}
