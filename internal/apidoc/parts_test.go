package apidoc_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/ecsjson"
	"davit/internal/jsontree"
)

// The parts of requests are ECS's, down to the last: their members, what they require, and the values that they take.
func TestSchemas_PartsOfDefinitions(t *testing.T) {
	a, seen := load(t), map[string]bool{}
	samePart(t, a, seen, "TaskDefinitionInput", a.schema("TaskDefinitionInput"), reflect.TypeFor[ecs.RegisterTaskDefinitionInput]())
	samePart(t, a, seen, "TaskVolumeConfiguration", a.schema("TaskVolumeConfiguration"), reflect.TypeFor[types.TaskVolumeConfiguration]())
	if len(seen) < 180 {
		t.Errorf("got %d members compared, want 180 or more", len(seen))
	}
}

// samePart compares a schema, and all below it, with a type of the SDK.
func samePart(t *testing.T, a api, seen map[string]bool, at string, schema any, sdk reflect.Type) {
	t.Helper()
	s, _ := a.resolve(schema).(object)
	if sdk.Kind() == reflect.Pointer {
		sdk = sdk.Elem()
	}
	switch {
	case sdk.Kind() == reflect.Slice:
		samePart(t, a, seen, at+"[]", s["items"], sdk.Elem())
	case sdk.Kind() == reflect.Struct:
		sameMembers(t, a, seen, at, s, sdk)
	case sdk.Kind() == reflect.String && sdk.Name() != "string":
		wantWithin(t, at, texts(listAt(s, "enum")), valuesOf(sdk))
	}
}

func sameMembers(t *testing.T, a api, seen map[string]bool, at string, s object, sdk reflect.Type) {
	t.Helper()
	sameAsSDK(t, at, names(s["properties"]), ecsjson.Names(reflect.Zero(sdk).Interface()))
	if s["additionalProperties"] != false {
		t.Errorf("%s: got an open object, want additionalProperties: false", at)
	}
	empty := jsontree.Node{Kind: jsontree.Object}
	for _, f := range ecsjson.Decode(empty, reflect.New(sdk).Interface(), ecsjson.Strict()) {
		if name := strings.TrimPrefix(f.Pointer, "/"); f.Kind == ecsjson.MissingMember && !slices.Contains(texts(listAt(s, "required")), name) {
			t.Errorf("%s: got %s as optional, want it required", at, name)
		}
	}
	properties, _ := s["properties"].(object)
	for field := range sdk.Fields() {
		name := strings.ToLower(field.Name[:1]) + field.Name[1:]
		p, documented := properties[name]
		if !documented {
			continue
		}
		seen[at+"."+name] = true
		samePart(t, a, seen, at+"."+name, p, field.Type)
	}
}

// valuesOf returns the values of an enumeration of the SDK.
func valuesOf(enum reflect.Type) (values []string) {
	list := reflect.Zero(enum).MethodByName("Values").Call(nil)[0]
	for i := range list.Len() {
		values = append(values, list.Index(i).String())
	}
	return values
}

// wantWithin demands that documented values, where there are any, are values of the SDK.
func wantWithin(t *testing.T, at string, documented, actual []string) {
	t.Helper()
	if len(documented) == 0 {
		t.Errorf("%s: got no values, want %v", at, actual)
	}
	for _, value := range documented {
		if !slices.Contains(actual, value) {
			t.Errorf("%s: got the value %s, want one of %v", at, value, actual)
		}
	}
}
