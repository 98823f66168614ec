package ecsjson

import (
	"reflect"
	"testing"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/fuzzing"
	"davit/internal/jsontree"
)

// What has no fault is encoded to a text that decodes without fault to the same text; so is, after the first time, what had one.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`{"taskDefinition":"a","count":2,"tags":[{"key":"k"}],"overrides":{"containerOverrides":[{"environment":[{"name":"n"}]}]}}`,
		`{"family":"f","containerDefinitions":[{"name":"c","dockerLabels":{"a":"b"},"ulimits":[{"softLimit":0}]}]}`,
		`{"createdAt":1.7e9,"stoppedAt":"2026-01-02T03:04:05Z","version":1,"containers":[null]}`,
		`{"lifecycleHooks":[{"hookDetails":{"a":[1,2.5,null,1e400]}}],"sharingStrategy":{"nvidiaMps":{"memory":1}}}`,
		`{"taskDefinition":"a","containerInstances":["i"],"cluster":null}`, `{"task":"t","reason":"r","Reason":1}`, `{"count":1e999999999,"x":{}}`, `[]`, `null`,
	} {
		f.Add([]byte(s))
	}
	for _, s := range fuzzing.Bodies(f) {
		f.Add(s)
	}
	targets := []reflect.Type{
		reflect.TypeFor[ecs.RunTaskInput](), reflect.TypeFor[ecs.StartTaskInput](), reflect.TypeFor[ecs.StopTaskInput](),
		reflect.TypeFor[ecs.RegisterTaskDefinitionInput](), reflect.TypeFor[types.Task](),
		reflect.TypeFor[types.DeploymentConfiguration](), reflect.TypeFor[types.ResourceRequirement](),
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, serr := jsontree.Parse(data)
		if serr != nil {
			return
		}
		for _, target := range targets {
			decodesAgain(t, doc.Root, target)
		}
	})
}

func decodesAgain(t *testing.T, root jsontree.Node, target reflect.Type) {
	first, second, lenient := reflect.New(target).Interface(), reflect.New(target).Interface(), reflect.New(target).Interface()
	found := Decode(root, first)
	wellFormed(t, found)
	text, err := Encode(first)
	if err != nil {
		t.Fatalf("%v with %v: %v", target, found, err)
	}
	if again := Decode(parse(t, string(text)), second); len(again) > 0 {
		t.Fatalf("%v gave %s, with faults %v", target, text, again)
	}
	if twice, err := Encode(second); err != nil || string(twice) != string(text) {
		t.Fatalf("%s became %s (%v)", text, twice, err)
	}
	if more := Decode(root, lenient, IgnoreUnknown()); len(more) > len(found) {
		t.Errorf("%v: a lenient reader found %v, a strict one %v", target, more, found)
	}
	full, err := Encode(first, EpochTimes(), WithZeros())
	if err != nil {
		t.Fatalf("%v as on the wire: %v", target, err)
	}
	if more := Decode(parse(t, string(full)), reflect.New(target).Interface()); len(more) > 0 {
		t.Errorf("%v on the wire is %s, with faults %v", target, full, more)
	}
}

func wellFormed(t *testing.T, found []Fault) {
	size, before := 0, 0 // bytes of all faults, and of all but the last
	for _, fault := range found {
		if fault.Kind != UnknownName && fault.Kind != WrongType {
			t.Errorf("got a fault of kind %d, want an unknown name or a wrong type", fault.Kind)
		}
		if !fuzzing.IsPointer(fault.Pointer) {
			t.Errorf("%q is no pointer", fault.Pointer)
		}
		if fault.Detail == "" || !utf8.ValidString(fault.Detail) {
			t.Errorf("%s: got detail %q, want a text in UTF-8", fault.Pointer, fault.Detail)
		}
		before = size
		size += len(fault.Pointer) + len(fault.Detail)
	}
	if len(found) > maxFaults {
		t.Errorf("got %d faults, want at most %d", len(found), maxFaults)
	}
	if before > maxFaultText {
		t.Errorf("got another fault after %d bytes of them, want none after %d", before, maxFaultText)
	}
}
