package awsecs

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// RegisterAPI is what a Registrar calls.
type RegisterAPI interface {
	DefinitionAPI
	RegisterTaskDefinition(context.Context, *ecs.RegisterTaskDefinitionInput, ...func(*ecs.Options)) (*ecs.RegisterTaskDefinitionOutput, error)
}

// Registrar is run.Definitions on ECS.
type Registrar struct {
	api     RegisterAPI
	patient tuning
}

// NewRegistrar makes a Registrar of a client.
func NewRegistrar(api RegisterAPI) *Registrar { return &Registrar{api: api, patient: patient()} }

// Register makes a new revision of input's family, tags included, in exactly one HTTP request: ECS has no token for it, so a repeat
// makes another revision (RD-20). After an error whose Unclear is true, look at Latest first.
func (r *Registrar) Register(ctx context.Context, input json.RawMessage) (json.RawMessage, error) {
	const op = "RegisterTaskDefinition"
	in, err := decode[ecs.RegisterTaskDefinitionInput](op, input)
	if err != nil {
		return nil, err
	}
	out, err := call(ctx, op, r.api.RegisterTaskDefinition, in, once)
	if err != nil {
		return nil, err
	}
	if out.TaskDefinition == nil {
		return nil, lost(op, errors.New("the reply holds no task definition"))
	}
	return encode(op, out.TaskDefinition)
}

// Latest answers the latest ACTIVE revision of a family, and its tags, which ECS keeps beside the definition. A family without one is
// an error whose Unknown is true.
func (r *Registrar) Latest(ctx context.Context, family string) (definition json.RawMessage, tags map[string]string, err error) {
	out, err := describeDefinition(ctx, r.api, family, r.patient, types.TaskDefinitionFieldTags)
	if err != nil {
		return nil, nil, err
	}
	tags = make(map[string]string, len(out.Tags))
	for _, t := range out.Tags {
		tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	definition, err = encode("DescribeTaskDefinition", out.TaskDefinition)
	return definition, tags, err
}
