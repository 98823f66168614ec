package jsontree_test

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"davit/internal/fuzzing"
	"davit/internal/jsontree"
)

// Whatever is accepted is JSON, is written back as it was, and has one canonical text, whichever way its value is spelled.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		``, `{}`, `[1,2.50,-0e9]`, `{"a":{"b":[null,true,"\u00e9\ud83d\ude00"]},"a":1}`, `"\ud800"`, "\"\xff\"", `1e999999999`, `[[[[`, `{"a":1,}`,
	} {
		f.Add([]byte(s))
	}
	for _, s := range fuzzing.Samples(f) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, serr := jsontree.Parse(data)
		if serr != nil {
			refused(t, data, serr)
			return
		}
		if !json.Valid(data) || !utf8.Valid(data) {
			t.Fatalf("accepted what is not JSON: %q", data)
		}
		for _, pointer := range doc.Doubled {
			if pointer == "" || !fuzzing.IsPointer(pointer) {
				t.Errorf("a doubled name at %q", pointer)
			}
		}
		again, serr := jsontree.Parse(doc.Root.Encode())
		if serr != nil || !cmp.Equal(doc, again) {
			t.Fatalf("read back: %v\n%s", serr, cmp.Diff(doc, again))
		}
		canonical(t, doc.Root)
		if other, ok := fuzzing.Respell(data); ok {
			respelled(t, doc.Root, other)
		}
	})
}

func refused(t *testing.T, data []byte, serr *jsontree.SyntaxError) {
	if serr.Offset < 0 || serr.Offset > len(data) {
		t.Errorf("got offset %d, want one of a text of %d bytes", serr.Offset, len(data))
	}
	if serr.Line < 1 || serr.Column < 1 {
		t.Errorf("got line %d, column %d, want both from 1", serr.Line, serr.Column)
	}
	if serr.Message == "" || !utf8.ValidString(serr.Message) {
		t.Errorf("got message %q, want a text in UTF-8", serr.Message)
	}
}

// canonical demands that the canonical text is stable, and means to encoding/json what the node does.
func canonical(t *testing.T, root jsontree.Node) {
	text := jsontree.Canonical(root)
	again, serr := jsontree.Parse(text)
	if serr != nil || !bytes.Equal(jsontree.Canonical(again.Root), text) {
		t.Fatalf("the canonical text is not stable: %q, %q (%v)", text, jsontree.Canonical(again.Root), serr)
	}
	if len(again.Doubled) > 0 {
		return // which of them counts is the reader's choice
	}
	if diff := cmp.Diff(value(t, root.Encode()), value(t, text), cmp.Comparer(sameNumber)); diff != "" {
		t.Errorf("%q became %q (-want +got):\n%s", root.Encode(), text, diff)
	}
}

func value(t *testing.T, text []byte) any {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return v
}

// sameNumber compares exactly where the exponents are small enough to carry out.
func sameNumber(a, b json.Number) bool {
	if exponent(a) > 3 || exponent(b) > 3 {
		return true
	}
	x, isX := new(big.Rat).SetString(a.String())
	y, isY := new(big.Rat).SetString(b.String())
	return isX && isY && x.Cmp(y) == 0
}

// exponent counts the digits of a number's exponent.
func exponent(n json.Number) int {
	_, power, _ := strings.Cut(strings.ToLower(n.String()), "e")
	return len(strings.Trim(power, "+-"))
}

func respelled(t *testing.T, root jsontree.Node, other []byte) {
	doc, serr := jsontree.Parse(other)
	if serr != nil {
		t.Fatalf("%q: %v", other, serr)
	}
	if want, got := jsontree.Canonical(root), jsontree.Canonical(doc.Root); !bytes.Equal(want, got) {
		t.Errorf("%q spelled %q: %q and %q", root.Encode(), other, want, got)
	}
}
