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

// managedTag is the one of ECS's own tags that a task without a service gets.
const managedTag = "aws:ecs:clusterName"

// request is what RunTask and StartTask have in common, once both were checked.
type request struct {
	definition *journal.Definition
	overrides  *types.TaskOverride
	network    *types.NetworkConfiguration
	plan       []task.Container
	startedBy  *string
	tags       []types.Tag
	execute    bool
	platform   *string
	token      string // key of the token, empty without one
	placement.Demand
}

// RunTask carries out ECS's operation of that name.
func (s *Plane) RunTask(in *ecs.RunTaskInput) (any, error) {
	count := 1
	if in.Count != nil {
		count = int(*in.Count)
	}
	if err := checkRun(in, count); err != nil {
		return nil, err
	}
	if err := s.checkRules("RunTask", in, ecserror.Invalid); err != nil {
		return nil, err
	}
	cluster, err := s.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	asked := s.claim(cluster, in)
	if out, err := s.replay(asked); out != nil || err != nil {
		return out, err
	}
	r, err := s.request(cluster, common(in))
	if err != nil {
		return nil, err
	}
	r.token, r.platform, r.Strategy = asked.key, in.PlatformVersion, in.PlacementStrategy
	providers, err := s.choose(r, in, count)
	if err != nil {
		return nil, err
	}
	out := s.place(r, providers)
	s.settle(asked, out)
	return out, nil
}

// StartTask carries out ECS's operation of that name.
func (s *Plane) StartTask(in *ecs.StartTaskInput) (any, error) {
	if err := checkStart(in); err != nil {
		return nil, err
	}
	if err := s.checkRules("StartTask", in, ecserror.Invalid); err != nil {
		return nil, err
	}
	cluster, err := s.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	r, err := s.request(cluster, commonOfStart(in))
	if err != nil {
		return nil, err
	}
	out := newPlaced()
	for _, ref := range in.ContainerInstances {
		i, id, err := s.FindInstance(cluster, ref)
		if err != nil {
			return nil, err
		}
		if i == nil {
			out.fail(ecsname.InstanceARN(cluster, id), reasonMissing)
			continue
		}
		s.startOn(r, *i, out)
	}
	return out, nil
}

// request checks what both calls share and works out what each task will run. The caller holds mu.
func (s *Plane) request(cluster string, in shared) (*request, error) {
	d := s.lookup(ecsname.Value(in.definition))
	switch {
	case ecsname.Value(in.definition) == "":
		return nil, ecserror.Client("TaskDefinition can not be blank.")
	case d == nil:
		return nil, ecserror.Client("TaskDefinition not found.")
	case d.Status != types.TaskDefinitionStatusActive:
		return nil, ecserror.Invalid("TaskDefinition is inactive")
	}
	if err := s.checkShared(in, d); err != nil {
		return nil, err
	}
	constraints, err := placement.ReadConstraints(&d.TaskDefinition, in.constraints)
	if err != nil {
		return nil, err
	}
	need, err := placement.TaskSize(&d.TaskDefinition, in.overrides)
	if err != nil {
		return nil, err
	}
	r := &request{
		definition: d, overrides: in.overrides, network: in.network, plan: task.Plan(&d.TaskDefinition, in.overrides, s.opt.StopTimeout),
		startedBy: in.startedBy, tags: in.tags, execute: in.execute,
		Demand: placement.Demand{
			Cluster: cluster, Group: ecsname.Value(in.group), Need: need,
			Constraints: constraints, Requires: placement.RequiredAttributes(&d.TaskDefinition), Ports: placement.HostPorts(&d.TaskDefinition),
		},
	}
	if r.Group == "" {
		r.Group = "family:" + *d.Family
	}
	if in.propagate == types.PropagateTagsTaskDefinition {
		r.tags = mergeTags(d.Tags, in.tags)
	}
	if in.managed {
		r.tags = append(slices.Clip(r.tags), types.Tag{Key: new(managedTag), Value: &cluster})
	}
	return r, nil
}

// mergeTags are the definition's tags and the call's, whose values win.
func mergeTags(inherited, own []types.Tag) []types.Tag {
	merged := append([]types.Tag{}, own...)
	for _, t := range inherited {
		if !hasTag(own, ecsname.Value(t.Key)) {
			merged = append(merged, t)
		}
	}
	return merged
}

func hasTag(tags []types.Tag, key string) bool {
	for _, t := range tags {
		if ecsname.Value(t.Key) == key {
			return true
		}
	}
	return false
}

// placed is the answer of RunTask and StartTask.
type placed struct {
	Tasks    []types.Task
	Failures []types.Failure
}

func newPlaced() *placed { return &placed{Tasks: []types.Task{}, Failures: []types.Failure{}} }

func (p *placed) fail(arn, reason string) {
	p.Failures = append(p.Failures, types.Failure{Arn: &arn, Reason: &reason})
}

// ids are the tasks' ids.
func (p *placed) ids() []string {
	var ids []string
	for _, t := range p.Tasks {
		ids = append(ids, taskID(t))
	}
	return ids
}
