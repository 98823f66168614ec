package ecsjson

import (
	"context"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
)

// operations are the client's calls: (ctx, *Input, ...option) (*Output, error).
func operations(c *ecs.Client) map[string]reflect.Value {
	found := map[string]reflect.Value{}
	v := reflect.ValueOf(c)
	for i := range v.NumMethod() {
		if m := v.Method(i); m.Type().NumIn() == 3 && m.Type().NumOut() == 2 {
			found[v.Type().Method(i).Name] = m
		}
	}
	return found
}

// Whatever the SDK can send and receive, the codec reads and writes the same: every operation, every field.
func TestEveryOperationAgreesWithTheSDK(t *testing.T) {
	w := &wire{}
	ops := operations(client(w))
	if len(ops) < 60 || !ops["RunTask"].IsValid() {
		t.Fatalf("found %d operations", len(ops))
	}
	for name, call := range ops {
		t.Run(name, func(t *testing.T) {
			f := &filler{}
			in := reflect.New(call.Type().In(1).Elem())
			out := reflect.New(call.Type().Out(0).Elem())
			f.fill(in.Elem())
			f.fill(out.Elem())
			w.answer = encode(t, out.Interface(), EpochTimes())
			results := call.Call([]reflect.Value{reflect.ValueOf(context.Background()), in})
			if err, _ := results[1].Interface().(error); err != nil {
				t.Fatal(err)
			}
			sameInput(t, in.Interface(), w.sent)
			sameOutput(t, out.Interface(), results[0].Interface())
		})
	}
}

func encode(t *testing.T, v any, opts ...Option) []byte {
	t.Helper()
	text, err := Encode(v, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func sameInput(t *testing.T, in any, sent []byte) {
	t.Helper()
	if got, want := canonical(t, encode(t, in, EpochTimes())), canonical(t, sent); got != want {
		t.Errorf("Encode gives\n%s\nthe SDK sent\n%s", got, want)
	}
	back := reflect.New(reflect.TypeOf(in).Elem()).Interface()
	if faults := Decode(parse(t, string(sent)), back); len(faults) > 0 {
		t.Fatalf("faults in what the SDK sent: %v", faults)
	}
	if got, want := string(encode(t, back)), string(encode(t, in)); got != want {
		t.Errorf("Decode gives\n%s\nfor\n%s", got, want)
	}
	if !hasDocument(reflect.TypeOf(in)) && !reflect.DeepEqual(back, in) {
		t.Errorf("Decode of what was sent (-want +got):\n%s", cmp.Diff(in, back, cmp.Exporter(func(reflect.Type) bool { return true })))
	}
}

func sameOutput(t *testing.T, want, got any) {
	t.Helper()
	reflect.ValueOf(got).Elem().FieldByName("ResultMetadata").SetZero()
	if g, w := string(encode(t, got)), string(encode(t, want)); g != w {
		t.Errorf("the SDK read\n%s\nfrom\n%s", g, w)
	}
	if !hasDocument(reflect.TypeOf(want)) && !reflect.DeepEqual(got, want) {
		t.Errorf("what the SDK read (-want +got):\n%s", cmp.Diff(want, got, cmp.Exporter(func(reflect.Type) bool { return true })))
	}
}

// hasDocument reports whether a document is somewhere inside t: those are compared as JSON only.
func hasDocument(t reflect.Type) bool {
	found := false
	visitTypes(t, map[reflect.Type]bool{}, func(t reflect.Type) { found = found || t == documentType })
	return found
}

// visitTypes visits every type inside t once, ResultMetadata aside.
func visitTypes(t reflect.Type, seen map[reflect.Type]bool, visit func(reflect.Type)) {
	if seen[t] {
		return
	}
	seen[t] = true
	visit(t)
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		visitTypes(t.Elem(), seen, visit)
	case reflect.Map:
		visitTypes(t.Key(), seen, visit)
		visitTypes(t.Elem(), seen, visit)
	case reflect.Interface:
		for _, m := range unions[t] {
			visitTypes(m, seen, visit)
		}
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); t != timeType && f.IsExported() && f.Name != "ResultMetadata" {
				visitTypes(f.Type, seen, visit)
			}
		}
	}
}

// shapes are all struct types that the operations reach.
func shapes() []reflect.Type {
	seen := map[reflect.Type]bool{}
	var structs []reflect.Type
	collect := func(t reflect.Type) {
		if t.Kind() == reflect.Struct && t != timeType {
			structs = append(structs, t)
		}
	}
	for _, call := range operations(ecs.New(ecs.Options{})) {
		visitTypes(call.Type().In(1), seen, collect)
		visitTypes(call.Type().Out(0), seen, collect)
	}
	return structs
}

// memberWriter records which members a zero struct writes. Every other call of the SDK's serializer would be a nil call.
type memberWriter struct {
	smithy.ShapeSerializer
	wrote []string
}

func (w *memberWriter) add(s *smithy.Schema)                     { w.wrote = append(w.wrote, s.ID().Member) }
func (w *memberWriter) WriteBool(s *smithy.Schema, _ bool)       { w.add(s) }
func (w *memberWriter) WriteInt32(s *smithy.Schema, _ int32)     { w.add(s) }
func (w *memberWriter) WriteInt64(s *smithy.Schema, _ int64)     { w.add(s) }
func (w *memberWriter) WriteFloat64(s *smithy.Schema, _ float64) { w.add(s) }

func TestAlwaysWrittenIsWhatTheSDKAlwaysWrites(t *testing.T) {
	want := map[string]bool{"Task.version": true}
	for _, shape := range shapes() {
		s, ok := reflect.New(shape).Interface().(interface{ SerializeMembers(smithy.ShapeSerializer) })
		if !ok {
			continue
		}
		w := &memberWriter{}
		s.SerializeMembers(w)
		for _, name := range w.wrote {
			want[shape.Name()+"."+name] = true
		}
	}
	if len(want) < 10 || !reflect.DeepEqual(want, alwaysWritten) {
		t.Errorf("the SDK always writes %v, the table holds %v", want, alwaysWritten)
	}
}

// The Go source of the SDK is the only list of a union's members.
func TestUnionsAreTheSDKs(t *testing.T) {
	pkg, err := build.Import("github.com/aws/aws-sdk-go-v2/service/ecs/types", ".", build.FindOnly)
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(pkg.Dir, "types.go"), nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	interfaces := map[string]bool{}
	for name, spec := range typeSpecs(file) {
		if _, ok := spec.Type.(*ast.InterfaceType); ok {
			interfaces[name] = true
		}
	}
	for name := range typeSpecs(file) {
		if union, _, ok := strings.Cut(name, "Member"); ok && interfaces[union] {
			want[name] = true
		}
	}
	got := map[string]bool{}
	for union, members := range unions {
		delete(interfaces, union.Name())
		for _, m := range members {
			got[m.Name()] = true
		}
	}
	if len(want) == 0 || !reflect.DeepEqual(got, want) || len(interfaces) > 0 {
		t.Errorf("table %v, SDK %v, unions left out %v", got, want, interfaces)
	}
}

func typeSpecs(file *ast.File) map[string]*ast.TypeSpec {
	specs := map[string]*ast.TypeSpec{}
	for _, decl := range file.Decls {
		if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok == token.TYPE {
			for _, s := range gen.Specs {
				spec := s.(*ast.TypeSpec)
				specs[spec.Name.Name] = spec
			}
		}
	}
	return specs
}

func TestUnknownUnionMembersAreLeftOut(t *testing.T) {
	v := types.ResourceRequirement{Value: new(string), SharingStrategy: &types.UnknownUnionMember{Tag: "later"}}
	if got, want := string(encode(t, v)), `{"value":""}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
