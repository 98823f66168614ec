package control

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/clusterquery"
	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/placement"
)

// instanceNotFound is what ECS says of a container instance that it does not know.
func instanceNotFound() error {
	return ecserror.Invalid("The referenced container instance was not found.")
}

// ListContainerInstances carries out ECS's operation of that name.
func (s *Plane) ListContainerInstances(in *ecs.ListContainerInstancesInput) (any, error) {
	cluster, err := s.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	statuses := []string{statusActive, placement.Draining}
	if in.Status != "" {
		if !slices.Contains(in.Status.Values(), in.Status) {
			return nil, ecserror.Invalid("status should be one of %v.", in.Status.Values())
		}
		statuses = []string{string(in.Status)}
	}
	selected, err := s.selected(cluster, statuses, ecsname.Value(in.Filter))
	if err != nil {
		return nil, err
	}
	var entries []ecsname.Entry
	for _, i := range selected {
		entries = append(entries, ecsname.Entry{Key: i.ClusterID(), Name: i.ARN()})
	}
	slices.SortFunc(entries, ecsname.ByKey)
	arns, next, err := ecsname.Page(entries, ecsname.Ascending, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ecs.ListContainerInstancesOutput{ContainerInstanceArns: arns, NextToken: next}, nil
}

// selected are the instances of the statuses that an expression selects; no expression selects all.
func (s *Plane) selected(cluster string, statuses []string, filter string) ([]placement.Instance, error) {
	all := s.Instances(cluster, statuses...)
	if filter == "" {
		return all, nil
	}
	query, err := clusterquery.Parse(filter)
	if err != nil {
		return nil, ecserror.Invalid("Invalid filter: %v.", err)
	}
	loads := s.loads(cluster)
	return slices.DeleteFunc(all, func(i placement.Instance) bool { return !query.Matches(i.Queried(loads[i.Index])) }), nil
}

// DescribeContainerInstances carries out ECS's operation of that name.
func (s *Plane) DescribeContainerInstances(in *ecs.DescribeContainerInstancesInput) (any, error) {
	cluster, err := s.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	switch {
	case len(in.ContainerInstances) == 0:
		return nil, ecserror.Invalid("Container instances cannot be empty.")
	case len(in.ContainerInstances) > ecsname.MaxPage:
		return nil, ecserror.Invalid("Container instances cannot have more than 100 elements.")
	}
	if err := ecsname.CheckInclude(in.Include); err != nil {
		return nil, err
	}
	out := &ecs.DescribeContainerInstancesOutput{ContainerInstances: []types.ContainerInstance{}, Failures: []types.Failure{}}
	loads := s.loads(cluster)
	for _, ref := range in.ContainerInstances {
		i, id, err := s.FindInstance(cluster, ref)
		if err != nil {
			return nil, err
		}
		if i == nil {
			out.Failures = append(out.Failures, types.Failure{Arn: new(ecsname.InstanceARN(cluster, id)), Reason: new(reasonMissing)})
			continue
		}
		shown := s.showInstance(*i, loads[i.Index])
		if slices.Contains(in.Include, types.ContainerInstanceFieldTags) {
			shown.Tags = ecsname.OrEmpty(i.Tags)
		}
		out.ContainerInstances = append(out.ContainerInstances, shown)
	}
	return out, nil
}

// showInstance returns what the machine has and what the tasks of all clusters leave of it; the tasks counted are the cluster's own.
// The answer is read without the lock, so it has no pointer into what may change.
func (s *Plane) showInstance(i placement.Instance, l placement.Load) types.ContainerInstance {
	shown := types.ContainerInstance{
		ContainerInstanceArn: new(i.ARN()), Ec2InstanceId: new(i.Ec2ID()), Status: new(i.Status), Version: i.Version,
		AgentConnected: i.AgentConnected(), VersionInfo: &types.VersionInfo{AgentVersion: new(placement.AgentVersion)},
		RegisteredAt: new(i.RegisteredAt), Attributes: i.ShownAttributes(), Attachments: []types.Attachment{}, Tags: []types.Tag{},
		RegisteredResources: i.Registered(), RemainingResources: i.Remaining(),
		RunningTasksCount: l.Running, PendingTasksCount: l.Pending,
	}
	if i.CapacityProvider != "" {
		shown.CapacityProviderName = &i.CapacityProvider
	}
	return shown
}
