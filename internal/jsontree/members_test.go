package jsontree

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRawMembers_Object_KeepsOrderDoublesAndSpelling(t *testing.T) {
	got, isObject := RawMembers([]byte(" { \"b\" : 1.50 , \"\\u0061/\":{ \"x\":[\"}\\\"\"] },\"b\":\"\\ud800\",\"\":null }\n"))
	want := []RawMember{
		{"b", json.RawMessage(`1.50`)}, {"a/", json.RawMessage(`{ "x":["}\""] }`)}, {"b", json.RawMessage(`"\ud800"`)}, {"", json.RawMessage(`null`)},
	}
	if !isObject {
		t.Error("got no object, want one")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
}

func TestRawMembers_OtherKinds_AreNoObject(t *testing.T) {
	for _, text := range []string{`[{"a":1}]`, `"{}"`, `null`, ` 1`, `true`} {
		if got, isObject := RawMembers([]byte(text)); isObject {
			t.Errorf("%s: got %v, want no object", text, got)
		}
	}
	if got, isObject := RawMembers([]byte(` { } `)); !isObject || len(got) > 0 {
		t.Errorf("an empty object: got %v, an object %v", got, isObject)
	}
}

func TestSetMembers_Object_SortsNamesAndKeepsSpelling(t *testing.T) {
	for _, c := range []struct {
		object string
		set    map[string]any
		want   string
	}{
		{`{"b":1,"a":{"z":1,"y":2}}`, map[string]any{"c": "x", "b": 2}, `{"a":{"z":1,"y":2},"b":2,"c":"x"}`},
		{`{ "b" : "\u0061<" , "b":1.0 }`, map[string]any{"a": nil}, `{"a":null,"b":1.0}`},
		{`{"b":"\u0061<"}`, nil, `{"b":"\u0061\u003c"}`},
		{``, map[string]any{"a": 1}, `{"a":1}`},
		{`[`, map[string]any{"a": 1}, `[`},
		{`{"a":1}`, map[string]any{"a": func() {}}, `{"a":1}`},
	} {
		if got := string(SetMembers(json.RawMessage(c.object), c.set)); got != c.want {
			t.Errorf("%s with %v: got %s, want %s", c.object, c.set, got, c.want)
		}
	}
}

func TestStringMember(t *testing.T) {
	for _, c := range []struct{ object, name, want string }{
		{`{"a":"x","b":3}`, "a", "x"}, {`{"b":3}`, "b", ""}, {`[`, "c", ""}, {`{"a":null}`, "a", ""}, {`{"a":"x","a":"y"}`, "a", "y"}, {`{"A":"x"}`, "a", ""},
	} {
		if got := StringMember(json.RawMessage(c.object), c.name); got != c.want {
			t.Errorf("%s of %s: got %q, want %q", c.name, c.object, got, c.want)
		}
	}
}
