package httpapi

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"davit/internal/fuzzing"
)

// Whatever the text, the masked text is JSON that mask does not change again, with the values of environments masked and all else as it was.
func FuzzMask(f *testing.F) {
	for _, seed := range []string{`{"environment":[{"name":"A","value":"v"}]}`, `[{"a":{"environment":[{"value":1}]}}]`, `{"a":1e999}`, `"\ud800"`} {
		f.Add([]byte(seed))
	}
	for _, seed := range fuzzing.Bodies(f) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		out := mask(in)
		if json.Valid(in) != (out != nil) {
			t.Fatalf("%q became %q", in, out)
		}
		if out == nil {
			return
		}
		if !json.Valid(out) || string(mask(out)) != string(out) {
			t.Fatalf("%q became %q, and then %q", in, out, mask(out))
		}
		if diff := cmp.Diff(maskedValue(decoded(t, in)), decoded(t, out)); diff != "" {
			t.Errorf("%q became %q (-want +got):\n%s", in, out, diff)
		}
	})
}

func decoded(t *testing.T, text []byte) any {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return v
}

// maskedValue masks a decoded value by the contract's words.
func maskedValue(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = maskedValue(v[i])
		}
	case map[string]any:
		for name, inner := range v {
			variables, isList := inner.([]any)
			if name == "environment" && isList {
				maskedVariables(variables)
			} else {
				v[name] = maskedValue(inner)
			}
		}
	}
	return v
}

func maskedVariables(list []any) {
	for i := range list {
		variable, isObject := list[i].(map[string]any)
		if !isObject {
			list[i] = maskedValue(list[i])
		} else if variable["value"] != nil {
			variable["value"] = "***"
		}
	}
}
