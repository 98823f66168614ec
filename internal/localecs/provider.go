package localecs

import (
	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/journal"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// The capacity providers that every account has.
const (
	providerFargate = "FARGATE"
	providerSpot    = "FARGATE_SPOT"
)

const (
	maxProviders = 20
	maxWeight    = 1000
	maxBase      = 100_000
)

var (
	providerName     = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)
	reservedProvider = regexp.MustCompile(`(?i)^(aws|ecs|fargate)`)
)

func validProviderName(name string) bool {
	return providerName.MatchString(name) && !reservedProvider.MatchString(name)
}

// provider is what a task is launched on, as the task shows it.
type provider struct {
	launchType types.LaunchType
	capacity   string // capacity provider, empty when none was asked for
}

func (p provider) isFargate() bool { return p.launchType == types.LaunchTypeFargate }

func isFargateProvider(name string) bool { return name == providerFargate || name == providerSpot }

// hasProvider reports whether a capacity provider exists: Fargate's do, and those that machines name.
func (s *Server) hasProvider(name string) bool {
	return isFargateProvider(name) || name != "" && slices.ContainsFunc(s.machines, func(m *machine) bool { return m.CapacityProvider == name })
}

// providerOf takes the name out of a capacity provider's ARN; a name stays as it is.
func providerOf(item types.CapacityProviderStrategyItem) string {
	return ecsname.ShortName("capacity-provider", ecsname.Value(item.CapacityProvider))
}

// choose returns, for each of count tasks, what it is launched on: the launch type, else the strategy, else the cluster's, else EC2.
func (s *Server) choose(r *request, in *ecs.RunTaskInput, count int) ([]provider, error) {
	cluster := s.clusters[r.cluster]
	strategy := in.CapacityProviderStrategy
	if in.LaunchType == "" && len(strategy) == 0 {
		strategy = cluster.DefaultCapacityProviderStrategy
	}
	if len(strategy) == 0 {
		p := provider{launchType: in.LaunchType}
		if p.launchType == "" {
			p.launchType = types.LaunchTypeEc2
		}
		return slices.Repeat([]provider{p}, count), s.checkChosen(r, in, p)
	}
	if err := s.checkStrategy(strategy, cluster.CapacityProviders); err != nil {
		return nil, err
	}
	var chosen []provider
	for _, name := range split(named(strategy), count) {
		p := provider{types.LaunchTypeEc2, name}
		if isFargateProvider(name) {
			p.launchType = types.LaunchTypeFargate
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
func (s *Server) checkChosen(r *request, in *ecs.RunTaskInput, p provider) error {
	if p.isFargate() {
		return checkOnFargate(r)
	}
	switch {
	case in.PlatformVersion != nil:
		return ecserror.Invalid("The platform version must be null when specifying an EC2 launch type.")
	case len(s.candidates(r.cluster, p)) > 0:
		return nil
	case p.capacity != "":
		return ecserror.Invalid("No Container Instances were found in your capacity provider.")
	}
	return ecserror.Invalid("No Container Instances were found in your cluster.")
}

func supports(d *journal.Definition, c types.Compatibility) bool {
	return slices.Contains(d.Compatibilities, c)
}

// checkStrategy holds the rules for a strategy of a request or of a cluster whose capacity providers are associated.
func (s *Server) checkStrategy(strategy []types.CapacityProviderStrategyItem, associated []string) error {
	var names []string
	for _, item := range strategy {
		names = append(names, providerOf(item))
	}
	if err := s.checkNames(names); err != nil {
		return err
	}
	if err := checkSplit(strategy); err != nil {
		return err
	}
	fargate := slices.ContainsFunc(names, isFargateProvider)
	for i, name := range names {
		switch {
		case !slices.Contains(associated, name):
			return ecserror.Invalid("The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. " +
				"Associate the capacity provider with the cluster or specify a valid capacity provider and try again.")
		case fargate != isFargateProvider(name):
			return ecserror.Invalid("A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and Fargate providers. " +
				"Specify one or the other and try again.")
		case slices.Contains(names[:i], name):
			return ecserror.Invalid("The specified capacity provider strategy contains the capacity provider '%s' more than once.", name)
		}
	}
	return nil
}

// checkNames wants capacity providers to be there.
func (s *Server) checkNames(names []string) error {
	if len(names) > maxProviders {
		return ecserror.Invalid("There can be at most %d capacity providers.", maxProviders)
	}
	for _, name := range names {
		if !s.hasProvider(name) {
			return ecserror.Invalid("The specified capacity provider '%.255s' was not found. Specify a valid capacity provider and try again.", strings.ToValidUTF8(name, "?"))
		}
	}
	return nil
}

// checkSplit holds the rules for base and weight.
func checkSplit(strategy []types.CapacityProviderStrategyItem) error {
	weights, bases := 0, 0
	for _, item := range strategy {
		switch {
		case item.Weight < 0 || item.Weight > maxWeight:
			return ecserror.Invalid("weight must be between 0 and 1000.")
		case item.Base < 0 || item.Base > maxBase:
			return ecserror.Invalid("base must be between 0 and 100000.")
		}
		weights += int(item.Weight)
		if item.Base > 0 {
			bases++
		}
	}
	if bases > 1 {
		return ecserror.Invalid("Only one capacity provider in a strategy can have a base.")
	}
	if weights == 0 && len(strategy) > 1 {
		return ecserror.Invalid("The capacity provider strategy must have a weight greater than 0.")
	}
	return nil
}
