package localecs

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// instance finds an instance of a cluster by id or ARN; -1 is none.
func (s *Server) instance(cluster, ref string) (index int, id string, err error) {
	id, err = resourceIn("container-instance", cluster, ref)
	if err != nil {
		return -1, "", err
	}
	for i := range s.opt.Instances {
		if instanceID(i) == id {
			return i, id, nil
		}
	}
	return -1, id, nil
}

func (s *Server) listContainerInstances(in *ecs.ListContainerInstancesInput) (any, error) {
	cluster, err := s.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	if value(in.Filter) != "" {
		return nil, clientError("The local ECS does not filter container instances by an expression.")
	}
	var entries []entry
	if in.Status == "" || in.Status == types.ContainerInstanceStatusActive {
		for i := range s.opt.Instances {
			id := instanceID(i)
			entries = append(entries, entry{id, instanceARN(cluster, id)})
		}
	}
	slices.SortFunc(entries, byKey)
	arns, next, err := page(entries, ascending, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ecs.ListContainerInstancesOutput{ContainerInstanceArns: arns, NextToken: next}, nil
}

func (s *Server) describeContainerInstances(in *ecs.DescribeContainerInstancesInput) (any, error) {
	cluster, err := s.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	switch {
	case len(in.ContainerInstances) == 0:
		return nil, invalid("Container instances cannot be empty.")
	case len(in.ContainerInstances) > maxPage:
		return nil, invalid("Container instances cannot have more than 100 elements.")
	}
	out := &ecs.DescribeContainerInstancesOutput{ContainerInstances: []types.ContainerInstance{}, Failures: []types.Failure{}}
	for _, ref := range in.ContainerInstances {
		index, id, err := s.instance(cluster, ref)
		if err != nil {
			return nil, err
		}
		if index < 0 {
			out.Failures = append(out.Failures, types.Failure{Arn: new(instanceARN(cluster, id)), Reason: new(reasonMissing)})
			continue
		}
		out.ContainerInstances = append(out.ContainerInstances, s.showInstance(cluster, index))
	}
	return out, nil
}

// showInstance tells what the machine has and what is left of it. Every cluster is served by the same machine, so what is left counts the
// tasks of all, and the tasks counted are the cluster's own.
func (s *Server) showInstance(cluster string, index int) types.ContainerInstance {
	used := s.used[index]
	shown := types.ContainerInstance{
		ContainerInstanceArn: new(instanceARN(cluster, instanceID(index))),
		Status:               new(statusActive), AgentConnected: true, Version: 1, Attributes: []types.Attribute{},
		RegisteredResources: amounts(s.opt.CPU, s.opt.Memory),
		RemainingResources:  amounts(s.opt.CPU-used.cpu, s.opt.Memory-used.memory),
	}
	for _, t := range s.order {
		if t.cluster == cluster && t.instance == index {
			countTask(t, &shown.RunningTasksCount, &shown.PendingTasksCount)
		}
	}
	return shown
}

func amounts(cpu, memory int) []types.Resource {
	return []types.Resource{
		{Name: new("CPU"), Type: new("INTEGER"), IntegerValue: int32(cpu)},
		{Name: new("MEMORY"), Type: new("INTEGER"), IntegerValue: int32(memory)},
	}
}
