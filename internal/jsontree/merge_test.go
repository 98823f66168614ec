package jsontree

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestMergePatch(t *testing.T) {
	for _, c := range []struct{ target, patch, want string }{
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
		{`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`["a","b"]`, `["c","d"]`, `["c","d"]`},
		{`{"a":"b"}`, `["c"]`, `["c"]`},
		{`{"a":"foo"}`, `null`, `null`},
		{`{"a":"foo"}`, `"bar"`, `"bar"`},
		{`{"e":null}`, `{"a":1}`, `{"e":null,"a":1}`},
		{`[1,2]`, `{"a":"b","c":null}`, `{"a":"b"}`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
		{`{"b":1,"a":{"y":1,"x":2.50},"c":3}`, `{"z":0,"a":{"x":2.5e0,"w":[null]}}`, `{"b":1,"a":{"y":1,"x":2.5e0,"w":[null]},"c":3,"z":0}`},
		{`{}`, `{"a":[{"b":null}]}`, `{"a":[{"b":null}]}`},
	} {
		target, patch := parse(t, c.target), parse(t, c.patch)
		if got := string(target.MergePatch(patch).Encode()); got != c.want {
			t.Errorf("%s with %s: got %s, want %s", c.target, c.patch, got, c.want)
		}
		if got := string(target.Encode()); got != c.target {
			t.Errorf("%s became %s", c.target, got)
		}
	}
}

// A large patch takes no time that grows with its square.
func TestMergePatch_ManyMembers_IsQuick(t *testing.T) {
	big := Node{Kind: Object}
	for i := range 200_000 {
		name, _ := json.Marshal(i)
		big.Members = append(big.Members, Member{string(name), Node{Kind: Number, Text: "1"}})
	}
	if got := len(big.MergePatch(big).Members); got != len(big.Members) {
		t.Errorf("got %d members, want %d", got, len(big.Members))
	}
}

func FuzzMergePatch(f *testing.F) {
	f.Add(`{"a":{"b":1}}`, `{"a":{"b":null,"c":[null]}}`)
	f.Fuzz(func(t *testing.T, target, patch string) {
		a, bad := Parse([]byte(target))
		b, worse := Parse([]byte(patch))
		if bad != nil || worse != nil || len(a.Doubled)+len(b.Doubled) > 0 {
			return
		}
		got := a.Root.MergePatch(b.Root)
		if want := mergePlain(plain(t, a.Root), plain(t, b.Root)); !reflect.DeepEqual(plain(t, got), want) {
			t.Errorf("got %s, want %v", got.Encode(), want)
		}
		if again := got.MergePatch(b.Root); string(again.Encode()) != string(got.Encode()) {
			t.Errorf("applied twice: got %s, want %s", again.Encode(), got.Encode())
		}
	})
}

// plain returns a value as encoding/json reads it.
func plain(t *testing.T, n Node) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(n.Encode(), &v); err != nil {
		t.Skip(err) // a number that no float64 holds
	}
	return v
}

// mergePlain is RFC 7396's own procedure.
func mergePlain(target, patch any) any {
	changes, isObject := patch.(map[string]any)
	if !isObject {
		return patch
	}
	merged := map[string]any{}
	if old, isObject := target.(map[string]any); isObject {
		for name, value := range old {
			merged[name] = value
		}
	}
	for name, value := range changes {
		if value == nil {
			delete(merged, name)
		} else {
			merged[name] = mergePlain(merged[name], value)
		}
	}
	return merged
}
