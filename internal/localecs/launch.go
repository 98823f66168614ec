package localecs

import (
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// request is what RunTask and StartTask have in common, once both were checked.
type request struct {
	cluster    string
	definition *definition
	overrides  *types.TaskOverride
	need       resources
	plan       []container
	group      string
	startedBy  *string
	tags       []types.Tag
	execute    bool
	platform   *string
	distinct   bool
	token      string // key of the token, empty without one
}

func (s *Server) runTask(in *ecs.RunTaskInput) (any, error) {
	count := 1
	if in.Count != nil {
		count = int(*in.Count)
	}
	if err := checkRun(in, count); err != nil {
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
	r.token, r.platform = asked.key, in.PlatformVersion
	r.distinct = len(in.PlacementConstraints) > 0 // checkRun lets no other kind pass
	providers, err := s.choose(r, in, count)
	if err != nil {
		return nil, err
	}
	out := s.place(r, providers)
	s.settle(asked, out)
	return out, nil
}

func (s *Server) startTask(in *ecs.StartTaskInput) (any, error) {
	if err := checkStart(in); err != nil {
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
		index, id, err := s.instance(cluster, ref)
		if err != nil {
			return nil, err
		}
		if index < 0 {
			out.fail(instanceARN(cluster, id), reasonMissing)
			continue
		}
		s.placeOn(r, provider{launchType: types.LaunchTypeEc2}, []int{index}, out)
	}
	return out, nil
}

// request checks what both calls share and works out what each task will run. The caller holds mu.
func (s *Server) request(cluster string, in shared) (*request, error) {
	d := s.lookup(value(in.definition))
	switch {
	case value(in.definition) == "":
		return nil, clientError("TaskDefinition can not be blank.")
	case d == nil:
		return nil, clientError("TaskDefinition not found.")
	case d.Status != types.TaskDefinitionStatusActive:
		return nil, clientError("TaskDefinition is inactive")
	}
	if err := checkShared(in, d); err != nil {
		return nil, err
	}
	need, err := taskSize(d, in.overrides)
	if err != nil {
		return nil, err
	}
	r := &request{
		cluster: cluster, definition: d, overrides: in.overrides, need: need, plan: plan(d, in.overrides, s.opt.StopTimeout),
		group: value(in.group), startedBy: in.startedBy, tags: in.tags, execute: in.execute,
	}
	if r.group == "" {
		r.group = "family:" + *d.Family
	}
	if in.propagate == types.PropagateTagsTaskDefinition {
		r.tags = mergeTags(d.Tags, in.tags)
	}
	return r, nil
}

// mergeTags are the definition's tags and the call's, whose values win.
func mergeTags(inherited, own []types.Tag) []types.Tag {
	merged := append([]types.Tag{}, own...)
	for _, t := range inherited {
		if !hasTag(own, value(t.Key)) {
			merged = append(merged, t)
		}
	}
	return merged
}

func hasTag(tags []types.Tag, key string) bool {
	for _, t := range tags {
		if value(t.Key) == key {
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

func unsupported(container, what string) error {
	return clientError("Container '%s' has %s, which the local ECS cannot honour.", container, what)
}
