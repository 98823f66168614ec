package jsontree

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseKeepsOrderAndSpelling(t *testing.T) {
	doc, serr := Parse([]byte(" {\"b\": [1.0, -0, 1E+2, true, false, null],\r\n\t\"a\": {\"\": \"x\\u00e9\\n\\ud83d\\ude00\\/é\"}} "))
	if serr != nil {
		t.Fatal(serr)
	}
	want := Node{Kind: Object, Members: []Member{
		{"b", Node{Kind: Array, Items: []Node{
			{Kind: Number, Text: "1.0"}, {Kind: Number, Text: "-0"}, {Kind: Number, Text: "1E+2"},
			{Kind: Bool, Truth: true}, {Kind: Bool}, {},
		}}},
		{"a", Node{Kind: Object, Members: []Member{{"", Node{Kind: String, Text: "xé\n😀/é"}}}}},
	}}
	if diff := cmp.Diff(want, doc.Root); diff != "" {
		t.Errorf("tree (-want +got):\n%s", diff)
	}
	if got, want := string(doc.Root.Encode()), `{"b":[1.0,-0,1E+2,true,false,null],"a":{"":"xé\n😀/é"}}`; got != want {
		t.Errorf("Encode = %s, want %s", got, want)
	}
}

func TestParseRefuses(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	tests := []struct {
		name, text   string
		line, column int
		message      string
	}{
		{"nothing", "", 1, 1, "the text is empty"},
		{"white space only", " \n ", 2, 2, "ends too early"},
		{"open object", `{"a": 1`, 1, 8, "ends too early"},
		{"open array", "[1,", 1, 4, "ends too early"},
		{"comma before the end", `{"a":1,}`, 1, 8, "a member name in double quotes"},
		{"comma before ]", `[1,]`, 1, 4, "a JSON value is expected"},
		{"no comma", `[1 2]`, 1, 4, "a comma or ]"},
		{"no colon", `{"a" 1}`, 1, 6, "a colon"},
		{"wrong bracket", `{"a":1]`, 1, 7, "a comma or }"},
		{"name without quotes", "{\n  a: 1}", 2, 3, "a member name in double quotes"},
		{"two values", "{}\n{}", 2, 1, "more text follows"},
		{"comment", "{} // x", 1, 4, "more text follows"},
		{"byte order mark", "\ufeff{}", 1, 1, "a JSON value is expected"},
		{"NaN", `NaN`, 1, 1, "a JSON value is expected"},
		{"cut word", `[tru]`, 1, 2, "a JSON value is expected"},
		{"leading zero", `[01]`, 1, 2, "must not begin with a zero"},
		{"plus", `+1`, 1, 1, "a JSON value is expected"},
		{"bare minus", `[-]`, 1, 3, "a digit"},
		{"no fraction", `1.`, 1, 3, "ends too early"},
		{"no exponent", `[1e]`, 1, 4, "a digit"},
		{"open string", `{"é": "abc`, 1, 7, "not closed"},
		{"newline in a string", "\"a\nb\"", 1, 3, "control character"},
		{"NUL in a string", "\"a\x00b\"", 1, 3, "control character"},
		{"bad escape", `"\x"`, 1, 2, "an escape is"},
		{"escape at the end", `"\`, 1, 2, "ends too early"},
		{"bad hex", `"\u00g0"`, 1, 2, "four hex digits"},
		{"short hex", `"\u00`, 1, 6, "ends too early"},
		{"first half alone", `"\ud83d"`, 1, 2, "without its other half"},
		{"second half alone", `"\ude00"`, 1, 2, "without its other half"},
		{"two first halves", `"\ud83d\ud83d"`, 1, 2, "without its other half"},
		{"invalid UTF-8", "\"é\xff\"", 1, 3, "not valid UTF-8"},
		{"encoded surrogate", "\"\xed\xa0\x80\"", 1, 2, "not valid UTF-8"},
		{"invalid UTF-8 outside", "\xff", 1, 1, "a JSON value is expected"},
		{"too deep", deep(MaxDepth + 1), 1, MaxDepth + 1, "deeper than 64 levels"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, serr := Parse([]byte(tt.text))
			if serr == nil {
				t.Fatal("accepted")
			}
			if serr.Line != tt.line || serr.Column != tt.column || !strings.Contains(serr.Message, tt.message) {
				t.Errorf("%v, want line %d, column %d, %q", serr, tt.line, tt.column, tt.message)
			}
		})
	}
	if _, serr := Parse([]byte(deep(MaxDepth))); serr != nil {
		t.Errorf("the deepest legal text: %v", serr)
	}
}

func TestDoubledNames(t *testing.T) {
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"k%d":0,`, i)
		}
		return b.String()
	}
	tests := []struct {
		name, text string
		want       []string
	}{
		{"none", `{"a":1,"A":2,"b":{"a":3},"c":[{"a":1},{"a":1}]}`, nil},
		{"top level", `{"a":1,"a":1}`, []string{"/a"}},
		{"three times", `{"a":1,"a":2,"a":3}`, []string{"/a", "/a"}},
		{"by escape", `{"a":1,"\u0061":2}`, []string{"/a"}},
		{"nested and escaped", `{"x/y":[0,{"m~n":1,"m~n":2}],"":{"":1,"":2}}`, []string{"/x~1y/1/m~0n", "//"}},
		{"inside a doubled one", `{"a":{"b":1,"b":1},"a":{"b":1,"b":1}}`, []string{"/a/b", "/a", "/a/b"}},
		{"just past the scan", `{` + many(scanned) + `"k0":1}`, []string{"/k0"}},
		{"far past the scan", `{` + many(100) + `"k50":1,"k99":1}`, []string{"/k50", "/k99"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, serr := Parse([]byte(tt.text))
			if serr != nil {
				t.Fatal(serr)
			}
			if diff := cmp.Diff(tt.want, doc.Doubled); diff != "" {
				t.Errorf("doubled (-want +got):\n%s", diff)
			}
		})
	}
}

// A hostile text must cost about what it weighs: nothing in reading it may grow with the square of its length.
func TestHostileTextsAreCheap(t *testing.T) {
	long := strings.Repeat("n", 100<<10)
	tests := map[string]string{
		"doubled below a long name":  `{"` + long + `":{` + strings.Repeat(`"":0,`, 20000) + `"":0}}`,
		"escapes":                    `"` + strings.Repeat(`\n`, 100<<10) + `"`,
		"huge exponent":              `[1e999999999,1e-999999999,` + strings.Repeat("1e99999999999999999999,", 5000) + `0]`,
		"exponent of many digits":    `1e` + strings.Repeat("9", 200<<10),
		"mantissa of many digits":    strings.Repeat("9", 200<<10),
		"many members":               `{` + strings.Repeat(`"a":0,`, 30000) + `"b":0}`,
		"many small arrays":          `[` + strings.Repeat(`[],`, 60000) + `0]`,
		"unclosed strings in arrays": strings.Repeat(`["`, 100<<10),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			doc, _ := Parse([]byte(text))
			canonical := Canonical(doc.Root)
			runtime.ReadMemStats(&after)
			if used := after.TotalAlloc - before.TotalAlloc; used > 300*uint64(len(text)) {
				t.Errorf("%d bytes allocated for a text of %d", used, len(text))
			}
			if len(canonical) > 2*len(text)+10 {
				t.Errorf("canonical form of %d bytes for a text of %d", len(canonical), len(text))
			}
			total := 0
			for _, d := range doc.Doubled {
				total += len(d)
			}
			if total > maxDoubledText+len(text) || len(doc.Doubled) > maxDoubled {
				t.Errorf("%d doubled names of %d bytes", len(doc.Doubled), total)
			}
		})
	}
}
