package asl

import (
	"context"
	"fmt"
	"testing"
)

func TestChoiceRules(t *testing.T) {
	t.Parallel()
	input, err := parseDocument([]byte(`{"s":"b","s2":"b","n":2,"n2":2.0,"t":"2026-01-02T00:00:00Z","t2":"2026-01-02T01:00:00+01:00",
		"yes":true,"no":false,"null":null,"o":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ rule, want string }{
		{`"Variable":"$.s","StringEquals":"b"`, "true"},
		{`"Variable":"$.s","StringEquals":"B"`, "false"},
		{`"Variable":"$.n","StringEquals":"2"`, "false"},
		{`"Variable":"$.s","StringEqualsPath":"$.s2"`, "true"},
		{`"Variable":"$.s","StringEqualsPath":"$.n"`, "false"},
		{`"Variable":"$.s","StringEqualsPath":"$.nope"`, errRuntime},
		{`"Variable":"$.s","StringLessThan":"c"`, "true"},
		{`"Variable":"$.s","StringLessThan":"b"`, "false"},
		{`"Variable":"$.s","StringLessThanEquals":"b"`, "true"},
		{`"Variable":"$.s","StringGreaterThan":"a"`, "true"},
		{`"Variable":"$.s","StringGreaterThanEquals":"c"`, "false"},
		{`"Variable":"$.n","NumericEquals":2.0`, "true"},
		{`"Variable":"$.n","NumericEqualsPath":"$.n2"`, "true"},
		{`"Variable":"$.n","NumericLessThan":3`, "true"},
		{`"Variable":"$.n","NumericLessThanEquals":1`, "false"},
		{`"Variable":"$.n","NumericGreaterThan":-1e3`, "true"},
		{`"Variable":"$.n","NumericGreaterThanEqualsPath":"$.n2"`, "true"},
		{`"Variable":"$.s","NumericEquals":2`, "false"},
		{`"Variable":"$.t","TimestampEqualsPath":"$.t2"`, "true"},
		{`"Variable":"$.t","TimestampLessThan":"2026-01-03T00:00:00Z"`, "true"},
		{`"Variable":"$.t","TimestampGreaterThanEquals":"2026-01-03T00:00:00Z"`, "false"},
		{`"Variable":"$.s","TimestampEquals":"2026-01-03T00:00:00Z"`, "false"},
		{`"Variable":"$.yes","BooleanEquals":true`, "true"},
		{`"Variable":"$.no","BooleanEquals":true`, "false"},
		{`"Variable":"$.null","BooleanEquals":false`, "false"},
		{`"Variable":"$.yes","BooleanEqualsPath":"$.no"`, "false"},
		{`"Variable":"$.s","IsPresent":true`, "true"},
		{`"Variable":"$.null","IsPresent":true`, "true"},
		{`"Variable":"$.nope","IsPresent":true`, "false"},
		{`"Variable":"$.nope","IsPresent":false`, "true"},
		{`"Variable":"$.null","IsNull":true`, "true"},
		{`"Variable":"$.s","IsNull":true`, "false"},
		{`"Variable":"$.s","IsNull":false`, "true"},
		{`"Variable":"$.nope","IsNull":true`, errRuntime},
		{`"Variable":"$.s","IsString":true`, "true"},
		{`"Variable":"$.n","IsString":true`, "false"},
		{`"Variable":"$.n","IsNumeric":true`, "true"},
		{`"Variable":"$.no","IsBoolean":true`, "true"},
		{`"Variable":"$.o","IsBoolean":true`, "false"},
		{`"Variable":"$.t","IsTimestamp":true`, "true"},
		{`"Variable":"$.s","IsTimestamp":true`, "false"},
		{`"Variable":"$.nope","StringEquals":"b"`, errRuntime},
		{`"Variable":"$$.State.Name","StringEquals":"A"`, "true"},
		{`"Not":{"Variable":"$.s","StringEquals":"b"}`, "false"},
		{`"Not":{"Variable":"$.nope","StringEquals":"b"}`, errRuntime},
		{`"And":[{"Variable":"$.s","StringEquals":"b"},{"Variable":"$.n","NumericEquals":2}]`, "true"},
		{`"And":[{"Variable":"$.s","StringEquals":"b"},{"Variable":"$.n","NumericEquals":3}]`, "false"},
		{`"And":[{"Variable":"$.nope","IsPresent":true},{"Variable":"$.nope","StringEquals":"x"}]`, "false"},
		{`"Or":[{"Variable":"$.s","StringEquals":"x"},{"Variable":"$.n","NumericEquals":2}]`, "true"},
		{`"Or":[{"Variable":"$.s","StringEquals":"x"},{"Not":{"Variable":"$.n","NumericEquals":2}}]`, "false"},
		{`"Comment":"why","Variable":"$.s","StringEquals":"b"`, "true"},
	} {
		m := machine(t, fmt.Sprintf(`"A":{"Type":"Choice","Choices":[{%s,"Next":"B"}]},"B":{"Type":"Succeed"}`, c.rule))
		context := func() map[string]any { return map[string]any{"State": map[string]any{"Name": "A"}} }
		holds, f := m.states["A"].does.(choice).rules[0].test(scope{input.value, context})
		got := fmt.Sprint(holds)
		if f != nil {
			got = f.name
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.rule, got, c.want)
		}
	}
}

func TestChoiceGoesToTheFirstMatch(t *testing.T) {
	t.Parallel()
	const rules = `"A":{"Type":"Choice","Choices":[{"Variable":"$","StringEquals":"b","Next":"B"},{"Variable":"$","IsString":true,"Next":"C"}]%s},
		"B":{"Type":"Succeed"},"C":{"Type":"Succeed"}%s`
	for _, c := range []struct{ otherwise, more, input, last, err string }{
		{"", "", `"b"`, "B", ""},
		{"", "", `"c"`, "C", ""},
		{`,"Default":"D"`, `,"D":{"Type":"Succeed"}`, `1`, "D", ""},
		{"", "", `1`, "A", errNoChoice},
	} {
		ended, path := play(t, fmt.Sprintf(rules, c.otherwise, c.more), c.input,
			func(context.Context, string, []byte) ([]byte, error) { return nil, nil })
		if got := path[len(path)-1]; got != c.last || ended.Error != c.err {
			t.Errorf("%s: path %v, error %q; want to end in %s with %q", c.input, path, ended.Error, c.last, c.err)
		}
	}
}
