package taskdef

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// What asks for the same has one hash, what does not has another.
func TestContentHash(t *testing.T) {
	const base = `{"family":"job","cpu":"256","tags":[{"key":"a","value":"1"},{"key":"b","value":"2"}],"requiresCompatibilities":["EC2","FARGATE"],
		"volumes":[{"name":"v"},{"name":"w"}],
		"containerDefinitions":[{"name":"app","command":["x","y"],"memory":64,"environment":[{"name":"A","value":"1"},{"name":"B","value":"2"},{"name":"A","value":"3"}],
		"secrets":[{"name":"S","valueFrom":"s"},{"name":"T","valueFrom":"t"}],"portMappings":[{"containerPort":1},{"containerPort":2}],
		"mountPoints":[{"sourceVolume":"v"},{"sourceVolume":"w"}],"ulimits":[{"name":"core"},{"name":"cpu"}],"dnsServers":["1.1.1.1","8.8.8.8"],
		"environmentFiles":[{"value":"a.env"},{"value":"b.env"}],"dependsOn":[{"containerName":"x"},{"containerName":"y"}],
		"linuxParameters":{"capabilities":{"add":["KILL","CHOWN"],"drop":["A","B"]}}}]}`
	want, err := contentHash([]byte(base))
	if err != nil || len(want) != 64 {
		t.Fatalf("%q %v", want, err)
	}
	for what, change := range map[string][2]string{
		"tags":                    {`{"key":"a","value":"1"},{"key":"b","value":"2"}`, `{"value":"2","key":"b"},{"key":"a","value":"1"}`},
		"requiresCompatibilities": {`"EC2","FARGATE"`, `"FARGATE","EC2"`},
		"environment":             {`{"name":"A","value":"1"},{"name":"B","value":"2"}`, `{"name":"B","value":"2"},{"name":"A","value":"1"}`},
		"secrets":                 {`{"name":"S","valueFrom":"s"},{"name":"T","valueFrom":"t"}`, `{"name":"T","valueFrom":"t"},{"name":"S","valueFrom":"s"}`},
		"volumes":                 {`{"name":"v"},{"name":"w"}`, `{"name":"w"},{"name":"v"}`},
		"portMappings":            {`{"containerPort":1},{"containerPort":2}`, `{"containerPort":2},{"containerPort":1}`},
		"mountPoints":             {`{"sourceVolume":"v"},{"sourceVolume":"w"}`, `{"sourceVolume":"w"},{"sourceVolume":"v"}`},
		"ulimits":                 {`{"name":"core"},{"name":"cpu"}`, `{"name":"cpu"},{"name":"core"}`},
		"dependsOn":               {`{"containerName":"x"},{"containerName":"y"}`, `{"containerName":"y"},{"containerName":"x"}`},
		"capabilities":            {`"KILL","CHOWN"`, `"CHOWN","KILL"`},
		"dropped capabilities":    {`"A","B"`, `"B","A"`},
		"null":                    {`"cpu":"256"`, `"cpu":"256","memory":null`},
		"a number's writing":      {`"memory":64`, `"memory":6.4e1`},
		"white space":             {`"cpu":`, "\n\"cpu\" : "},
	} {
		if got := hashOf(t, base, change); got != want {
			t.Errorf("%s makes a difference", what)
		}
	}
	others := []string{want}
	for what, change := range map[string][2]string{
		"command":                     {`"x","y"`, `"y","x"`},
		"dnsServers":                  {`"1.1.1.1","8.8.8.8"`, `"8.8.8.8","1.1.1.1"`},
		"environmentFiles":            {`{"value":"a.env"},{"value":"b.env"}`, `{"value":"b.env"},{"value":"a.env"}`},
		"a name that is there twice":  {`{"name":"A","value":"1"},{"name":"B","value":"2"},{"name":"A","value":"3"}`, `{"name":"A","value":"3"},{"name":"B","value":"2"},{"name":"A","value":"1"}`},
		"a tag's value":               {`"key":"a","value":"1"`, `"key":"a","value":"2"`},
		"a tag less":                  {`,{"key":"b","value":"2"}`, ``},
		"an empty string":             {`"cpu":"256"`, `"cpu":""`},
		"a member of no value":        {`"cpu":"256",`, ``},
		"a string instead of number":  {`"memory":64`, `"memory":"64"`},
		"a capability that moves":     {`"add":["KILL","CHOWN"],"drop":["A","B"]`, `"drop":["KILL","CHOWN"],"add":["A","B"]`},
		"an environment's values":     {`{"name":"A","value":"1"},{"name":"B","value":"2"}`, `{"name":"A","value":"2"},{"name":"B","value":"1"}`},
		"a list in place of its item": {`"x","y"`, `["x","y"]`},
	} {
		got := hashOf(t, base, change)
		if slices.Contains(others, got) {
			t.Errorf("%s makes no difference", what)
		}
		others = append(others, got)
	}
	if _, err := contentHash([]byte(`{`)); err == nil {
		t.Error("what is no JSON has a hash")
	}
}

// Of what has one name the last counts: such values keep their order among themselves, wherever others stand between them.
func TestContentHashKeepsTheOrderOfOneName(t *testing.T) {
	variable := func(name, value int) string { return fmt.Sprintf(`{"name":"N%d","value":"%d"}`, name, value) }
	var mixed, grouped, swapped []string
	for value := range 20 {
		mixed = append(mixed, variable(0, value), variable(1, value), variable(2, value))
	}
	for name := range 3 {
		for value := range 20 {
			grouped, swapped = append(grouped, variable(name, value)), append(swapped, variable(name, value^1))
		}
	}
	hash := func(list []string) string {
		return hashOf(t, `{"environment":[`+strings.Join(list, ",")+`]}`, [2]string{})
	}
	if hash(mixed) != hash(grouped) {
		t.Error("it makes a difference where other names stand")
	}
	if hash(mixed) == hash(swapped) {
		t.Error("the order of values of one name makes no difference")
	}
}

func hashOf(t *testing.T, base string, change [2]string) string {
	t.Helper()
	if !strings.Contains(base, change[0]) {
		t.Fatalf("there is no %s", change[0])
	}
	hash, err := contentHash([]byte(strings.Replace(base, change[0], change[1], 1)))
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func TestTagsThatDavitNeeds(t *testing.T) {
	tags := func(n int, more string) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(`{"key":"k%d","value":"v"}`, i))
		}
		return `{"tags":[` + strings.Join(append(all, more), ",") + `]}`
	}
	own := `{"key":"` + ContentTag + `","value":"forged"}`
	for _, c := range []struct {
		input string
		want  []string
	}{
		{`{}`, nil},
		{`{"tags":null}`, nil},
		{tags(48, `{"key":"last"}`), nil},
		{tags(49, `{"key":"last"}`), []string{"/tags DV-22"}},
		{tags(1, own), []string{"/tags/1/key DV-22"}},
		{tags(49, own), []string{"/tags DV-22", "/tags/49/key DV-22"}},
		{tags(1, `{"key":"DAVIT:content-hash"}`), nil},
		{`{"tags":"no list"}`, nil}, // DV-05
		{``, nil},                   // DV-01
	} {
		if got := faults(tagViolations([]byte(c.input))); !slices.Equal(got, c.want) {
			t.Errorf("%.60s: %v, want %v", c.input, got, c.want)
		}
	}
}
