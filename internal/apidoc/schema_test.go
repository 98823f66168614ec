package apidoc_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// validator checks values against schemas. It supports what docs/api.yaml uses of JSON Schema, refuses any other keyword, and records which
// properties it has seen.
type validator struct {
	api
	seen   map[string]bool // schema path + "." + property
	faults []string
}

func (a api) validator() *validator { return &validator{api: a, seen: map[string]bool{}} }

func (v *validator) faultf(at, format string, args ...any) {
	v.faults = append(v.faults, at+": "+fmt.Sprintf(format, args...))
}

// knownKeywords are the keywords that check evaluates; the others are for readers.
var knownKeywords = []string{
	"$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "const", "pattern", "format", "allOf",
	"minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "description", "default", "x-default", "title", "example",
}

// check checks a value against a schema. With others, as in allOf, a closed object may have the members of those too.
func (v *validator) check(at string, schema any, value any) {
	s, _ := v.resolve(schema).(object)
	for keyword := range s {
		if !slices.Contains(knownKeywords, keyword) {
			v.faultf(at, "this test does not know the keyword %s", keyword)
		}
	}
	if all := listAt(s, "allOf"); all != nil {
		v.object(at, object{"properties": v.properties(s), "required": v.required(s)}, value)
		return
	}
	if !v.typed(s["type"], value) {
		v.faultf(at, "%v is not of type %v", value, s["type"])
		return
	}
	if list := listAt(s, "enum"); list != nil && !slices.Contains(list, value) {
		v.faultf(at, "%v is none of %v", value, list)
	}
	if fixed := s["const"]; fixed != nil && fixed != value {
		v.faultf(at, "%v is not %v", value, fixed)
	}
	switch value := value.(type) {
	case string:
		v.text(at, s, value)
	case object:
		v.object(at, s, value)
	case []any:
		v.list(at, s, value)
	default:
		if n, ok := number(value); ok {
			v.bounds(at, s, n)
		}
	}
}

// properties returns a schema's properties, with those of its allOf.
func (v *validator) properties(schema any) object {
	s, all := v.resolve(schema), object{}
	own, _ := at(s, "properties").(object)
	for name, p := range own {
		all[name] = p
	}
	for _, part := range listAt(s, "allOf") {
		for name, p := range v.properties(part) {
			all[name] = p
		}
	}
	return all
}

func (v *validator) required(schema any) []any {
	s := v.resolve(schema)
	all := slices.Clone(listAt(s, "required"))
	for _, part := range listAt(s, "allOf") {
		all = append(all, v.required(part)...)
	}
	return all
}

// object also reports members that are not documented, unless the object is one of ECS's (no properties, or open).
func (v *validator) object(at string, s object, value any) {
	m, isObject := value.(object)
	if !isObject {
		v.faultf(at, "%v is no object", value)
		return
	}
	properties, _ := s["properties"].(object)
	for _, name := range listAt(s, "required") {
		if _, has := m[text(name)]; !has {
			v.faultf(at, "%s is missing", name)
		}
	}
	for name, member := range m {
		p, known := properties[name]
		switch {
		case known:
			v.seen[at+"."+name] = true
			v.check(at+"."+name, p, member)
		case properties != nil && s["additionalProperties"] != true:
			v.faultf(at, "%s is not documented", name)
		}
	}
}

func (v *validator) list(at string, s object, value []any) {
	n := float64(len(value))
	v.within(at, "items", s["minItems"], s["maxItems"], n)
	for _, item := range value {
		v.check(at+"[]", s["items"], item)
	}
}

func (v *validator) text(at string, s object, value string) {
	v.within(at, "characters", s["minLength"], s["maxLength"], float64(utf8.RuneCountInString(value)))
	if pattern := textAt(s, "pattern"); pattern != "" && !regexp.MustCompile(pattern).MatchString(value) {
		v.faultf(at, "%q does not match %s", value, pattern)
	}
	if s["format"] == "date-time" {
		if moment, err := time.Parse(time.RFC3339, value); err != nil || !strings.HasSuffix(value, "Z") || moment.IsZero() {
			v.faultf(at, "%q is no RFC 3339 time in UTC", value)
		}
	}
}

func (v *validator) bounds(at string, s object, n float64) {
	v.within(at, "", s["minimum"], s["maximum"], n)
}

func (v *validator) within(at, what string, least, most any, n float64) {
	low, hasLow := number(least)
	high, hasHigh := number(most)
	tooLow, tooHigh := hasLow && n < low, hasHigh && n > high
	if tooLow || tooHigh {
		v.faultf(at, "%v %s, allowed %v to %v", n, what, least, most)
	}
}

func (v *validator) typed(want, value any) bool {
	if list, several := want.([]any); several {
		return slices.ContainsFunc(list, func(one any) bool { return v.typed(one, value) })
	}
	n, isNumber := number(value)
	switch want {
	case nil:
		return true
	case "integer":
		return isNumber && n == float64(int64(n))
	case "number":
		return isNumber
	case "string":
		_, ok := value.(string)
		return ok
	case "boolean":
		_, ok := value.(bool)
		return ok
	case "array":
		_, ok := value.([]any)
		return ok
	case "object":
		_, ok := value.(object)
		return ok
	case "null":
		return value == nil
	default:
		return false
	}
}

func number(value any) (float64, bool) {
	switch n := value.(type) {
	case int:
		return float64(n), true
	case float64:
		return n, true
	default:
		return 0, false
	}
}

// every lists all properties of a schema, as check records them.
func (v *validator) every(at string, schema any) (all []string) {
	s, _ := v.resolve(schema).(object)
	for name, p := range v.properties(s) {
		all = append(all, at+"."+name)
		all = append(all, v.every(at+"."+name, p)...)
	}
	if s["items"] != nil {
		all = append(all, v.every(at+"[]", s["items"])...)
	}
	return all
}
