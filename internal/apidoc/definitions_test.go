package apidoc_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"davit/internal/ecsspec"
	"davit/internal/run"
)

// family is an ECS that knows no task definition, and takes every one.
type family struct{ run.Definitions }

func (family) Describe(context.Context, string) (run.TaskDefinition, error) {
	return run.TaskDefinition{}, &run.EngineError{Operation: "DescribeTaskDefinition", Unknown: true}
}

func (family) Register(_ context.Context, input json.RawMessage) (run.TaskDefinition, error) {
	return run.TaskDefinition{Definition: input}, nil
}

// As many tags as are documented are taken, one more is refused on that member.
func TestTagsOfTaskDefinitions(t *testing.T) {
	most, ok := at(load(t).schema("TaskDefinitionInput"), "properties", "tags", "maxItems").(int)
	if !ok {
		t.Fatal("tags have no maxItems")
	}
	registrar := &run.Registrar{Writes: true, Spec: ecsspec.Spec{}, Definitions: family{}}
	for n, taken := range map[int]bool{most: true, most + 1: false} {
		var tags []run.Tag
		for i := range n {
			tags = append(tags, run.Tag{Key: fmt.Sprint("k", i), Value: "v"})
		}
		body := encode(t, object{"family": "a", "tags": tags, "containerDefinitions": []any{object{"name": "c", "image": "i", "memory": 64}}})
		_, err := registrar.Register(t.Context(), []byte(body))
		if found := run.ViolationsOf(err); (err == nil) != taken || !taken && !breaks(found, "/tags", run.RuleContentTag) {
			t.Errorf("%d tags: %v %v, documented %t", n, err, found, taken)
		}
	}
}

// The filters that are documented are those that the code takes.
func TestFiltersOfTaskDefinitions(t *testing.T) {
	parameter := map[string]any{}
	for _, o := range load(t).operations() {
		if o.String() == "GET /task-definitions" {
			for _, p := range listAt(o.object, "parameters") {
				parameter[textAt(p, "name")] = at(p, "schema")
			}
		}
	}
	same(t, "status", texts(listAt(parameter["status"], "enum")), run.DefinitionStatuses())
	if textAt(parameter["status"], "default") != run.DefinitionStatuses()[0] {
		t.Errorf("the default is %v", at(parameter["status"], "default"))
	}
}
