package apidoc_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"davit/internal/ecsspec"
	"davit/internal/run"
	"davit/internal/taskdef"
)

// family is a fake of ECS without task definitions that accepts every registration.
type family struct{ taskdef.Definitions }

func (family) Describe(context.Context, string) (taskdef.Definition, error) {
	return taskdef.Definition{}, &run.EngineError{Operation: "DescribeTaskDefinition", Unknown: true}
}

func (family) Register(_ context.Context, input json.RawMessage) (taskdef.Definition, error) {
	return taskdef.Definition{Definition: input}, nil
}

// The documented number of tags is accepted, one more is refused on that member.
func TestTagsOfTaskDefinitions(t *testing.T) {
	most, ok := at(load(t).schema("TaskDefinitionInput"), "properties", "tags", "maxItems").(int)
	if !ok {
		t.Fatal("tags have no maxItems")
	}
	registrar := &taskdef.Registrar{Writes: true, Spec: ecsspec.Spec{}, Definitions: family{}}
	for n, served := range map[int]bool{most: true, most + 1: false} {
		var tags []taskdef.Tag
		for i := range n {
			tags = append(tags, taskdef.Tag{Key: fmt.Sprint("k", i), Value: "v"})
		}
		body := encode(t, object{"family": "a", "tags": tags, "containerDefinitions": []any{object{"name": "c", "image": "i", "memory": 64}}})
		_, err := registrar.Register(t.Context(), []byte(body))
		if found := run.ViolationsOf(err); (err == nil) != served || !served && !breaks(found, "/tags", run.RuleContentTag) {
			t.Errorf("%d tags: %v %v, documented %t", n, err, found, served)
		}
	}
}

// The documented filters are those of the code.
func TestFiltersOfTaskDefinitions(t *testing.T) {
	parameter := map[string]any{}
	for _, o := range load(t).operations() {
		if o.String() == "GET /task-definitions" {
			for _, p := range listAt(o.object, "parameters") {
				parameter[textAt(p, "name")] = at(p, "schema")
			}
		}
	}
	wantSameNames(t, "status", texts(listAt(parameter["status"], "enum")), taskdef.Statuses())
	if textAt(parameter["status"], "default") != taskdef.Statuses()[0] {
		t.Errorf("the default is %v", at(parameter["status"], "default"))
	}
}
