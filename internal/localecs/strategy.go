package localecs

import (
	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const maxStrategies = 5

// checkPlacementStrategy holds the rules for the strategies of a request.
func checkPlacementStrategy(all []types.PlacementStrategy) error {
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
func (f *fleet) pick(fits []instance, d *demand, loads []load) instance {
	if len(d.strategy) == 0 {
		return fits[f.random.IntN(len(fits))]
	}
	for _, one := range d.strategy {
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
func least(all []instance, score func(instance) int) []instance {
	var best []instance
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

func unused(field string) func(instance) int {
	if field == "cpu" {
		return func(i instance) int { return i.CPU - i.used.cpu }
	}
	return func(i instance) int { return i.Memory - i.used.memory }
}

// crowd counts the tasks of the request's group on all instances that have the field's value in common with one. Instances
// without the attribute are one crowd of their own.
func (f *fleet) crowd(d *demand, field string, loads []load) func(instance) int {
	if isInstanceField(field) {
		return func(i instance) int { return loads[i.index].groups[d.group] }
	}
	name := strings.TrimPrefix(field, "attribute:")
	crowds := map[string]int{}
	for _, i := range f.instances(d.cluster, active, draining) {
		crowds[i.attributes()[name]] += loads[i.index].groups[d.group]
	}
	return func(i instance) int { return crowds[i.attributes()[name]] }
}
