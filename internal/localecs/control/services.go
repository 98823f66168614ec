package control

import (
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
)

// The local ECS has no services, and these operations say so.

const (
	maxServices  = 10
	maxProtected = 10 // UpdateTaskProtection; GetTaskProtection takes a page
	notOfService = "TASK_NOT_VALID"
)

// ListServices carries out ECS's operation of that name.
func (s *Plane) ListServices(in *ecs.ListServicesInput) (any, error) {
	if _, err := s.cluster(in.Cluster); err != nil {
		return nil, err
	}
	arns, next, err := ecsname.Page(nil, ecsname.Ascending, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ecs.ListServicesOutput{ServiceArns: arns, NextToken: next}, nil
}

// DescribeServices carries out ECS's operation of that name.
func (s *Plane) DescribeServices(in *ecs.DescribeServicesInput) (any, error) {
	cluster, err := s.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	switch {
	case len(in.Services) == 0:
		return nil, ecserror.Invalid("Services cannot be empty.")
	case len(in.Services) > maxServices:
		return nil, ecserror.Invalid("Services cannot have more than 10 elements.")
	}
	out := &ecs.DescribeServicesOutput{Services: []types.Service{}, Failures: []types.Failure{}}
	for _, ref := range in.Services {
		name, err := ecsname.ResourceIn("service", cluster, ref)
		if err != nil {
			return nil, err
		}
		out.Failures = append(out.Failures, types.Failure{Arn: new(ecsname.ServiceARN(cluster, name)), Reason: new(reasonMissing)})
	}
	return out, nil
}

// GetTaskProtection carries out ECS's operation of that name.
func (s *Plane) GetTaskProtection(in *ecs.GetTaskProtectionInput) (any, error) {
	failures, err := s.unprotected(in.Cluster, in.Tasks, ecsname.MaxPage)
	if err != nil {
		return nil, err
	}
	return &ecs.GetTaskProtectionOutput{ProtectedTasks: []types.ProtectedTask{}, Failures: failures}, nil
}

// UpdateTaskProtection carries out ECS's operation of that name.
func (s *Plane) UpdateTaskProtection(in *ecs.UpdateTaskProtectionInput) (any, error) {
	if len(in.Tasks) == 0 {
		return nil, ecserror.Invalid("Tasks cannot be empty.")
	}
	failures, err := s.unprotected(in.Cluster, in.Tasks, maxProtected)
	if err != nil {
		return nil, err
	}
	return &ecs.UpdateTaskProtectionOutput{ProtectedTasks: []types.ProtectedTask{}, Failures: failures}, nil
}

// unprotected returns, for each task, why it has no protection: only a service's tasks can have it.
func (s *Plane) unprotected(ref *string, tasks []string, most int) ([]types.Failure, error) {
	cluster, err := s.cluster(ref)
	if err != nil {
		return nil, err
	}
	if len(tasks) > most {
		return nil, ecserror.Invalid("Tasks cannot have more than %d elements.", most)
	}
	failures := []types.Failure{}
	for _, ref := range tasks {
		id, err := ecsname.ResourceIn("task", cluster, ref)
		if err != nil {
			return nil, err
		}
		reason := notOfService
		if t := s.visible(id); t == nil || t.Cluster != cluster {
			reason = reasonMissing
		}
		failures = append(failures, types.Failure{Arn: new(ecsname.TaskARN(cluster, id)), Reason: &reason})
	}
	return failures, nil
}
