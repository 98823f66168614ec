package localecs_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"davit/internal/localecs"
)

// DR-02, DR-03: what runs runs on, and nothing new starts.
func TestDeregisteredTasksRunOn(t *testing.T) {
	inBubble(t, localecs.Options{}, scripts, func(t *testing.T, b *fixture) {
		name := b.register("job", worker("app", "minute"))
		arn := b.runOne("job")
		if _, err := b.client.DeregisterTaskDefinition(t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &name}); err != nil {
			t.Fatal(err)
		}
		if task := b.task(arn); *task.DesiredStatus != "RUNNING" || *task.LastStatus == "STOPPED" {
			t.Errorf("the task is %s, wanted %s", *task.LastStatus, *task.DesiredStatus)
		}
		if _, err := b.client.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: &name}); err == nil {
			t.Error("the INACTIVE revision started another task")
		}
	})
}
