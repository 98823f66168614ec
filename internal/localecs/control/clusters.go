package control

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/placement"
	"davit/internal/localecs/task"
)

const reasonMissing = "MISSING"

func newCluster(name string, in *ecs.CreateClusterInput) *types.Cluster {
	return &types.Cluster{
		ClusterArn: new(ecsname.ClusterARN(name)), ClusterName: &name, Status: new(statusActive),
		Tags: in.Tags, Settings: in.Settings, Configuration: in.Configuration,
		CapacityProviders: providerNames(in.CapacityProviders), DefaultCapacityProviderStrategy: named(in.DefaultCapacityProviderStrategy),
	}
}

// newDefaultCluster is as the console of ECS makes one: Fargate is associated with it.
func newDefaultCluster() *types.Cluster {
	return newCluster(defaultCluster, &ecs.CreateClusterInput{CapacityProviders: []string{placement.ProviderFargate, placement.ProviderSpot}})
}

// cluster resolves a name or an ARN; none is the default cluster. The caller holds mu.
func (s *Plane) cluster(ref *string) (string, error) {
	name := ecsname.ShortName("cluster", ecsname.Value(ref))
	if name == "" {
		name = defaultCluster
	}
	c := s.clusters[name]
	switch {
	case c == nil:
		return "", ecserror.ClusterNotFound()
	case !isActive(c):
		return "", ecserror.Refuse("ClusterNotFoundException", "The referenced cluster was inactive.")
	}
	return name, nil
}

// CreateCluster carries out ECS's operation of that name.
func (s *Plane) CreateCluster(in *ecs.CreateClusterInput) (any, error) {
	name := ecsname.Value(in.ClusterName)
	if name == "" {
		name = defaultCluster
	}
	if !ecsname.ValidName.MatchString(name) {
		return nil, ecserror.Invalid("Invalid cluster name.")
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	if err := s.checkAssociation(providerNames(in.CapacityProviders), in.DefaultCapacityProviderStrategy); err != nil {
		return nil, err
	}
	if in.ServiceConnectDefaults != nil {
		return nil, ecserror.Client("The local ECS has no Service Connect.")
	}
	if c := s.clusters[name]; c == nil || !isActive(c) {
		s.replaceCluster(newCluster(name, in))
		if err := s.Enroll(name, s.now(), s.putRegistration); err != nil {
			return nil, err
		}
	}
	return &ecs.CreateClusterOutput{Cluster: s.showCluster(name, true)}, nil
}

// DescribeClusters carries out ECS's operation of that name.
func (s *Plane) DescribeClusters(in *ecs.DescribeClustersInput) (any, error) {
	refs := in.Clusters
	if len(refs) == 0 {
		refs = []string{defaultCluster}
	}
	if len(refs) > ecsname.MaxPage {
		return nil, ecserror.Invalid("Clusters cannot have more than 100 elements.")
	}
	if err := ecsname.CheckInclude(in.Include); err != nil {
		return nil, err
	}
	out := &ecs.DescribeClustersOutput{Clusters: []types.Cluster{}, Failures: []types.Failure{}}
	tags := slices.Contains(in.Include, types.ClusterFieldTags)
	for _, ref := range refs {
		name := ecsname.ShortName("cluster", ref)
		if s.clusters[name] == nil {
			out.Failures = append(out.Failures, types.Failure{Arn: new(ecsname.ClusterARN(name)), Reason: new(reasonMissing)})
			continue
		}
		out.Clusters = append(out.Clusters, *s.showCluster(name, tags))
	}
	return out, nil
}

// showCluster is a cluster with its counts as they are now.
func (s *Plane) showCluster(name string, tags bool) *types.Cluster {
	c := *s.clusters[name]
	if !tags {
		c.Tags = nil
	}
	c.Tags, c.Settings, c.Statistics = ecsname.OrEmpty(c.Tags), ecsname.OrEmpty(c.Settings), ecsname.OrEmpty(c.Statistics)
	c.CapacityProviders, c.DefaultCapacityProviderStrategy = ecsname.OrEmpty(c.CapacityProviders), ecsname.OrEmpty(c.DefaultCapacityProviderStrategy)
	c.RegisteredContainerInstancesCount = int32(len(s.Instances(name, statusActive, placement.Draining)))
	for _, t := range s.order {
		if t.Cluster == name {
			countTask(t, &c.RunningTasksCount, &c.PendingTasksCount)
		}
	}
	return &c
}

// countTask counts a task as running or as pending; one that stops is still running, as ECS counts.
func countTask(t *task.Task, runningTasks, pendingTasks *int32) {
	switch *t.LastStatus {
	case task.Provisioning, task.Pending:
		*pendingTasks++
	case task.Stopped:
	default:
		*runningTasks++
	}
}

// ListClusters carries out ECS's operation of that name.
func (s *Plane) ListClusters(in *ecs.ListClustersInput) (any, error) {
	var entries []ecsname.Entry
	for _, name := range slices.Sorted(maps.Keys(s.clusters)) {
		if isActive(s.clusters[name]) {
			entries = append(entries, ecsname.Entry{Key: name, Name: ecsname.ClusterARN(name)})
		}
	}
	arns, next, err := ecsname.Page(entries, ecsname.Ascending, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ecs.ListClustersOutput{ClusterArns: arns, NextToken: next}, nil
}
