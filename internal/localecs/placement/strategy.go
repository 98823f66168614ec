package placement

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
)

const maxStrategies = 5

// CheckPlacementStrategy holds the rules for the strategies of a request.
func CheckPlacementStrategy(all []types.PlacementStrategy) error {
	if len(all) > maxStrategies {
		return ecserror.Invalid("placementStrategy cannot have more than 5 elements.")
	}
	for _, one := range all {
		field := ecsname.Value(one.Field)
		switch one.Type {
		case types.PlacementStrategyTypeRandom:
		case types.PlacementStrategyTypeBinpack:
			if lower := strings.ToLower(field); lower != "cpu" && lower != "memory" {
				return ecserror.Invalid("placementStrategy field of binpack should be one of [cpu, memory].")
			}
		case types.PlacementStrategyTypeSpread:
			if !isInstanceField(field) && !strings.HasPrefix(field, "attribute:") {
				return ecserror.Invalid("placementStrategy field of spread should be instanceId, host or attribute:<name>.")
			}
		default:
			return ecserror.Invalid("placementStrategy type should be one of [random, spread, binpack].")
		}
	}
	return nil
}

func isInstanceField(field string) bool { return field == "instanceId" || field == "host" }

// pick chooses one of the instances that a task fits on: each strategy leaves those that are best by it to the next. Among
// equals it is the first; without a strategy, any.
func (f *Fleet) pick(fits []Instance, d *Demand, loads []Load) Instance {
	if len(d.Strategy) == 0 {
		return fits[f.random.IntN(len(fits))]
	}
	for _, one := range d.Strategy {
		switch one.Type {
		case types.PlacementStrategyTypeRandom:
			n := f.random.IntN(len(fits))
			fits = fits[n : n+1]
		case types.PlacementStrategyTypeBinpack:
			fits = least(fits, unused(strings.ToLower(*one.Field)))
		case types.PlacementStrategyTypeSpread:
			fits = least(fits, f.crowd(d, *one.Field, loads))
		}
	}
	return fits[0]
}

// least are the instances with the smallest score.
func least(all []Instance, score func(Instance) int) []Instance {
	var best []Instance
	lowest := 0
	for _, i := range all {
		n := score(i)
		if best == nil || n < lowest {
			best, lowest = nil, n
		}
		if n == lowest {
			best = append(best, i)
		}
	}
	return slices.Clip(best)
}

func unused(field string) func(Instance) int {
	if field == "cpu" {
		return func(i Instance) int { return i.CPU - i.used.CPU }
	}
	return func(i Instance) int { return i.Memory - i.used.Memory }
}

// crowd counts the tasks of the request's group on all instances that have the field's value in common with one. Instances
// without the attribute are one crowd of their own.
func (f *Fleet) crowd(d *Demand, field string, loads []Load) func(Instance) int {
	if isInstanceField(field) {
		return func(i Instance) int { return loads[i.Index].Groups[d.Group] }
	}
	name := strings.TrimPrefix(field, "attribute:")
	crowds := map[string]int{}
	for _, i := range f.Instances(d.Cluster, Active, Draining) {
		crowds[i.Attributes()[name]] += loads[i.Index].Groups[d.Group]
	}
	return func(i Instance) int { return crowds[i.Attributes()[name]] }
}
