package awsecs

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// StopAPI is what a Stopper calls.
type StopAPI interface {
	StopTask(context.Context, *ecs.StopTaskInput, ...func(*ecs.Options)) (*ecs.StopTaskOutput, error)
}

// Stopper asks tasks to stop.
type Stopper struct {
	api     StopAPI
	patient tuning
}

// NewStopper makes a Stopper of a client.
func NewStopper(api StopAPI) *Stopper { return &Stopper{api: api, patient: patient()} }

// Stop asks ECS to stop a task and answers it as it is then, most often not yet STOPPED. ECS shows reason, at most 255 characters, as
// the task's stoppedReason; "" leaves it to ECS. A task or cluster that ECS does not know is an error whose Unknown is true. After
// retries the error speaks of the last try.
func (s *Stopper) Stop(ctx context.Context, cluster, arn, reason string) (json.RawMessage, error) {
	const op = "StopTask"
	out, err := call(ctx, op, s.api.StopTask, &ecs.StopTaskInput{
		Cluster: optional(cluster),
		Task:    &arn,
		Reason:  optional(reason),
	}, s.patient)
	if err != nil {
		return nil, err
	}
	if out.Task == nil {
		return nil, lost(op, errors.New("the reply holds no task"))
	}
	return encode(op, out.Task)
}
