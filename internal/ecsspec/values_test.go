package ecsspec

import (
	"encoding/json"
	"testing"
)

func TestWithValues(t *testing.T) {
	input := json.RawMessage(`{"count": 2.0, "taskDefinition":"a", "startedBy":"me", "overrides":{"count":1}, "containerInstances":["i"]}`)
	got, err := WithValues(input, map[string]any{
		"startedBy": "davit-x-01", "clientToken": "t", "containerInstances": []string{"j", "k"}, "cluster": json.RawMessage(`"c"`), "count": 1,
	}, "overrides", "absent")
	want := `{"count":1,"taskDefinition":"a","startedBy":"davit-x-01","containerInstances":["j","k"],"clientToken":"t","cluster":"c"}`
	if err != nil || string(got) != want {
		t.Errorf("got %s (%v), want %s", got, err, want)
	}
	got, err = WithValues(input, nil)
	if want := `{"count":2.0,"taskDefinition":"a","startedBy":"me","overrides":{"count":1},"containerInstances":["i"]}`; err != nil || string(got) != want {
		t.Errorf("got %s (%v), want %s", got, err, want)
	}
}

func TestWithValuesFails(t *testing.T) {
	for _, input := range []string{``, `[]`, `{`} {
		if got, err := WithValues(json.RawMessage(input), nil); err == nil {
			t.Errorf("%q gives %s", input, got)
		}
	}
	if got, err := WithValues(json.RawMessage(`{}`), map[string]any{"a": func() {}}); err == nil {
		t.Errorf("a function gives %s", got)
	}
}
