package awsecs

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/run"
)

// DefinitionAPI reads task definitions.
type DefinitionAPI interface {
	DescribeTaskDefinition(context.Context, *ecs.DescribeTaskDefinitionInput, ...func(*ecs.Options)) (*ecs.DescribeTaskDefinitionOutput, error)
}

// CatalogAPI is what a Catalog calls.
type CatalogAPI interface {
	DefinitionAPI
	DescribeClusters(context.Context, *ecs.DescribeClustersInput, ...func(*ecs.Options)) (*ecs.DescribeClustersOutput, error)
}

// Catalog is run.Catalog on ECS. It keeps nothing: every call asks ECS.
type Catalog struct {
	api     CatalogAPI
	patient tuning
}

// NewCatalog makes a Catalog of a client.
func NewCatalog(api CatalogAPI) *Catalog { return &Catalog{api: api, patient: patient()} }

// Definition looks up a family (its latest ACTIVE revision), a family:revision or an ARN. A revision that is not ACTIVE cannot be
// launched and counts as unknown, whether ECS still describes it or not.
func (c *Catalog) Definition(ctx context.Context, name string) (run.Definition, error) {
	out, err := describeDefinition(ctx, c.api, name, c.patient)
	if err != nil {
		return run.Definition{}, err
	}
	if status := out.TaskDefinition.Status; status != types.TaskDefinitionStatusActive {
		return run.Definition{}, notActive(opDescribeDefinition, "the task definition is "+string(status))
	}
	return definition(out.TaskDefinition), nil
}

// Cluster returns nil when the cluster is there and ACTIVE; "" is the default cluster.
func (c *Catalog) Cluster(ctx context.Context, name string) error {
	const op = "DescribeClusters"
	in := &ecs.DescribeClustersInput{}
	if name != "" {
		in.Clusters = []string{name}
	}
	out, err := call(ctx, op, c.api.DescribeClusters, in, c.patient)
	switch {
	case err != nil:
		return err
	case len(out.Failures) > 0:
		e := failed(op, out.Failures[0])
		e.Unknown = e.Code == reasonMissing
		return e
	case len(out.Clusters) == 0:
		return lost(op, errors.New("the reply holds neither clusters nor failures"))
	}
	if status := aws.ToString(out.Clusters[0].Status); status != "ACTIVE" {
		return notActive(op, "the cluster is "+status)
	}
	return nil
}

const opDescribeDefinition = "DescribeTaskDefinition"

func describeDefinition(ctx context.Context, api DefinitionAPI, name string, patient tuning, include ...types.TaskDefinitionField) (*ecs.DescribeTaskDefinitionOutput, error) {
	const op = opDescribeDefinition
	out, err := call(ctx, op, api.DescribeTaskDefinition, &ecs.DescribeTaskDefinitionInput{TaskDefinition: optional(name), Include: include}, patient)
	if err != nil {
		return nil, err
	}
	if out.TaskDefinition == nil {
		return nil, lost(op, errors.New("the reply holds no task definition"))
	}
	return out, nil
}

func notActive(op, message string) *run.EngineError {
	return &run.EngineError{Operation: op, Message: message, Unknown: true}
}
