package control

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/journal"
	"davit/internal/localecs/placement"
)

// providerOf takes the name out of a capacity provider's ARN; a name stays as it is.
func providerOf(item types.CapacityProviderStrategyItem) string {
	return ecsname.ShortName("capacity-provider", ecsname.Value(item.CapacityProvider))
}

// choose returns, for each of count tasks, what it is launched on: the launch type, else the strategy, else the cluster's, else EC2.
func (s *Plane) choose(r *request, in *ecs.RunTaskInput, count int) ([]placement.Provider, error) {
	cluster := s.clusters[r.Cluster]
	strategy := in.CapacityProviderStrategy
	if in.LaunchType == "" && len(strategy) == 0 {
		strategy = cluster.DefaultCapacityProviderStrategy
	}
	if len(strategy) == 0 {
		p := placement.Provider{LaunchType: in.LaunchType}
		if p.LaunchType == "" {
			p.LaunchType = types.LaunchTypeEc2
		}
		return slices.Repeat([]placement.Provider{p}, count), s.checkChosen(r, in, p)
	}
	if err := s.checkStrategy(strategy, cluster.CapacityProviders); err != nil {
		return nil, err
	}
	var chosen []placement.Provider
	for _, name := range placement.Split(named(strategy), count) {
		p := placement.Provider{LaunchType: types.LaunchTypeEc2, Capacity: name}
		if placement.IsFargateProvider(name) {
			p.LaunchType = types.LaunchTypeFargate
		}
		if err := s.checkChosen(r, in, p); err != nil {
			return nil, err
		}
		chosen = append(chosen, p)
	}
	return chosen, nil
}

// named is a strategy in which every provider is given by its name.
func named(strategy []types.CapacityProviderStrategyItem) []types.CapacityProviderStrategyItem {
	named := slices.Clone(strategy)
	for i := range named {
		named[i].CapacityProvider = new(providerOf(strategy[i]))
	}
	return named
}

// checkChosen refuses a request that cannot be launched on the provider whatever room there is.
func (s *Plane) checkChosen(r *request, in *ecs.RunTaskInput, p placement.Provider) error {
	if p.IsFargate() {
		return checkOnFargate(r)
	}
	switch {
	case in.PlatformVersion != nil:
		return ecserror.Invalid("The platform version must be null when specifying an EC2 launch type.")
	case len(s.Candidates(r.Cluster, p)) > 0:
		return nil
	case p.Capacity != "":
		return ecserror.Invalid("No Container Instances were found in your capacity provider.")
	}
	return ecserror.Invalid("No Container Instances were found in your cluster.")
}

func supports(d *journal.Definition, c types.Compatibility) bool {
	return slices.Contains(d.Compatibilities, c)
}

// checkStrategy holds the rules for a strategy of a request or of a cluster whose capacity providers are associated.
func (s *Plane) checkStrategy(strategy []types.CapacityProviderStrategyItem, associated []string) error {
	var names []string
	for _, item := range strategy {
		names = append(names, providerOf(item))
	}
	if err := s.checkNames(names); err != nil {
		return err
	}
	if err := placement.CheckSplit(strategy); err != nil {
		return err
	}
	fargate := slices.ContainsFunc(names, placement.IsFargateProvider)
	for i, name := range names {
		switch {
		case !slices.Contains(associated, name):
			return ecserror.Invalid("The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. " +
				"Associate the capacity provider with the cluster or specify a valid capacity provider and try again.")
		case fargate != placement.IsFargateProvider(name):
			return ecserror.Invalid("A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and Fargate providers. " +
				"Specify one or the other and try again.")
		case slices.Contains(names[:i], name):
			return ecserror.Invalid("The specified capacity provider strategy contains the capacity provider '%s' more than once.", name)
		}
	}
	return nil
}

// checkNames wants capacity providers to be there.
func (s *Plane) checkNames(names []string) error {
	if len(names) > placement.MaxProviders {
		return ecserror.Invalid("There can be at most %d capacity providers.", placement.MaxProviders)
	}
	for _, name := range names {
		if !s.HasProvider(name) {
			return ecserror.Invalid("The specified capacity provider '%.255s' was not found. Specify a valid capacity provider and try again.", strings.ToValidUTF8(name, "?"))
		}
	}
	return nil
}

// checkOnFargate refuses what Fargate does not do.
func checkOnFargate(r *request) error {
	switch {
	case !supports(r.definition, types.CompatibilityFargate):
		return ecserror.Invalid("Task definition does not support launch_type FARGATE.")
	case r.Constraints.Any():
		return ecserror.Invalid("Placement constraints are not supported with FARGATE launch type.")
	case len(r.Strategy) > 0:
		return ecserror.Invalid("Placement strategies are not supported with FARGATE launch type.")
	case !placement.IsFargateSize(r.Need.CPU, r.Need.Memory):
		return placement.NoFargateSize(r.Need.CPU, r.Need.Memory)
	}
	return nil
}
