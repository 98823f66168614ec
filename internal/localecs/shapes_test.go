package localecs_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"davit/internal/localecs"
)

// members are the names in a JSON object, with those inside it and inside the first element of its lists: "tasks.0.overrides".
func members(t *testing.T, text []byte) []string {
	t.Helper()
	var root any
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	var all []string
	var walk func(at string, v any)
	walk = func(at string, v any) {
		all = append(all, at)
		switch v := v.(type) {
		case map[string]any:
			for name, inner := range v {
				walk(strings.TrimPrefix(at+"."+name, "."), inner)
			}
		case []any:
			if len(v) > 0 {
				walk(at+".0", v[0])
			}
		}
	}
	walk("", root)
	return all
}

// Lists that are empty and the overrides that name every container are there in ECS's answers, and programs index them.
func TestWhatIsAlwaysThere(t *testing.T) {
	server := newServer(t, localecs.Options{})
	call := func(operation, body string, want ...string) {
		t.Helper()
		w := post(server, operation, body, nil)
		got := members(t, w.Body.Bytes())
		for _, name := range want {
			if !slices.Contains(got, name) {
				t.Errorf("%s has no %s: %s", operation, name, w.Body)
			}
		}
	}
	definition := []string{
		"taskDefinition.volumes", "taskDefinition.placementConstraints", "taskDefinition.containerDefinitions.0.cpu",
		"taskDefinition.containerDefinitions.0.environment", "taskDefinition.containerDefinitions.0.mountPoints",
		"taskDefinition.containerDefinitions.0.portMappings", "taskDefinition.containerDefinitions.0.volumesFrom",
	}
	sleep360 := `{"family":"sleep360","containerDefinitions":[{"name":"sleep","image":"busybox","command":["forever"],"memory":10}]}`
	call("RegisterTaskDefinition", sleep360, definition...)
	call("DescribeTaskDefinition", `{"taskDefinition":"sleep360:1"}`, definition...)
	call("RunTask", `{"cluster":"default","taskDefinition":"sleep360:1"}`,
		"failures", "tasks.0.attachments", "tasks.0.attributes", "tasks.0.containers.0.networkBindings",
		"tasks.0.containers.0.networkInterfaces", "tasks.0.overrides.containerOverrides.0.name")
	call("RunTask", `{"taskDefinition":"sleep360","overrides":{"cpu":"64"}}`,
		"tasks.0.overrides.cpu", "tasks.0.overrides.containerOverrides.0.name")
	call("DeregisterTaskDefinition", `{"taskDefinition":"sleep360:1"}`, definition...)
}

func TestOverridesNameEveryContainer(t *testing.T) {
	server := newServer(t, localecs.Options{})
	post(server, "RegisterTaskDefinition", `{"family":"two","containerDefinitions":[
		{"name":"a","image":"i","command":["forever"],"memory":10},{"name":"b","image":"i","command":["forever"],"memory":10}]}`, nil)
	w := post(server, "RunTask", `{"taskDefinition":"two","overrides":{"containerOverrides":[{"name":"b","command":["forever","x"]}]}}`, nil)
	if want := `"containerOverrides":[{"name":"a"},{"command":["forever","x"],"name":"b"}]`; !strings.Contains(w.Body.String(), want) {
		t.Errorf("want %s: %s", want, w.Body)
	}
}
