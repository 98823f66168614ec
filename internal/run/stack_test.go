package run

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestStackAllows(t *testing.T) {
	for _, c := range []struct {
		families []string
		family   string
		want     bool
	}{
		{nil, "anything", true},
		{[]string{"report"}, "report", true},
		{[]string{"report"}, "reports", false},
		{[]string{"report*"}, "reports", true},
		{[]string{"a", "nightly-*"}, "nightly-x", true},
		{[]string{"a", "nightly-*"}, "nightly", false},
		{[]string{"*"}, "x", true},
	} {
		if got := (Stack{Families: c.families}).AllowsFamily(c.family); got != c.want {
			t.Errorf("%v allows %q: %v, want %v", c.families, c.family, got, c.want)
		}
	}
}

func TestStackFill(t *testing.T) {
	vpc := `{"awsvpcConfiguration":{"subnets":["subnet-1"]}}`
	awsvpc, bridge := &Definition{NetworkMode: "awsvpc"}, &Definition{NetworkMode: "bridge"}
	for name, c := range map[string]struct {
		defaults string
		op       Operation
		input    string
		def      *Definition
		want     string
	}{
		"nothing":                {``, RunTask, `{"a":1}`, nil, `{"a":1}`},
		"absent is filled":       {`{"cluster":"jobs"}`, RunTask, `{"a":1}`, nil, `{"a":1,"cluster":"jobs"}`},
		"null is absent":         {`{"cluster":"jobs"}`, RunTask, `{"cluster":null}`, nil, `{"cluster":"jobs"}`},
		"given stays":            {`{"cluster":"jobs"}`, RunTask, `{"cluster":"own"}`, nil, `{"cluster":"own"}`},
		"strategy excludes type": {`{"launchType":"FARGATE"}`, RunTask, `{"capacityProviderStrategy":[{}]}`, nil, `{"capacityProviderStrategy":[{}]}`},
		"type excludes strategy": {`{"capacityProviderStrategy":[{}]}`, RunTask, `{"launchType":"EC2"}`, nil, `{"launchType":"EC2"}`},
		"StartTask has no type":  {`{"launchType":"FARGATE","cluster":"jobs"}`, StartTask, `{}`, nil, `{"cluster":"jobs"}`},
		"a member of tomorrow":   {`{"tomorrow":1}`, StartTask, `{}`, nil, `{"tomorrow":1}`},
		"network for awsvpc":     {`{"networkConfiguration":` + vpc + `}`, RunTask, `{}`, awsvpc, `{"networkConfiguration":` + vpc + `}`},
		"no network for bridge":  {`{"networkConfiguration":` + vpc + `}`, RunTask, `{}`, bridge, `{}`},
		"network when unknown":   {`{"networkConfiguration":` + vpc + `}`, RunTask, `{}`, nil, `{"networkConfiguration":` + vpc + `}`},
		"platform is Fargate's":  {`{"platformVersion":"1.4.0"}`, RunTask, `{"launchType":"EC2"}`, nil, `{"launchType":"EC2"}`},
	} {
		t.Run(name, func(t *testing.T) {
			in := resolvedInput{Node: nodeOf(c.input)}
			(Stack{Defaults: json.RawMessage(c.defaults)}).fill(&in, fakeSpec{}, c.op, c.def)
			got := in.encode()
			var g, w any
			if json.Unmarshal(got, &g) != nil || json.Unmarshal([]byte(c.want), &w) != nil || !reflect.DeepEqual(g, w) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestStackExecuteCommand(t *testing.T) {
	asked := nodeOf(`{"enableExecuteCommand":true}`)
	if v := (Stack{}).violations(asked); len(v) != 1 || v[0].Rule != RuleExecuteCommand {
		t.Errorf("off: %v, want one violation of %s", v, RuleExecuteCommand)
	}
	if v := (Stack{ExecuteCommand: true}).violations(asked); len(v) != 0 {
		t.Errorf("on: %v, want none", v)
	}
	if v := (Stack{}).violations(nodeOf(`{"enableExecuteCommand":false}`)); len(v) != 0 {
		t.Errorf("not asked: %v, want none", v)
	}
}

func TestStackShows(t *testing.T) {
	r := &Run{Owner: "ann"}
	for _, c := range []struct {
		own    bool
		caller string
		want   bool
	}{{false, "bob", true}, {true, "bob", false}, {true, "ann", true}} {
		if got := (Stack{OwnerOnly: c.own}).shows(r, c.caller); got != c.want {
			t.Errorf("owner only %v, caller %s: %v, want %v", c.own, c.caller, got, c.want)
		}
	}
}
