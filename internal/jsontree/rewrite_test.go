package jsontree

import "testing"

// rewriteAll copies a value, down to the scalars, and puts 0 in the place of members called x.
func rewriteAll(w *Rewriter) {
	switch w.Kind() {
	case Object:
		w.Members(func(name []byte) {
			if string(name) == "x" {
				w.Replace("0")
				return
			}
			rewriteAll(w)
		})
	case Array:
		w.Items(func() { rewriteAll(w) })
	default:
		w.Copy()
	}
}

func TestRewriter_AnyText_KeepsWhatIsNotReplaced(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{" null\n", `null`},
		{` -1.50e+2 `, `-1.50e+2`},
		{`[ ]`, `[]`},
		{`{ }`, `{}`},
		{`{ "a" : [ 1 , "b \u0063\"" , true ] , "b":{} }`, `{"a":[1,"b \u0063\"",true],"b":{}}`},
		{`{"x":{"y":[1,"]}"]},"y":{"\u0078":"a","x":null}}`, `{"x":0,"y":{"x":0,"x":0}}`},
		{`[[{"x":1}],{"x" :[]}]`, `[[{"x":0}],{"x":0}]`},
		{`{"\u00e9\"\u2028<":1}`, `{"é\"\u2028<":1}`},
		{"{\"\xff\":\"\xff\"}", "{\"\ufffd\":\"\xff\"}"},
	} {
		w := NewRewriter([]byte(c.text))
		rewriteAll(w)
		if got := string(w.Bytes()); got != c.want {
			t.Errorf("%s: got %s, want %s", c.text, got, c.want)
		}
	}
}

func TestRewriterCopy_NestedValue_LeavesOutWhiteSpace(t *testing.T) {
	w := NewRewriter([]byte(` { "a\u0061 " : [ 1 , { } , " \" " ] } `))
	got := string(w.Copy())
	if want := `{"a\u0061 ":[1,{}," \" "]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestRewriterAddMember(t *testing.T) {
	for text, want := range map[string]string{`{}`: `{"n\"":[1]}`, `{"a":{}}`: `{"a":{},"n\"":[1]}`} {
		w := NewRewriter([]byte(text))
		w.Members(func([]byte) { w.Copy() })
		w.AddMember(`n"`, []byte(`[1]`))
		if got := string(w.Bytes()); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
