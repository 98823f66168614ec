package jsontree

import "testing"

func TestMembers(t *testing.T) {
	n := parse(t, `{"a":1,"b":null,"c":"x"}`)
	if v, ok := n.Get("c"); !ok || v.Text != "x" {
		t.Errorf("c: %v %v", v, ok)
	}
	for _, name := range []string{"b", "d"} {
		if _, ok := n.Get(name); ok {
			t.Errorf("%s is there", name)
		}
	}
	if _, ok := parse(t, `[1]`).Get("a"); ok {
		t.Error("an array has a member")
	}
	changed := n.With("a", Node{Kind: Bool}).With("d", Node{}).Without("b", "x")
	if got, want := string(changed.Encode()), `{"a":false,"c":"x","d":null}`; got != want {
		t.Errorf("changed = %s, want %s", got, want)
	}
	if got, want := string(n.Encode()), `{"a":1,"b":null,"c":"x"}`; got != want {
		t.Errorf("the original became %s", got)
	}
}

func TestWithoutNulls_MembersGoAtAnyDepth_ItemsStay(t *testing.T) {
	n := parse(t, `{"a":null,"b":{"c":null,"d":[null,{"e":null,"f":1}]},"g":[],"h":{}}`)
	if got, want := string(n.WithoutNulls().Encode()), `{"b":{"d":[null,{"f":1}]},"g":[],"h":{}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, ok := n.Members[1].Value.Get("d"); !ok || len(n.Members) != 4 {
		t.Error("the original was changed")
	}
}

func TestPointers(t *testing.T) {
	for want, tokens := range map[string][]string{
		"": {}, "/a/0": {"a", "0"}, "/": {""}, "/a~1b/~0~01/é": {"a/b", "~~1", "é"},
	} {
		got := ""
		for _, token := range tokens {
			got = Join(got, token)
		}
		if got != want {
			t.Errorf("%q gives %q, want %q", tokens, got, want)
		}
	}
}

func TestStringsAreEscapedAsNeeded(t *testing.T) {
	got := string(AppendString(nil, "\"\\/\b\f\n\r\t\x00\x1f\x7fé<&\xff"))
	if want := `"\"\\/\u0008\u000c\n\r\t\u0000\u001f` + "\x7fé<&\ufffd" + `"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
