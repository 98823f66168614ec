package control

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
)

// TagResource carries out ECS's operation of that name.
func (s *Plane) TagResource(in *ecs.TagResourceInput) (any, error) {
	r, err := s.tagged(ecsname.Value(in.ResourceArn))
	if err != nil {
		return nil, err
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	merged := slices.Clone(in.Tags)
	for _, t := range r.tags {
		if !hasTag(in.Tags, ecsname.Value(t.Key)) {
			merged = append(merged, t)
		}
	}
	if ownTags(merged) > maxTags {
		return nil, ecserror.Invalid("A resource cannot have more than 50 tags.")
	}
	r.set(merged)
	return &ecs.TagResourceOutput{}, nil
}

// UntagResource carries out ECS's operation of that name.
func (s *Plane) UntagResource(in *ecs.UntagResourceInput) (any, error) {
	r, err := s.tagged(ecsname.Value(in.ResourceArn))
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(in.TagKeys, reserved) {
		return nil, ecserror.Invalid("Tags whose key begins with aws: cannot be removed.")
	}
	left := []types.Tag{}
	for _, t := range r.tags {
		if !slices.Contains(in.TagKeys, ecsname.Value(t.Key)) {
			left = append(left, t)
		}
	}
	r.set(left)
	return &ecs.UntagResourceOutput{}, nil
}

// ListTagsForResource carries out ECS's operation of that name.
func (s *Plane) ListTagsForResource(in *ecs.ListTagsForResourceInput) (any, error) {
	r, err := s.tagged(ecsname.Value(in.ResourceArn))
	if err != nil {
		return nil, err
	}
	return &ecs.ListTagsForResourceOutput{Tags: append([]types.Tag{}, r.tags...)}, nil
}

// ownTags counts the tags that are not AWS's.
func ownTags(tags []types.Tag) int {
	n := 0
	for _, t := range tags {
		if !reserved(ecsname.Value(t.Key)) {
			n++
		}
	}
	return n
}

func reserved(text string) bool { return strings.HasPrefix(strings.ToLower(text), "aws:") }
