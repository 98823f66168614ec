package control

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
)

// ListTaskDefinitionFamilies lists the families that begin with familyPrefix, which here is a prefix indeed.
func (s *Plane) ListTaskDefinitionFamilies(in *ecs.ListTaskDefinitionFamiliesInput) (any, error) {
	if in.Status != "" && !slices.Contains(in.Status.Values(), in.Status) {
		return nil, ecserror.Invalid("status should be one of [ACTIVE, INACTIVE, ALL].")
	}
	var entries []ecsname.Entry
	for _, name := range slices.Sorted(maps.Keys(s.families)) {
		if strings.HasPrefix(name, ecsname.Value(in.FamilyPrefix)) && s.familyIs(name, in.Status) {
			entries = append(entries, ecsname.Entry{Key: name, Name: name})
		}
	}
	names, next, err := ecsname.Page(entries, ecsname.Ascending, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ecs.ListTaskDefinitionFamiliesOutput{Families: names, NextToken: next}, nil
}

// familyIs reports whether a family is to be listed under a status: it is ACTIVE while one of its revisions is. A family whose
// revisions are all gone is not shown at all.
func (s *Plane) familyIs(name string, status types.TaskDefinitionFamilyStatus) bool {
	shown, active := false, false
	for _, d := range s.families[name] {
		shown = shown || !s.gone(d)
		active = active || d.Status == types.TaskDefinitionStatusActive
	}
	switch status {
	case types.TaskDefinitionFamilyStatusActive:
		return active
	case types.TaskDefinitionFamilyStatusInactive:
		return shown && !active
	case types.TaskDefinitionFamilyStatusAll:
		return shown
	default:
		return shown
	}
}
