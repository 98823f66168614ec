package local

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/scripted"
	"davit/internal/run"
)

// TestDeregisterWhileRunning: tasks of a definition that becomes INACTIVE run on (DR-02), ECS still describes it (DD-02), and no new run
// is accepted with it.
func TestDeregisterWhileRunning(t *testing.T) {
	withAndWithoutEvents(t, app(scripted.Script{For: 10 * time.Minute}), func(f *fixture) {
		f.start()
		id := f.submit(`{"taskDefinition":"job:1"}`)
		f.until(id, "running", func(r *run.Run) bool { return r.Status == run.Running })
		client, name := newECSClient(f.options), "job:1"
		out, err := client.DeregisterTaskDefinition(f.t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &name})
		if err != nil || out.TaskDefinition.Status != types.TaskDefinitionStatusInactive {
			t.Fatalf("%+v %v", out, err)
		}
		described, err := client.DescribeTaskDefinition(f.t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: &name})
		if err != nil || described.TaskDefinition.Status != types.TaskDefinitionStatusInactive {
			t.Errorf("%+v %v", described, err)
		}
		faults := f.call("POST", "/runs", `{"taskDefinition":"job:1"}`, 400)["errors"].([]any)
		if first := faults[0].(map[string]any); first["rule"] != run.RuleDefinition {
			t.Errorf("a new run of it: %v", first)
		}
		f.wantRun(f.end(id), run.Succeeded, "", 1)
	})
}
