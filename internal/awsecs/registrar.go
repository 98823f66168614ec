package awsecs

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/taskdef"
)

// RegisterAPI is what a Registrar calls.
type RegisterAPI interface {
	DefinitionAPI
	RegisterTaskDefinition(context.Context, *ecs.RegisterTaskDefinitionInput, ...func(*ecs.Options)) (*ecs.RegisterTaskDefinitionOutput, error)
	DeregisterTaskDefinition(context.Context, *ecs.DeregisterTaskDefinitionInput, ...func(*ecs.Options)) (*ecs.DeregisterTaskDefinitionOutput, error)
	ListTaskDefinitions(context.Context, *ecs.ListTaskDefinitionsInput, ...func(*ecs.Options)) (*ecs.ListTaskDefinitionsOutput, error)
}

// Registrar is taskdef.Definitions on ECS.
type Registrar struct {
	api     RegisterAPI
	patient tuning
}

// NewRegistrar makes a Registrar of a client.
func NewRegistrar(api RegisterAPI) *Registrar { return &Registrar{api: api, patient: patient()} }

// Register makes a new revision of input's family, tags included, in exactly one HTTP request: ECS has no token for it, so a repeat
// makes another revision (RD-20). After an error whose Unclear is true, look at the family's latest revision first.
func (r *Registrar) Register(ctx context.Context, input json.RawMessage) (taskdef.Definition, error) {
	const op = "RegisterTaskDefinition"
	in, err := decode[ecs.RegisterTaskDefinitionInput](op, input)
	if err != nil {
		return taskdef.Definition{}, err
	}
	out, err := call(ctx, op, r.api.RegisterTaskDefinition, in, once)
	if err != nil {
		return taskdef.Definition{}, err
	}
	return taskDefinition(op, out.TaskDefinition, out.Tags)
}

// Describe returns a revision of any status with its tags, which ECS keeps beside it; of a family the latest ACTIVE one.
func (r *Registrar) Describe(ctx context.Context, name string) (taskdef.Definition, error) {
	out, err := describeDefinition(ctx, r.api, name, r.patient, types.TaskDefinitionFieldTags)
	if err != nil {
		return taskdef.Definition{}, err
	}
	return taskDefinition(opDescribeDefinition, out.TaskDefinition, out.Tags)
}

// Deregister makes a revision INACTIVE. It does no harm twice, so it is tried as reads are.
func (r *Registrar) Deregister(ctx context.Context, name string) (taskdef.Definition, error) {
	const op = "DeregisterTaskDefinition"
	out, err := call(ctx, op, r.api.DeregisterTaskDefinition, &ecs.DeregisterTaskDefinitionInput{TaskDefinition: optional(name)}, r.patient)
	if err != nil {
		return taskdef.Definition{}, err
	}
	made, err := taskDefinition(op, out.TaskDefinition, nil)
	made.Tags = nil // the reply has none, whatever the definition has
	return made, err
}

// List returns one page of ECS's, in ECS's order.
func (r *Registrar) List(ctx context.Context, q taskdef.Query) (taskdef.Page, error) {
	const op = "ListTaskDefinitions"
	out, err := call(ctx, op, r.api.ListTaskDefinitions, &ecs.ListTaskDefinitionsInput{
		FamilyPrefix: optional(q.Family),
		Status:       types.TaskDefinitionStatus(q.Status),
		MaxResults:   aws.Int32(int32(min(q.Limit, listPage))),
		NextToken:    optional(q.Token),
	}, r.patient)
	if err != nil {
		return taskdef.Page{}, err
	}
	if out.TaskDefinitionArns == nil {
		return taskdef.Page{}, lost(op, errors.New("the reply holds no taskDefinitionArns"))
	}
	return taskdef.Page{ARNs: out.TaskDefinitionArns, Next: aws.ToString(out.NextToken)}, nil
}

func taskDefinition(op string, d *types.TaskDefinition, tags []types.Tag) (taskdef.Definition, error) {
	if d == nil {
		return taskdef.Definition{}, lost(op, errors.New("the reply holds no task definition"))
	}
	data, err := encode(op, d)
	if err != nil {
		return taskdef.Definition{}, err
	}
	made := taskdef.Definition{Definition: data, Tags: make([]taskdef.Tag, 0, len(tags))}
	for _, t := range tags {
		made.Tags = append(made.Tags, taskdef.Tag{Key: aws.ToString(t.Key), Value: aws.ToString(t.Value)})
	}
	return made, nil
}
