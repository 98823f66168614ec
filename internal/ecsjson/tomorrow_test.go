package ecsjson

import (
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"
)

// later is a shape that ECS has not got yet.
type later struct {
	Name  *string
	Parts []types.Tag
}

type laterEnum string

// tomorrow is a struct of the SDK with fields of every kind added, as a new version of it may have them.
func tomorrow(today reflect.Type) reflect.Type {
	var fields []reflect.StructField
	for i := range today.NumField() {
		if f := today.Field(i); f.IsExported() && f.Name != "ResultMetadata" {
			fields = append(fields, f)
		}
	}
	for name, of := range map[string]reflect.Type{
		"LaterText": reflect.TypeFor[*string](), "LaterEnum": reflect.TypeFor[laterEnum](), "LaterShape": reflect.TypeFor[*later](),
		"LaterList": reflect.TypeFor[[]later](), "LaterMap": reflect.TypeFor[map[string]string](), "LaterTime": reflect.TypeFor[*time.Time](),
		"LaterNumber": reflect.TypeFor[*int32](), "LaterFlag": reflect.TypeFor[bool](), "LaterUnion": reflect.TypeFor[types.SharingStrategy](),
	} {
		fields = append(fields, reflect.StructField{Name: name, Type: of})
	}
	return reflect.StructOf(fields)
}

// A new version of the SDK needs no code here: the names come from its structs.
func TestFieldsOfTomorrow(t *testing.T) {
	for _, today := range []reflect.Type{reflect.TypeFor[ecs.RunTaskInput](), reflect.TypeFor[ecs.StartTaskInput](), reflect.TypeFor[types.Task]()} {
		of := tomorrow(today)
		f := &filler{}
		filled := reflect.New(of)
		f.fill(filled.Elem())
		text := encode(t, filled.Interface())
		root := parse(t, string(text))
		if len(root.Members) != of.NumField() || len(Names(filled.Interface())) != of.NumField() {
			t.Errorf("%s: %d of %d fields were written: %s", today, len(root.Members), of.NumField(), text)
		}
		if v, ok := root.Get("laterShape"); !ok || len(v.Members) != 2 {
			t.Errorf("%s: laterShape is %s", today, v.Encode())
		}
		back := reflect.New(of)
		if faults := Decode(root, back.Interface()); len(faults) > 0 {
			t.Errorf("%s: %v", today, faults)
		}
		if !reflect.DeepEqual(back.Interface(), filled.Interface()) {
			t.Errorf("%s read back (-want +got):\n%s", today, cmp.Diff(filled.Interface(), back.Interface(), cmp.Exporter(func(reflect.Type) bool { return true })))
		}
		if faults := Decode(root, reflect.New(today).Interface()); len(faults) != 9 {
			t.Errorf("%s of today: %v, want a fault for each field that it has not", today, faults)
		}
		if faults := Decode(root, reflect.New(today).Interface(), IgnoreUnknown()); len(faults) > 0 {
			t.Errorf("%s of today, lenient: %v", today, faults)
		}
	}
}
