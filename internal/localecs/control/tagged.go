package control

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/journal"
	"davit/internal/localecs/placement"
	"davit/internal/localecs/task"
)

// tagged is a resource's tags and how to replace them; they are never written through.
type tagged struct {
	tags []types.Tag
	set  func([]types.Tag)
}

// tagged finds a resource by its ARN. The caller holds mu.
func (s *Plane) tagged(arn string) (tagged, error) {
	rest, ours := strings.CutPrefix(arn, ecsname.ARNRoot)
	kind, name, _ := strings.Cut(rest, "/")
	if !ours || name == "" {
		return tagged{}, ecserror.Invalid("Invalid resource ARN: it must be of this region and account, %s<kind>/<name>.", ecsname.ARNRoot)
	}
	cluster, id, _ := strings.Cut(name, "/")
	switch kind {
	case "cluster":
		return s.taggedCluster(name)
	case "task-definition":
		return s.taggedDefinition(arn)
	case "task":
		return s.taggedTask(cluster, id)
	case "container-instance":
		return s.taggedInstance(cluster, id)
	}
	return tagged{}, ecserror.Invalid("The referenced resource was not found. The local ECS tags clusters, task definitions, tasks and container instances.")
}

func (s *Plane) taggedCluster(name string) (tagged, error) {
	c := s.clusters[name]
	switch {
	case c == nil:
		return tagged{}, ecserror.ClusterNotFound()
	case !isActive(c):
		return tagged{}, ecserror.Invalid("The specified cluster is inactive. Specify an active cluster and try again.")
	}
	return tagged{c.Tags, func(tags []types.Tag) {
		changed := *c
		changed.Tags = tags
		s.replaceCluster(&changed)
	}}, nil
}

func (s *Plane) taggedDefinition(arn string) (tagged, error) {
	d := s.lookup(arn)
	if d == nil || *d.TaskDefinitionArn != arn {
		return tagged{}, ecserror.Client(reasonNoSuch)
	}
	return tagged{d.Tags, func(tags []types.Tag) {
		changed := *d
		changed.Tags = tags
		s.replaceDefinition(&changed)
	}}, nil
}

// taggedTask finds a task that runs: with its stop a task loses its tags.
func (s *Plane) taggedTask(cluster, id string) (tagged, error) {
	t := s.visible(id)
	switch {
	case t == nil || t.Cluster != cluster:
		return tagged{}, ecserror.Invalid("The referenced task was not found.")
	case t.Is(task.Stopped):
		return tagged{}, ecserror.Invalid("The specified task is stopped. Specify a running task and try again.")
	}
	return tagged{t.Tags, func(tags []types.Tag) {
		t.Tags = tags
		s.save(t)
	}}, nil
}

func (s *Plane) taggedInstance(cluster, id string) (tagged, error) {
	if _, err := s.cluster(&cluster); err != nil {
		return tagged{}, err
	}
	i, _, err := s.FindInstance(cluster, id)
	switch {
	case err != nil:
		return tagged{}, err
	case i == nil:
		return tagged{}, instanceNotFound()
	case i.Status == placement.Inactive:
		return tagged{}, ecserror.Invalid("The specified container instance is inactive. Specify an active container instance and try again.")
	}
	return tagged{i.Tags, func(tags []types.Tag) {
		i.Tags = tags
		s.journal.Put(journal.BucketInstances, i.Key(), i.Registration)
	}}, nil
}
