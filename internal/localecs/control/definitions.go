package control

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/journal"
	"davit/internal/localecs/placement"
)

// RegisterTaskDefinition adds a revision. It is not idempotent, as ECS's is not.
func (s *Plane) RegisterTaskDefinition(in *ecs.RegisterTaskDefinitionInput) (any, error) {
	if err := checkDefinition(in); err != nil {
		return nil, err
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	if err := s.checkRules("RegisterTaskDefinition", in, ecserror.Client); err != nil {
		return nil, err
	}
	family := *in.Family
	revisions := s.families[family]
	if len(revisions) >= maxRevision {
		return nil, ecserror.Refuse("LimitExceededException", "The family has 1,000,000 revisions, which is the most there can be.")
	}
	d := &journal.Definition{TaskDefinition: describedAs(in), Tags: in.Tags}
	d.Revision = int32(len(revisions) + 1)
	d.TaskDefinitionArn = new(ecsname.DefinitionARN(family, d.Revision))
	d.RegisteredAt = new(s.now())
	s.families[family] = append(revisions, d)
	s.saveDefinition(d)
	return &ecs.RegisterTaskDefinitionOutput{TaskDefinition: &d.TaskDefinition, Tags: d.Tags}, nil
}

func (s *Plane) saveDefinition(d *journal.Definition) {
	s.journal.Put(journal.BucketDefinitions, ecsname.DefinitionName(*d.Family, d.Revision), d)
}

// describedAs is the definition that an input asks for, with ECS's defaults.
func describedAs(in *ecs.RegisterTaskDefinitionInput) types.TaskDefinition {
	d := types.TaskDefinition{
		Family: in.Family, ContainerDefinitions: slices.Clone(in.ContainerDefinitions), Status: types.TaskDefinitionStatusActive,
		EnableFaultInjection: in.EnableFaultInjection, EphemeralStorage: in.EphemeralStorage, ExecutionRoleArn: in.ExecutionRoleArn,
		IpcMode: in.IpcMode, NetworkMode: in.NetworkMode, PidMode: in.PidMode,
		PlacementConstraints: in.PlacementConstraints, ProxyConfiguration: in.ProxyConfiguration,
		RequiresCompatibilities: in.RequiresCompatibilities, RuntimePlatform: in.RuntimePlatform,
		TaskRoleArn: in.TaskRoleArn, Volumes: in.Volumes, Compatibilities: compatibilities(in),
	}
	if n, err := placement.CPUUnits(ecsname.Value(in.Cpu)); err == nil && n > 0 {
		d.Cpu = new(strconv.Itoa(n))
	}
	if n, err := placement.Mebibytes(ecsname.Value(in.Memory)); err == nil && n > 0 {
		d.Memory = new(strconv.Itoa(n))
	}
	d.RequiresAttributes = placement.RequiredAttributes(&d)
	return filledDefinition(d)
}

// lookup finds a definition by family (its latest ACTIVE revision), family:revision or ARN; nil when there is none.
func (s *Plane) lookup(ref string) *journal.Definition {
	family, revision, exact := strings.Cut(ecsname.ShortName("task-definition", ref), ":")
	revisions := s.families[family]
	if !exact {
		for _, d := range slices.Backward(revisions) {
			if d.Status == types.TaskDefinitionStatusActive {
				return d
			}
		}
		return nil
	}
	n, err := strconv.Atoi(revision)
	if err != nil || n < 1 || n > len(revisions) || s.gone(revisions[n-1]) {
		return nil
	}
	return revisions[n-1]
}

// DescribeTaskDefinition carries out ECS's operation of that name.
func (s *Plane) DescribeTaskDefinition(in *ecs.DescribeTaskDefinitionInput) (any, error) {
	if ecsname.Value(in.TaskDefinition) == "" {
		return nil, ecserror.Invalid("Task Definition can not be blank.")
	}
	if err := ecsname.CheckInclude(in.Include); err != nil {
		return nil, err
	}
	d := s.lookup(*in.TaskDefinition)
	if d == nil {
		return nil, ecserror.Client("Unable to describe task definition.")
	}
	out := &ecs.DescribeTaskDefinitionOutput{TaskDefinition: &d.TaskDefinition}
	if slices.Contains(in.Include, types.TaskDefinitionFieldTags) {
		out.Tags = ecsname.OrEmpty(d.Tags)
	}
	return out, nil
}

// DeregisterTaskDefinition carries out ECS's operation of that name.
func (s *Plane) DeregisterTaskDefinition(in *ecs.DeregisterTaskDefinitionInput) (any, error) {
	ref := ecsname.ShortName("task-definition", ecsname.Value(in.TaskDefinition))
	if !strings.Contains(ref, ":") {
		return nil, ecserror.Client("Revision is missing: a task definition is deregistered by family:revision.")
	}
	d := s.lookup(ref)
	if d == nil {
		return nil, ecserror.Client(reasonNoSuch)
	}
	if d.Status == types.TaskDefinitionStatusActive {
		gone := *d
		gone.Status, gone.DeregisteredAt = types.TaskDefinitionStatusInactive, new(s.now())
		s.replaceDefinition(&gone)
		d = &gone
	}
	return &ecs.DeregisterTaskDefinitionOutput{TaskDefinition: &d.TaskDefinition}, nil
}

// ListTaskDefinitions carries out ECS's operation of that name.
func (s *Plane) ListTaskDefinitions(in *ecs.ListTaskDefinitionsInput) (any, error) {
	status := in.Status
	if status == "" {
		status = types.TaskDefinitionStatusActive
	}
	if !slices.Contains(status.Values(), status) {
		return nil, ecserror.Invalid("status must be ACTIVE, INACTIVE or DELETE_IN_PROGRESS.")
	}
	if in.Sort != "" && !slices.Contains(in.Sort.Values(), in.Sort) {
		return nil, ecserror.Invalid("sort must be ASC or DESC.")
	}
	entries, order := s.definitionEntries(ecsname.Value(in.FamilyPrefix), status), ecsname.Ascending
	if in.Sort == types.SortOrderDesc {
		slices.Reverse(entries)
		order = ecsname.Descending
	}
	arns, next, err := ecsname.Page(entries, order, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ecs.ListTaskDefinitionsOutput{TaskDefinitionArns: arns, NextToken: next}, nil
}

// definitionEntries are ordered by family, then by revision as a number. familyPrefix is, in spite of its name, a whole family in ECS.
func (s *Plane) definitionEntries(family string, status types.TaskDefinitionStatus) []ecsname.Entry {
	var entries []ecsname.Entry
	for _, name := range slices.Sorted(maps.Keys(s.families)) {
		if family != "" && name != family {
			continue
		}
		for _, d := range s.families[name] {
			if d.Status == status && !s.gone(d) {
				entries = append(entries, ecsname.Entry{Key: fmt.Sprintf("%s\x00%010d", name, d.Revision), Name: *d.TaskDefinitionArn})
			}
		}
	}
	return entries
}
