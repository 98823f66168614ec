package control

import (
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/placement"
)

const reasonInactive = "INACTIVE"

// maxStateUpdates is the most instances that one UpdateContainerInstancesState takes.
const maxStateUpdates = 10

// UpdateContainerInstancesState drains instances or takes them back. Tasks that run there are left alone: they belong to no service.
func (s *Plane) UpdateContainerInstancesState(in *ecs.UpdateContainerInstancesStateInput) (any, error) {
	cluster, err := s.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	switch {
	case len(in.ContainerInstances) == 0:
		return nil, ecserror.Invalid("Container instances cannot be empty.")
	case len(in.ContainerInstances) > maxStateUpdates:
		return nil, ecserror.Invalid("Container instances cannot have more than 10 elements.")
	case in.Status != types.ContainerInstanceStatusActive && in.Status != types.ContainerInstanceStatusDraining:
		return nil, ecserror.Invalid("Container instance status should be one of [ACTIVE, DRAINING].")
	}
	out := &ecs.UpdateContainerInstancesStateOutput{ContainerInstances: []types.ContainerInstance{}, Failures: []types.Failure{}}
	loads := s.loads(cluster)
	for _, ref := range in.ContainerInstances {
		i, id, err := s.FindInstance(cluster, ref)
		switch {
		case err != nil:
			return nil, err
		case i == nil:
			out.Failures = append(out.Failures, types.Failure{Arn: new(ecsname.InstanceARN(cluster, id)), Reason: new(reasonMissing)})
		case i.Status == placement.Inactive:
			out.Failures = append(out.Failures, types.Failure{Arn: new(i.ARN()), Reason: new(reasonInactive)})
		default:
			s.setStatus(*i, string(in.Status))
			out.ContainerInstances = append(out.ContainerInstances, s.showInstance(*i, loads[i.Index]))
		}
	}
	return out, nil
}

func (s *Plane) setStatus(i placement.Instance, status string) {
	if i.Status != status {
		i.Status = status
		s.saveRegistration(i)
	}
}

// DeregisterContainerInstance takes an instance out of its cluster for good. With force its tasks stay and go on to their end.
func (s *Plane) DeregisterContainerInstance(in *ecs.DeregisterContainerInstanceInput) (any, error) {
	cluster, err := s.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	i, _, err := s.FindInstance(cluster, ecsname.Value(in.ContainerInstance))
	if err != nil {
		return nil, err
	}
	if i == nil {
		return nil, instanceNotFound()
	}
	l := s.loads(cluster)[i.Index]
	if i.Status != placement.Inactive && l.Running+l.Pending > 0 && !ecsname.Value(in.Force) {
		return nil, ecserror.Invalid("Found running tasks on the instance.")
	}
	s.setStatus(*i, placement.Inactive)
	return &ecs.DeregisterContainerInstanceOutput{ContainerInstance: new(s.showInstance(*i, l))}, nil
}
