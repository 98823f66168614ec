// Package apidoc_test checks docs/api.yaml against the code: its routes, its fields in both directions, its errors, its limits.
package apidoc_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const document = "../../docs/api.yaml"

type object = map[string]any

// api is docs/api.yaml.
type api struct{ object }

func load(t *testing.T) api {
	t.Helper()
	data, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	var body object
	if err := yaml.Unmarshal(data, &body); err != nil {
		t.Fatal(err)
	}
	return api{body}
}

func at(v any, names ...string) any {
	for _, name := range names {
		m, _ := v.(object)
		v = m[name]
	}
	return v
}

func textAt(v any, names ...string) string {
	s, _ := at(v, names...).(string)
	return s
}

func listAt(v any, names ...string) []any {
	list, _ := at(v, names...).([]any)
	return list
}

// resolve returns the target of a $ref within the document.
func (a api) resolve(v any) any {
	ref := textAt(v, "$ref")
	if ref == "" {
		return v
	}
	names := strings.Split(strings.TrimPrefix(ref, "#/"), "/")
	found := at(a.object, names...)
	if found == nil {
		panic("docs/api.yaml has no " + ref)
	}
	return found
}

func (a api) schema(name string) object {
	return a.resolve(object{"$ref": "#/components/schemas/" + name}).(object)
}

// operation is one method of one path.
type operation struct {
	method, path string
	object
}

// is reports whether the operation has that operationId.
func (o operation) is(id string) bool { return textAt(o.object, "operationId") == id }

func (o operation) String() string { return o.method + " " + o.path }

func (a api) operations() (all []operation) {
	paths, _ := a.object["paths"].(object)
	for path, item := range paths {
		for _, method := range []string{"get", "head", "post", "put", "patch", "delete", "options"} {
			if o, ok := at(item, method).(object); ok {
				all = append(all, operation{strings.ToUpper(method), path, o})
			}
		}
	}
	slices.SortFunc(all, func(x, y operation) int { return strings.Compare(x.String(), y.String()) })
	return all
}

// names returns the keys of a mapping, sorted.
func names(v any) []string {
	m, _ := v.(object)
	all := make([]string, 0, len(m))
	for name := range m {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// wantSameNames reports names that only one side has.
func wantSameNames(t *testing.T, what string, documented, actual []string) {
	t.Helper()
	for _, name := range actual {
		if !slices.Contains(documented, name) {
			t.Errorf("%s: %s is not documented", what, name)
		}
	}
	for _, name := range documented {
		if !slices.Contains(actual, name) {
			t.Errorf("%s: %s is documented, and there is no such thing", what, name)
		}
	}
}

func text(v any) string { return fmt.Sprint(v) }
