package asl

import "testing"

func TestPathGet(t *testing.T) {
	t.Parallel()
	data, err := parseDocument([]byte(`{"a":{"b":[1,{"c d":null}],"é_1-x":2},"":3}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path, want string // want is "" when nothing is there
	}{
		{"$", string(`{"":3,"a":{"b":[1,{"c d":null}],"é_1-x":2}}`)},
		{"$.a.b", `[1,{"c d":null}]`},
		{"$.a.b[0]", "1"},
		{"$.a.b[1]['c d']", "null"},
		{`$["a"]["b"][0]`, "1"},
		{"$.a.['b'][0]", "1"},
		{"$.a.é_1-x", "2"},
		{"$.a.b[2]", ""},
		{"$.a.b.c", ""},
		{"$.a[0]", ""},
		{"$.x", ""},
		{"$.a.b[0].x", ""},
	} {
		p, err := parsePath(c.path)
		if err != nil {
			t.Errorf("%s: %v", c.path, err)
			continue
		}
		got := ""
		if value, ok := p.get(data.value); ok {
			text, _ := appendValue(nil, value)
			got = string(text)
		}
		if got != c.want {
			t.Errorf("%s = %q, want %q", c.path, got, c.want)
		}
	}
}

func TestPathRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "a", "$a", "$.", "$..a", "$.*", "$.a[*]", "$.a[-1]", "$.a[1:2]", "$.a[?(@.b)]", "$.a[0,1]",
		"$['a", "$['']", "$['a'b']", "$.a.length()", "$[]", "$.a b", "$.a[99999999999]", "States.Format('{}', $.a)",
	} {
		if _, err := parsePath(text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

func TestPathPut(t *testing.T) {
	t.Parallel()
	const root = `{"a":{"b":1},"l":[1,2],"n":null,"s":"x"}`
	for _, c := range []struct {
		path, want string // want is "" when the path does not fit
	}{
		{"$", `"new"`},
		{"$.z", `{"a":{"b":1},"l":[1,2],"n":null,"s":"x","z":"new"}`},
		{"$.a.b", `{"a":{"b":"new"},"l":[1,2],"n":null,"s":"x"}`},
		{"$.a.c.d", `{"a":{"b":1,"c":{"d":"new"}},"l":[1,2],"n":null,"s":"x"}`},
		{"$.l[1]", `{"a":{"b":1},"l":[1,"new"],"n":null,"s":"x"}`},
		{"$.s", `{"a":{"b":1},"l":[1,2],"n":null,"s":"new"}`},
		{"$.s.t", ""},
		{"$.l[2]", ""},
		{"$.l.x", ""},
		{"$.n.x", ""},
		{"$.z[0]", ""},
	} {
		data, err := parseDocument([]byte(root))
		if err != nil {
			t.Fatal(err)
		}
		p, err := parsePath(c.path)
		if err != nil {
			t.Fatal(err)
		}
		got, f := p.put(data.value, "new")
		text, _ := appendValue(nil, got)
		if f != nil {
			text = nil
			if f.name != errResultPath {
				t.Errorf("%s: the fault is %s", c.path, f.name)
			}
		}
		if string(text) != c.want {
			t.Errorf("%s: %s, want %s", c.path, text, c.want)
		}
		if after, _ := appendValue(nil, data.value); string(after) != root {
			t.Errorf("%s changed its root to %s", c.path, after)
		}
	}
}
