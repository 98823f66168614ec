package local

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"davit/internal/run"
)

// unknownCatalog is a catalog that ECS throttles at submission, so that the launch makes the look-up.
type unknownCatalog struct{}

func (unknownCatalog) Definition(context.Context, string) (run.Definition, error) {
	return run.Definition{}, &run.EngineError{Operation: "DescribeTaskDefinition", Code: "ThrottlingException", Message: "Rate exceeded"}
}

func (unknownCatalog) Cluster(context.Context, string) error {
	return &run.EngineError{Operation: "DescribeClusters", Code: "ThrottlingException", Message: "Rate exceeded"}
}

// deadWorkflow fails as when the process dies after the record is written and before StartExecution.
type deadWorkflow struct{}

var errDead = errors.New("the process died")

func (deadWorkflow) Start(context.Context, run.Execution, string) error { return errDead }
func (deadWorkflow) Wake(context.Context, string, run.StepOutput) error { return errDead }

// instance returns the ARN of the cluster's container instance.
func (f *fixture) instance() string {
	f.t.Helper()
	out, err := newECSClient(f.options).ListContainerInstances(f.t.Context(), &ecs.ListContainerInstancesInput{})
	if err != nil || len(out.ContainerInstanceArns) == 0 {
		f.t.Fatalf("no container instance: %v", err)
	}
	return out.ContainerInstanceArns[0]
}
