package local

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

// Tasks of a definition that becomes INACTIVE continue (DR-02), ECS still describes it (DD-02), and no new run is accepted with it.
func TestDeregisterWhileRunning(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: 10 * time.Minute}), func(f *fixture) {
		f.start()
		id := f.submit(`{"taskDefinition":"job:1"}`)
		f.until(id, "running", func(r *run.Run) bool { return r.Status == run.Running })
		client, name := newECSClient(f.options), "job:1"
		out, err := client.DeregisterTaskDefinition(f.t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &name})
		if err != nil {
			t.Fatal(err)
		}
		if got := out.TaskDefinition.Status; got != types.TaskDefinitionStatusInactive {
			t.Fatalf("deregistered as %s, want INACTIVE", got)
		}
		described, err := client.DescribeTaskDefinition(f.t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: &name})
		if err != nil {
			t.Fatal(err)
		}
		if got := described.TaskDefinition.Status; got != types.TaskDefinitionStatusInactive {
			t.Errorf("described as %s, want INACTIVE", got)
		}
		faults := f.call("POST", "/runs", `{"taskDefinition":"job:1"}`, 400)["errors"].([]any)
		if first := faults[0].(map[string]any); first["rule"] != run.RuleDefinition {
			t.Errorf("a new run of it breaks rule %v (%v), want %s", first["rule"], first["detail"], run.RuleDefinition)
		}
		f.wantRun(f.end(id), run.Succeeded, "", 1)
	})
}
