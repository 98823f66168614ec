package placement

import (
	"regexp"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecserror"
)

// The capacity providers that every account has.
const (
	ProviderFargate = "FARGATE"
	ProviderSpot    = "FARGATE_SPOT"
)

// ECS's bounds of capacity providers and their strategies.
const (
	MaxProviders = 20
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

// Provider is what a task is launched on, as the task shows it.
type Provider struct {
	LaunchType types.LaunchType
	Capacity   string // capacity provider, empty when none was asked for
}

// IsFargate reports whether tasks are launched on Fargate.
func (p Provider) IsFargate() bool { return p.LaunchType == types.LaunchTypeFargate }

// IsFargateProvider reports whether the capacity provider is one of Fargate's.
func IsFargateProvider(name string) bool { return name == ProviderFargate || name == ProviderSpot }

// CheckSplit holds the rules for base and weight.
func CheckSplit(strategy []types.CapacityProviderStrategyItem) error {
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
