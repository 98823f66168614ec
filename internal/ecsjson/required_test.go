package ecsjson

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// The table's members of a struct must be those that the SDK's own documents require. A struct that a newer SDK brings needs no row at once:
// until then ECS itself refuses what lacks a member, and make verify fails.
func TestRequiredMembers(t *testing.T) {
	documented := documentedRequired(t)
	reached := map[string]bool{}
	for _, input := range []any{ecs.RunTaskInput{}, ecs.StartTaskInput{}, ecs.RegisterTaskDefinitionInput{}, ecs.StopTaskInput{}} {
		reach(reflect.TypeOf(input), reached)
	}
	for _, name := range slices.Sorted(maps.Keys(reached)) {
		want := documented[name]
		got, listed := requiredMembers[name]
		if listed && !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
			t.Errorf("%s requires %q, the table says %q", name, want, got)
		}
		if !listed && len(want) > 0 {
			t.Logf("the table does not have %s, which requires %q", name, want)
		}
	}
	for name := range requiredMembers {
		if !reached[name] {
			t.Errorf("no request holds a %s", name)
		}
	}
}

// reach notes the structs inside a type.
func reach(shape reflect.Type, reached map[string]bool) {
	switch shape.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		reach(shape.Elem(), reached)
	case reflect.Interface:
		for _, member := range unions[shape] {
			field, _ := member.FieldByName("Value")
			reach(field.Type, reached)
		}
	case reflect.Struct:
		if shape.Name() == "" || reached[shape.Name()] || !strings.Contains(shape.PkgPath(), "/service/ecs") {
			return
		}
		reached[shape.Name()] = true
		for i := range shape.NumField() {
			if f := shape.Field(i); f.IsExported() {
				reach(f.Type, reached)
			}
		}
	}
}

// documentedRequired reads the SDK's source, where the comment of a required field ends with "This member is required".
func documentedRequired(t *testing.T) map[string][]string {
	found := map[string][]string{}
	for _, path := range []string{"github.com/aws/aws-sdk-go-v2/service/ecs", "github.com/aws/aws-sdk-go-v2/service/ecs/types"} {
		pkg, err := build.Default.Import(path, ".", 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range pkg.GoFiles {
			if !slices.Contains([]string{"types.go", "api_op_RunTask.go", "api_op_StartTask.go", "api_op_RegisterTaskDefinition.go", "api_op_StopTask.go"}, name) {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(pkg.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				spec, isType := n.(*ast.TypeSpec)
				if isType {
					found[spec.Name.Name] = requiredFields(spec)
				}
				return !isType
			})
		}
	}
	return found
}

func requiredFields(spec *ast.TypeSpec) []string {
	shape, isStruct := spec.Type.(*ast.StructType)
	if !isStruct {
		return nil
	}
	var names []string
	for _, f := range shape.Fields.List {
		if len(f.Names) == 1 && strings.Contains(f.Doc.Text(), "This member is required.") {
			names = append(names, lowerFirst(f.Names[0].Name))
		}
	}
	return names
}
