package awsecs

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/run"
)

// describeBatch is how many tasks ECS describes in one call (DT-01).
const describeBatch = 100

// reasonMissing is the failure of a task or cluster that ECS does not know.
const reasonMissing = "MISSING"

// DescribeAPI is what a Describer calls.
type DescribeAPI interface {
	DescribeTasks(context.Context, *ecs.DescribeTasksInput, ...func(*ecs.Options)) (*ecs.DescribeTasksOutput, error)
}

// Describer reads tasks.
type Describer struct {
	api     DescribeAPI
	patient tuning
}

// NewDescriber makes a Describer of a client.
func NewDescriber(api DescribeAPI) *Describer { return &Describer{api: api, patient: patient()} }

// Describe reads tasks with their tags. cluster "" is the default cluster; no ARNs, no call. It is all or nothing: the first batch
// that fails ends it, and so does a task with a failure other than MISSING, whose reason is then the error's Code. A task of which the
// reply has nothing is in neither list. A task without tags has an empty list of them: it was asked for them.
func (d *Describer) Describe(ctx context.Context, cluster string, arns []string) (run.Description, error) {
	var all run.Description
	for batch := range slices.Chunk(arns, describeBatch) {
		if err := d.describe(ctx, cluster, batch, &all); err != nil {
			return run.Description{}, err
		}
	}
	return all, nil
}

func (d *Describer) describe(ctx context.Context, cluster string, arns []string, into *run.Description) error {
	const op = "DescribeTasks"
	out, err := call(ctx, op, d.api.DescribeTasks, &ecs.DescribeTasksInput{
		Cluster: optional(cluster),
		Tasks:   arns,
		Include: []types.TaskField{types.TaskFieldTags},
	}, d.patient)
	if err != nil {
		return err
	}
	if out.Tasks == nil && out.Failures == nil {
		return lost(op, errors.New("the reply holds neither tasks nor failures"))
	}
	for _, f := range out.Failures {
		if aws.ToString(f.Reason) != reasonMissing {
			return failed(op, f)
		}
		into.Missing = append(into.Missing, aws.ToString(f.Arn))
	}
	for i := range out.Tasks {
		if out.Tasks[i].Tags == nil {
			out.Tasks[i].Tags = []types.Tag{}
		}
	}
	tasks, err := encodeAll(op, out.Tasks)
	into.Tasks = append(into.Tasks, tasks...)
	return err
}

// failed is the error of a failure inside an answer to a read.
func failed(op string, f types.Failure) *run.EngineError {
	words := []string{aws.ToString(f.Arn), aws.ToString(f.Detail)}
	return refused(op, aws.ToString(f.Reason), strings.TrimSpace(strings.Join(words, " ")))
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
