package cli

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func parse(t *testing.T, text string) object {
	t.Helper()
	o, err := decodeObject([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return o
}

func TestMergePatch(t *testing.T) {
	for name, c := range map[string]struct{ before, after, want string }{
		"nothing":       {`{"a":1,"b":{"c":[1,2]}}`, `{"b":{"c":[1,2]},"a":1}`, `{}`},
		"set":           {`{}`, `{"count":3}`, `{"count":3}`},
		"removed":       {`{"a":1,"b":2}`, `{"b":2}`, `{"a":null}`},
		"nested":        {`{"o":{"a":1,"b":2}}`, `{"o":{"a":1,"b":3}}`, `{"o":{"b":3}}`},
		"list":          {`{"l":[1,2]}`, `{"l":[1]}`, `{"l":[1]}`},
		"other kind":    {`{"o":{"a":1}}`, `{"o":"text"}`, `{"o":"text"}`},
		"large numbers": {`{"n":12345678901234567890}`, `{"n":12345678901234567891}`, `{"n":12345678901234567891}`},
	} {
		got := mergePatch(parse(t, c.before), parse(t, c.after))
		if diff := cmp.Diff(parse(t, c.want), got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

func TestDecodeObject_Refuses(t *testing.T) {
	for _, text := range []string{``, `null`, `[]`, `1`, `{"a":1} {"b":2}`, `{"a":`} {
		if o, err := decodeObject([]byte(text)); err == nil {
			t.Errorf("%q is taken as %v, want an error", text, o)
		}
	}
}

func TestJobFlags_Apply(t *testing.T) {
	yes, no := true, false
	one := &definition{Family: "one", Containers: []containerOfFamily{{Name: "app", Essential: &yes, Memory: 512}, {Name: "helper", Essential: &no}}}
	fargate := &definition{Family: "fargate", CPU: "256", Memory: "512", Containers: []containerOfFamily{{Name: "app"}}}
	both := &definition{Family: "both", Memory: "1024", Containers: []containerOfFamily{{Name: "app", Memory: 512, CPU: 10}}}
	two := &definition{Family: "two", Containers: []containerOfFamily{{Name: "a"}, {Name: "b"}, {Name: "router", Router: []byte(`{}`)}}}
	for name, c := range map[string]struct {
		flags   jobFlags
		d       *definition
		command []string
		body    string
		want    string
		refused bool
	}{
		"nothing":                 {jobFlags{}, one, nil, `{"count":2}`, `{"count":2}`, false},
		"count":                   {jobFlags{count: 3}, one, nil, `{"count":2}`, `{"count":3}`, false},
		"command":                 {jobFlags{}, one, []string{"make", "x"}, `{}`, `{"overrides":{"containerOverrides":[{"name":"app","command":["make","x"]}]}}`, false},
		"variables":               {jobFlags{environment: []string{"A=1", "B=x=y", "A=2"}}, one, nil, `{}`, `{"overrides":{"containerOverrides":[{"name":"app","environment":[{"name":"A","value":"2"},{"name":"B","value":"x=y"}]}]}}`, false},
		"an override is there":    {jobFlags{environment: []string{"A=2"}}, one, nil, `{"overrides":{"containerOverrides":[{"name":"app","cpu":1,"environment":[{"name":"A","value":"***"},{"name":"Z","value":"***"}]}]}}`, `{"overrides":{"containerOverrides":[{"name":"app","cpu":1,"environment":[{"name":"A","value":"2"},{"name":"Z","value":"***"}]}]}}`, false},
		"named":                   {jobFlags{container: "helper"}, one, []string{"x"}, `{}`, `{"overrides":{"containerOverrides":[{"name":"helper","command":["x"]}]}}`, false},
		"several essential":       {jobFlags{}, two, []string{"x"}, `{}`, ``, true},
		"no such container":       {jobFlags{container: "z"}, one, []string{"x"}, `{}`, ``, true},
		"memory of a container":   {jobFlags{memory: 1024}, one, nil, `{}`, `{"overrides":{"containerOverrides":[{"name":"app","memory":1024}]}}`, false},
		"memory of a task":        {jobFlags{memory: 1024}, fargate, nil, `{}`, `{"overrides":{"memory":"1024"}}`, false},
		"memory of both":          {jobFlags{memory: 2048}, both, nil, `{}`, `{"overrides":{"memory":"2048","containerOverrides":[{"name":"app","memory":2048}]}}`, false},
		"cpu of neither":          {jobFlags{cpu: 512}, one, nil, `{}`, `{"overrides":{"cpu":"512"}}`, false},
		"memory where two decide": {jobFlags{memory: 64}, two, nil, `{}`, `{"overrides":{"memory":"64"}}`, false},
		"overrides are no object": {jobFlags{memory: 64}, fargate, nil, `{"overrides":7}`, ``, true},
		"a variable that is not":  {jobFlags{environment: []string{"DAVIT_TEST_NOT_THERE"}}, one, nil, `{}`, ``, true},
		"a variable without name": {jobFlags{environment: []string{"=x"}}, one, nil, `{}`, ``, true},
	} {
		body := parse(t, c.body)
		err := c.flags.apply(body, c.command, func() (*definition, error) { return c.d, nil })
		if (err != nil) != c.refused {
			t.Errorf("%s: error %v, want refused %v", name, err, c.refused)
		}
		if err != nil {
			continue
		}
		got, err := encodeObject(body)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(parse(t, c.want), parse(t, string(got))); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

func TestVariablesOf(t *testing.T) {
	got, err := variablesOf("env", []byte("\ufeffA=1\r\n# a remark\n\n  B=two words \nC\nD=a=b"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"A=1", "B=two words ", "C", "D=a=b"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, text := range []string{"=x", "A B=1"} {
		if _, err := variablesOf("env", []byte(text)); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
