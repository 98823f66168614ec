package asl

import (
	"bytes"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"davit/internal/fuzzing"
)

// A text is read as data, which is written as the JSON that it was read from and in which a path finds what was put there; and as a
// definition, which is refused or whose states lead to states, however it is spelled.
func FuzzParse(f *testing.F) {
	deployed, err := os.ReadFile("../../statemachine/run.asl.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(bytes.ReplaceAll(deployed, []byte("$"+"{"), []byte("{")), "$$.Task.Token")
	f.Add([]byte(`{"StartAt":"A","States":{`+endA+`}}`), "$")
	f.Add([]byte(`{"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[{"Not":{"Variable":"$","IsNull":true},"Next":"A"}]}}}`), "$.a.b")
	f.Add([]byte(`{"StartAt":"A","States":{"A":{"Type":"Task",`+callF+`,"Retry":[{"ErrorEquals":["E"]}]}}}`), "$['a'][0]")
	f.Add([]byte(`{"StartAt":"A","States":{"A":{"Type":"Wait","SecondsPath":"$.x","Next":"B"},"B":{"Type":"Pass","Result":[1],"ResultPath":null,"End":true}}}`), "$.States")
	f.Add([]byte(`{"a":[1,2.50,-3e9,true,false,null,"\u0000\"\\<&>\ud83d\ude00"],"":{}}`), `$.["a"][1]`)
	f.Fuzz(func(t *testing.T, text []byte, where string) {
		value, err := parseValue(text)
		if err != nil {
			if _, err := Parse(text, nil); err == nil {
				t.Errorf("%s is a definition, and no JSON", text)
			}
			return
		}
		readAsWritten(t, text, value)
		foundWherePut(t, value, where)
		leadsToStates(t, text)
	})
}

func readAsWritten(t *testing.T, text []byte, value any) {
	written, err := appendValue(nil, value)
	if err != nil {
		t.Fatal(err)
	}
	again, err := parseValue(written)
	if err != nil {
		t.Fatalf("%s was written as %s: %v", text, written, err)
	}
	if diff := cmp.Diff(value, again); diff != "" {
		t.Error(diff)
	}
}

func foundWherePut(t *testing.T, value any, where string) {
	p, err := parsePath(where)
	if err != nil {
		return
	}
	p.get(value)
	changed, f := p.put(value, "put")
	if f != nil {
		return
	}
	if got, ok := p.get(changed); !ok || got != "put" {
		t.Errorf("%s: found %v, %v in %v", where, got, ok, changed)
	}
}

func leadsToStates(t *testing.T, text []byte) {
	m, err := Parse(text, nil)
	other, ok := fuzzing.Respell(text)
	if spelled := ok && !bytes.ContainsAny(text, "0123456789$"); spelled {
		if _, otherErr := Parse(other, nil); (err == nil) != (otherErr == nil) {
			t.Errorf("%s: %v, and spelled %s: %v", text, err, other, otherErr)
		}
	}
	if err != nil {
		return
	}
	if m.states[m.startAt] == nil || len(m.digest) != 64 {
		t.Errorf("it starts at %q", m.startAt)
	}
	for name, st := range m.states {
		for _, next := range st.targets() {
			if m.states[next] == nil {
				t.Errorf("state %q leads to %q", name, next)
			}
		}
	}
}
