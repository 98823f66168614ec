package awsecs

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/run"
)

const (
	listPage = 100 // the most that ECS lists in one call
	maxPages = 10
)

// ListAPI is what a Lister calls.
type ListAPI interface {
	ListTasks(context.Context, *ecs.ListTasksInput, ...func(*ecs.Options)) (*ecs.ListTasksOutput, error)
}

// Lister finds tasks.
type Lister struct {
	api     ListAPI
	patient tuning
}

// NewLister makes a Lister of a client.
func NewLister(api ListAPI) *Lister { return &Lister{api: api, patient: patient()} }

// List returns every task that matches, in ECS's order. Of more than maxPages it returns the first, beside an
// error that is Truncated: a part must not be read as all there is. Any page that fails is an error. ECS documents startedBy as a filter that stands alone; q is passed on as it is.
func (l *Lister) List(ctx context.Context, q run.TaskQuery) ([]string, error) {
	in := listInput(q)
	var arns []string
	for range maxPages {
		page, err := l.page(ctx, in)
		if err != nil {
			return nil, err
		}
		arns = append(arns, page.TaskArns...)
		if aws.ToString(page.NextToken) == "" {
			return arns, nil
		}
		in.NextToken = page.NextToken
	}
	return arns, &run.EngineError{Operation: "ListTasks", Message: fmt.Sprintf("more than %d pages of tasks match", maxPages), Truncated: true}
}

func (l *Lister) page(ctx context.Context, in *ecs.ListTasksInput) (*ecs.ListTasksOutput, error) {
	const op = "ListTasks"
	out, err := call(ctx, op, l.api.ListTasks, in, l.patient)
	if err == nil && out.TaskArns == nil {
		return nil, lost(op, errors.New("the reply holds no taskArns"))
	}
	return out, err
}

// listInput leaves desiredStatus out for running tasks: RUNNING is ECS's default, and startedBy wants to be the only filter.
func listInput(q run.TaskQuery) *ecs.ListTasksInput {
	in := &ecs.ListTasksInput{
		Cluster:    optional(q.Cluster),
		StartedBy:  optional(q.StartedBy),
		Family:     optional(q.Family),
		MaxResults: aws.Int32(listPage),
	}
	if q.Stopped {
		in.DesiredStatus = types.DesiredStatusStopped
	}
	return in
}
