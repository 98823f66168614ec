package fuzzing

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRespell(t *testing.T) {
	text := `{"a":[0,1,-2.5,3e4,-100,true,false,null],"é😀":{"":"x"},"b":[],"c":{}}`
	other, ok := Respell([]byte(text))
	if !ok || string(other) == text {
		t.Fatalf("%s, %v", other, ok)
	}
	var want, got any
	if json.Unmarshal([]byte(text), &want) != nil || json.Unmarshal(other, &got) != nil || !cmp.Equal(want, got) {
		t.Errorf("%s became %s", text, other)
	}
	for _, refused := range []string{``, `{`, `{"a":1,"a":2}`, `[1] 2`} {
		if other, ok := Respell([]byte(refused)); ok {
			t.Errorf("%s became %s", refused, other)
		}
	}
}

func TestIsPointer(t *testing.T) {
	for s, want := range map[string]bool{"": true, "/": true, "/a/0/~0~1": true, "//\n": true, "a": false, "/~": false, "/~2": false, "/\xff": false} {
		if IsPointer(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}

func TestSeeds(t *testing.T) {
	if n := len(Samples(t)); n < 20 {
		t.Errorf("%d samples", n)
	}
	if n := len(Bodies(t)); n < 5 {
		t.Errorf("%d bodies", n)
	}
}
