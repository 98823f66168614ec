package placement

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/clusterquery"
	"davit/internal/localecs/ecserror"
)

// maxConstraints counts those of the request and of the task definition together.
const maxConstraints = 10

// Constraints are which container instances a task may be placed on.
type Constraints struct {
	distinct bool // none that has a task of the same group
	members  []*clusterquery.Query
}

// Any reports whether there are constraints.
func (c Constraints) Any() bool { return c.distinct || len(c.members) > 0 }

// ReadConstraints reads those of a definition, which were checked when it was registered, and those of a request.
func ReadConstraints(d *types.TaskDefinition, asked []types.PlacementConstraint) (Constraints, error) {
	var c Constraints
	if len(asked)+len(d.PlacementConstraints) > maxConstraints {
		return c, ecserror.Invalid("placementConstraints cannot have more than 10 elements, those of the task definition included.")
	}
	for _, one := range d.PlacementConstraints {
		if err := c.addMember(one.Expression); err != nil {
			return c, err
		}
	}
	for _, one := range asked {
		switch one.Type {
		case types.PlacementConstraintTypeDistinctInstance:
			if one.Expression != nil {
				return c, ecserror.Invalid("distinctInstance expression should not be specified.")
			}
			c.distinct = true
		case types.PlacementConstraintTypeMemberOf:
			if err := c.addMember(one.Expression); err != nil {
				return c, err
			}
		default:
			return c, ecserror.Invalid("placementConstraints type should be one of [distinctInstance, memberOf].")
		}
	}
	return c, nil
}

func (c *Constraints) addMember(expression *string) error {
	if expression == nil {
		return ecserror.Invalid("memberOf expression should be specified.")
	}
	query, err := clusterquery.Parse(*expression)
	if err != nil {
		return ecserror.Invalid("Invalid memberOf expression: %v.", err)
	}
	c.members = append(c.members, query)
	return nil
}

// member reports whether all expressions select the instance.
func (c Constraints) member(i *clusterquery.Instance) bool {
	return !slices.ContainsFunc(c.members, func(q *clusterquery.Query) bool { return !q.Matches(i) })
}

// CheckDefinitionConstraints holds the rules for the constraints of a task definition.
func CheckDefinitionConstraints(all []types.TaskDefinitionPlacementConstraint) error {
	if len(all) > maxConstraints {
		return ecserror.Client("placementConstraints cannot have more than 10 elements.")
	}
	var read Constraints
	for _, one := range all {
		if one.Type != types.TaskDefinitionPlacementConstraintTypeMemberOf {
			return ecserror.Client("constraint.type '%.64s' is not supported.", one.Type)
		}
		if err := read.addMember(one.Expression); err != nil {
			return err
		}
	}
	return nil
}
