package control

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/journal"
	"davit/internal/localecs/placement"
	"davit/internal/localecs/task"
)

func isActive(c *types.Cluster) bool { return *c.Status == statusActive }

// DeleteCluster makes a cluster INACTIVE; describing it still works, and creating it makes a new one, with
// instances that are new as well. The local instances are the machine's and serve every cluster, so they keep no cluster from being deleted.
func (s *Plane) DeleteCluster(in *ecs.DeleteClusterInput) (any, error) {
	name := ecsname.ShortName("cluster", ecsname.Value(in.Cluster))
	c := s.clusters[name]
	if c == nil {
		return nil, ecserror.ClusterNotFound()
	}
	active := slices.ContainsFunc(s.order, func(t *task.Task) bool { return t.Cluster == name && !t.Is(task.Stopped) })
	if active {
		return nil, ecserror.Refuse("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
	}
	if isActive(c) {
		deleted := *c
		deleted.Status, deleted.Tags = new(placement.Inactive), nil
		s.replaceCluster(&deleted)
		for _, key := range s.Withdraw(name) {
			s.journal.Remove(journal.BucketInstances, key)
		}
	}
	return &ecs.DeleteClusterOutput{Cluster: s.showCluster(name, true)}, nil
}

// replaceCluster puts a changed copy in a cluster's place.
func (s *Plane) replaceCluster(c *types.Cluster) {
	s.clusters[*c.ClusterName] = c
	s.journal.Put(journal.BucketClusters, *c.ClusterName, c)
}
