package localecs

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// The capacity providers that every cluster has.
const (
	providerFargate = "FARGATE"
	providerSpot    = "FARGATE_SPOT"
)

// provider is what a task is launched on, as the task shows it.
type provider struct {
	launchType types.LaunchType
	capacity   string // capacity provider, empty when none was asked for
}

func (p provider) isFargate() bool { return p.launchType == types.LaunchTypeFargate }

func knownProviders(names []string, strategy []types.CapacityProviderStrategyItem) error {
	for _, item := range strategy {
		names = append(slices.Clip(names), value(item.CapacityProvider))
	}
	for _, name := range names {
		if name != providerFargate && name != providerSpot {
			return invalid("The specified capacity provider '%.255s' was not found.", name)
		}
	}
	return nil
}

// choose says for each of count tasks what it is launched on: the launch type, else the strategy, else the cluster's, else EC2.
func (s *Server) choose(r *request, in *ecs.RunTaskInput, count int) ([]provider, error) {
	strategy := in.CapacityProviderStrategy
	if in.LaunchType == "" && len(strategy) == 0 {
		strategy = s.clusters[r.cluster].DefaultCapacityProviderStrategy
	}
	var chosen []provider
	if len(strategy) == 0 {
		p := provider{launchType: in.LaunchType}
		if p.launchType == "" {
			p.launchType = types.LaunchTypeEc2
		}
		chosen = slices.Repeat([]provider{p}, count)
	} else if err := checkStrategy(strategy); err != nil {
		return nil, err
	} else {
		for _, name := range spread(strategy, count) {
			chosen = append(chosen, provider{types.LaunchTypeFargate, name})
		}
	}
	fargate := slices.ContainsFunc(chosen, provider.isFargate)
	if fargate && !slices.Contains(r.definition.Compatibilities, types.CompatibilityFargate) {
		return nil, invalid("Task definition does not support launch_type FARGATE.")
	}
	if in.PlatformVersion != nil && !fargate {
		return nil, invalid("The platform version must be null when specifying an EC2 launch type.")
	}
	return chosen, nil
}

func checkStrategy(strategy []types.CapacityProviderStrategyItem) error {
	if err := knownProviders(nil, strategy); err != nil {
		return err
	}
	weights, bases := 0, 0
	for _, item := range strategy {
		switch {
		case item.Weight < 0 || item.Weight > 1000:
			return invalid("weight must be between 0 and 1000.")
		case item.Base < 0 || item.Base > 100_000:
			return invalid("base must be between 0 and 100000.")
		}
		weights += int(item.Weight)
		if item.Base > 0 {
			bases++
		}
	}
	if bases > 1 {
		return invalid("Only one capacity provider in a strategy can have a base.")
	}
	if weights == 0 && len(strategy) > 1 {
		return invalid("The capacity provider strategy must have a weight greater than 0.")
	}
	return nil
}

// spread names a provider for each task: the base first, then always the one that is furthest behind its weight.
func spread(strategy []types.CapacityProviderStrategyItem, count int) []string {
	var names []string
	for _, item := range strategy {
		for range min(int(item.Base), count-len(names)) {
			names = append(names, *item.CapacityProvider)
		}
	}
	given := make([]int, len(strategy))
	for len(names) < count {
		best := 0
		for i, item := range strategy {
			// (given+1)/weight is compared without dividing: a weight of 0 is never ahead of another.
			if int64(given[i]+1)*int64(strategy[best].Weight) < int64(given[best]+1)*int64(item.Weight) {
				best = i
			}
		}
		given[best]++
		names = append(names, *strategy[best].CapacityProvider)
	}
	return names
}
