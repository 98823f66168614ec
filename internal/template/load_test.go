// Package template_test checks template.yaml against the code that it deploys: the functions, their environment and permissions, the table,
// the state machine, the routes. Each check returns the faults of a template. One test runs them on the template, another on copies
// with one fault each.
package template_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// root is the repository, seen from this package's folder.
const root = "../.."

// object is a mapping of the template. An intrinsic function in its short form, such as !Ref x, is the object of its long form.
type object = map[string]any

// stack is a parsed template.
type stack struct {
	object
	text string
}

// template is template.yaml, parsed once.
var template stack

// load returns a copy of the template that the caller may change.
func load(t *testing.T) stack {
	t.Helper()
	if template.object == nil {
		template = read(t)
	}
	return stack{clone(template.object).(object), template.text}
}

func read(t *testing.T) stack {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var node yaml.Node
	if err := yaml.Unmarshal(data, &node); err != nil {
		t.Fatal(err)
	}
	body, ok := plain(t, node.Content[0]).(object)
	if !ok {
		t.Fatal("template.yaml is not a mapping")
	}
	return stack{body, string(data)}
}

func clone(v any) any {
	switch v := v.(type) {
	case object:
		m := make(object, len(v))
		for name, member := range v {
			m[name] = clone(member)
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = clone(item)
		}
		return list
	default:
		return v
	}
}

// plain converts a node to maps, lists and scalars.
func plain(t *testing.T, n *yaml.Node) any {
	t.Helper()
	var value any
	switch n.Kind {
	case yaml.MappingNode:
		m := object{}
		for i := 0; i < len(n.Content); i += 2 {
			name := n.Content[i].Value
			if _, doubled := m[name]; doubled {
				t.Fatalf("line %d: %s is there already", n.Content[i].Line, name)
			}
			m[name] = plain(t, n.Content[i+1])
		}
		value = m
	case yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for _, item := range n.Content {
			list = append(list, plain(t, item))
		}
		value = list
	case yaml.ScalarNode:
		value = scalar(t, n)
	default:
		t.Fatalf("line %d: aliases are not for CloudFormation", n.Line)
	}
	return long(n.Tag, value)
}

func scalar(t *testing.T, n *yaml.Node) any {
	t.Helper()
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		return n.Value
	}
	var v any
	if err := n.Decode(&v); err != nil {
		t.Fatalf("line %d: %v", n.Line, err)
	}
	return v
}

// long returns the long form of a tagged value.
func long(tag string, value any) any {
	name, short := strings.CutPrefix(tag, "!")
	switch {
	case !short || strings.HasPrefix(name, "!"):
		return value
	case name == "Ref" || name == "Condition":
		return object{name: value}
	case name == "GetAtt":
		if text, ok := value.(string); ok {
			resource, attribute, _ := strings.Cut(text, ".")
			value = []any{resource, attribute}
		}
	}
	return object{"Fn::" + name: value}
}

// at follows a path of keys into a value; nil where there is nothing.
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

// resources returns the names of the resources of a type, sorted.
func (s stack) resources(kind string) []string {
	all, _ := s.object["Resources"].(object)
	var names []string
	for name, r := range all {
		if textAt(r, "Type") == kind {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// properties returns a resource's properties; nil when there is no such resource.
func (s stack) properties(name string) object {
	p, _ := at(s.object, "Resources", name, "Properties").(object)
	return p
}

// setting returns a function's property, or that of Globals where the function has none.
func (s stack) setting(name string, property ...string) any {
	if v := at(s.properties(name), property...); v != nil {
		return v
	}
	return at(s.object, append([]string{"Globals", "Function"}, property...)...)
}

// refersTo reports whether a value is !Ref name or !GetAtt name.attribute.
func refersTo(v any, name string) bool {
	if textAt(v, "Ref") == name {
		return true
	}
	att := listAt(v, "Fn::GetAtt")
	return len(att) == 2 && att[0] == name
}
