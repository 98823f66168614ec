package ecsspec

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/ecsspec/row"
	"davit/internal/jsontree"
)

const (
	baseLimit   = "0 to 100,000, and not 0 for one item at most"
	weightLimit = "0 to 1,000, and not 0 for one item at least where there are several"
)

var strategyRules = withSource(row.PageRunTask, []rule{
	{id: "RT-05", on: onRun, limit: "launchType or capacityProviderStrategy, not both", check: oneWayToPlace},
	{id: "RT-06", on: onRun, field: "/capacityProviderStrategy", limit: "at most 20 items", older: "6", source: row.PageSpot, check: items(0, 20)},
	{
		id: "RT-07", on: onRun, field: "/capacityProviderStrategy/*/capacityProvider", required: true,
		limit: "a capacity provider's name", check: chars(1, 2048, nil),
	},
	{id: "RT-08", on: onRun, field: "/capacityProviderStrategy/*/weight", limit: weightLimit, check: between(0, 1000)},
	{id: "RT-08", on: onRun, field: "/capacityProviderStrategy", limit: weightLimit, check: someWeight},
	{id: "RT-09", on: onRun, field: "/capacityProviderStrategy/*/base", limit: baseLimit, check: between(0, 100_000)},
	{id: "RT-09", on: onRun, field: "/capacityProviderStrategy", limit: baseLimit, check: oneBase},
})

func oneWayToPlace(input jsontree.Node) []finding {
	_, launchType := input.Get("launchType")
	if strategy, _ := input.Get("capacityProviderStrategy"); !launchType || len(strategy.Items) == 0 {
		return nil
	}
	return []finding{{"/capacityProviderStrategy", "both were given"}}
}

// countNonZero counts the items whose member is a whole number other than 0.
func countNonZero(list jsontree.Node, member string) int {
	count := 0
	for _, item := range list.Items {
		value, _ := item.Get(member)
		if v, whole, _ := value.Int64(); whole && v != 0 {
			count++
		}
	}
	return count
}

func someWeight(list jsontree.Node) []finding {
	if len(list.Items) < 2 || countNonZero(list, "weight") > 0 {
		return nil
	}
	return wrong("every weight is 0, so no item would be used")
}

func oneBase(list jsontree.Node) []finding {
	if countNonZero(list, "base") < 2 {
		return nil
	}
	return wrong("several items have a base")
}

const (
	expressionLimit = "for memberOf an expression of at most 2,000 characters, for distinctInstance none"
	strategyLimit   = "with binpack, cpu or memory"
)

var (
	constraintTypes = types.PlacementConstraintType("").Values()
	strategyTypes   = types.PlacementStrategyType("").Values()
)

var placementRules = withSource(row.PageRunTask, []rule{
	{id: "RT-26", on: onRun, field: "/placementConstraints", limit: "at most 10 items", check: items(0, 10)},
	{id: "RT-27", on: onRun, field: "/placementConstraints/*/type", required: true, limit: choice(constraintTypes), check: enum(constraintTypes)},
	{id: "RT-28", on: onRun, field: "/placementConstraints/*/expression", limit: expressionLimit, check: chars(0, 2000, nil)},
	{id: "RT-28", on: onRun, field: "/placementConstraints/*", limit: expressionLimit, check: expressionFitsType},
	{id: "RT-29", on: onRun, field: "/placementStrategy", limit: "at most 5 items", check: items(0, 5)},
	{id: "RT-30", on: onRun, field: "/placementStrategy/*/type", required: true, limit: choice(strategyTypes), check: enum(strategyTypes)},
	{id: "RT-30", on: onRun, field: "/placementStrategy/*", limit: strategyLimit, check: binpackField},
})

func expressionFitsType(constraint jsontree.Node) []finding {
	kind, _ := constraint.Get("type")
	expression, _ := constraint.Get("expression")
	switch {
	case kind.Text == string(types.PlacementConstraintTypeDistinctInstance) && expression.Text != "":
		return []finding{{"/expression", "an expression was given with distinctInstance"}}
	case kind.Text == string(types.PlacementConstraintTypeMemberOf) && expression.Text == "":
		return []finding{{"/expression", "no expression was given with memberOf"}}
	default:
		return nil
	}
}

func binpackField(strategy jsontree.Node) []finding {
	kind, _ := strategy.Get("type")
	field, _ := strategy.Get("field")
	if kind.Text != string(types.PlacementStrategyTypeBinpack) || strings.EqualFold(field.Text, "cpu") || strings.EqualFold(field.Text, "memory") {
		return nil
	}
	return []finding{{"/field", quoted(field.Text) + " was given"}}
}
