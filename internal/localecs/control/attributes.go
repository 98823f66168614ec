package control

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/placement"
)

// attributeChange is one of PutAttributes or DeleteAttributes that was found to be in order.
type attributeChange struct {
	placement.Instance
	name  string
	value *string // nil deletes
}

// PutAttributes carries out ECS's operation of that name.
func (s *Plane) PutAttributes(in *ecs.PutAttributesInput) (any, error) {
	changes, err := s.attributeChanges(in.Cluster, in.Attributes)
	if err != nil {
		return nil, err
	}
	after := map[string]map[string]string{}
	for n, c := range changes {
		if after[c.ID] == nil {
			after[c.ID] = c.Attributes()
		}
		v := ecsname.Value(in.Attributes[n].Value)
		changes[n].value, after[c.ID][c.name] = &v, v
	}
	for _, attributes := range after {
		if placement.CountCustom(attributes) > placement.MaxAttributes {
			return nil, ecserror.Refuse("AttributeLimitExceededException", "A container instance can have at most %d custom attributes.", placement.MaxAttributes)
		}
	}
	s.changeAttributes(changes)
	return &ecs.PutAttributesOutput{Attributes: shownChanges(changes)}, nil
}

// DeleteAttributes returns those that were there.
func (s *Plane) DeleteAttributes(in *ecs.DeleteAttributesInput) (any, error) {
	changes, err := s.attributeChanges(in.Cluster, in.Attributes)
	if err != nil {
		return nil, err
	}
	changes = slices.DeleteFunc(changes, func(c attributeChange) bool {
		_, found := c.Attributes()[c.name]
		return !found
	})
	shown := shownChanges(changes)
	s.changeAttributes(changes)
	return &ecs.DeleteAttributesOutput{Attributes: shown}, nil
}

// attributeChanges checks the attributes of a call and finds their instances.
func (s *Plane) attributeChanges(clusterRef *string, attributes []types.Attribute) ([]attributeChange, error) {
	cluster, err := s.cluster(clusterRef)
	if err != nil {
		return nil, err
	}
	if len(attributes) == 0 || len(attributes) > placement.MaxAttributes {
		return nil, ecserror.Invalid("attributes must have 1 to %d elements.", placement.MaxAttributes)
	}
	var changes []attributeChange
	for _, a := range attributes {
		name := ecsname.Value(a.Name)
		if err := placement.CheckAttribute(name, ecsname.Value(a.Value)); err != nil {
			return nil, ecserror.Invalid("Invalid attribute: %v.", err)
		}
		if placement.ReservedAttribute(name) {
			return nil, ecserror.Invalid("Invalid attribute: names that begin with ecs. or com.amazonaws. are ECS's own, such as %s.", name)
		}
		i, err := s.target(cluster, a)
		if err != nil {
			return nil, err
		}
		changes = append(changes, attributeChange{Instance: *i, name: name})
	}
	return changes, nil
}

func (s *Plane) target(cluster string, a types.Attribute) (*placement.Instance, error) {
	ref := ecsname.Value(a.TargetId)
	switch {
	case a.TargetType != "" && a.TargetType != types.TargetTypeContainerInstance:
		return nil, ecserror.Invalid("targetType should be one of [container-instance].")
	case ref == "":
		return nil, ecserror.Invalid("targetId must be specified.")
	case a.TargetType == "" && !strings.HasPrefix(ref, ecsname.ARNRoot):
		return nil, ecserror.Invalid("targetType must be specified when targetId is not a full ARN.")
	}
	i, _, err := s.FindInstance(cluster, ref)
	if err != nil {
		return nil, err
	}
	if i == nil || i.Status == placement.Inactive {
		return nil, ecserror.Refuse("TargetNotFoundException", "The specified target could not be found.")
	}
	return i, nil
}

func (s *Plane) changeAttributes(changes []attributeChange) {
	for _, c := range changes {
		if c.Changed == nil {
			c.Changed = map[string]*string{}
		}
		c.Changed[c.name] = c.value
		s.saveRegistration(c.Instance)
	}
}

func shownChanges(changes []attributeChange) []types.Attribute {
	all := []types.Attribute{}
	for _, c := range changes {
		v := ecsname.Value(c.value)
		if c.value == nil {
			v = c.Attributes()[c.name]
		}
		all = append(all, c.Targeted(c.name, v))
	}
	return all
}

// ListAttributes carries out ECS's operation of that name.
func (s *Plane) ListAttributes(in *ecs.ListAttributesInput) (any, error) {
	cluster, err := s.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	switch {
	case in.TargetType != types.TargetTypeContainerInstance:
		return nil, ecserror.Invalid("targetType should be one of [container-instance].")
	case in.AttributeValue != nil && in.AttributeName == nil:
		return nil, ecserror.Invalid("attributeName must be specified with attributeValue.")
	}
	byKeyOf := map[string]types.Attribute{}
	for _, i := range s.Instances(cluster, statusActive, placement.Draining) {
		for name, v := range i.Attributes() {
			if (in.AttributeName == nil || *in.AttributeName == name) && (in.AttributeValue == nil || *in.AttributeValue == v) {
				byKeyOf[i.ID+" "+name] = i.Targeted(name, v)
			}
		}
	}
	var entries []ecsname.Entry
	for _, key := range slices.Sorted(maps.Keys(byKeyOf)) {
		entries = append(entries, ecsname.Entry{Key: key, Name: key})
	}
	keys, next, err := ecsname.Page(entries, ecsname.Ascending, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &ecs.ListAttributesOutput{Attributes: []types.Attribute{}, NextToken: next}
	for _, key := range keys {
		out.Attributes = append(out.Attributes, byKeyOf[key])
	}
	return out, nil
}
