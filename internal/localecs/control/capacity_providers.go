package control

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/placement"
	"davit/internal/localecs/task"
)

// maxDescribedProviders is the most that one DescribeCapacityProviders answers.
const maxDescribedProviders = 10

// PutClusterCapacityProviders replaces a cluster's capacity providers and its default strategy. One that is left out must not have tasks.
func (s *Plane) PutClusterCapacityProviders(in *ecs.PutClusterCapacityProvidersInput) (any, error) {
	switch {
	case ecsname.Value(in.Cluster) == "":
		return nil, ecserror.Invalid("cluster must be specified.")
	case in.CapacityProviders == nil:
		return nil, ecserror.Invalid("capacityProviders must be specified; it can be empty.")
	case in.DefaultCapacityProviderStrategy == nil:
		return nil, ecserror.Invalid("defaultCapacityProviderStrategy must be specified; it can be empty.")
	}
	name, err := s.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	providers := providerNames(in.CapacityProviders)
	if err := s.checkAssociation(providers, in.DefaultCapacityProviderStrategy); err != nil {
		return nil, err
	}
	for _, t := range s.order {
		if t.Cluster == name && !t.Is(task.Stopped) && t.CapacityProviderName != nil && !slices.Contains(providers, *t.CapacityProviderName) {
			return nil, ecserror.Refuse("ResourceInUseException", "The specified capacity provider is in use and cannot be removed.")
		}
	}
	changed := *s.clusters[name]
	changed.CapacityProviders, changed.DefaultCapacityProviderStrategy = providers, named(in.DefaultCapacityProviderStrategy)
	s.replaceCluster(&changed)
	return &ecs.PutClusterCapacityProvidersOutput{Cluster: s.showCluster(name, false)}, nil
}

func providerNames(refs []string) []string {
	names := []string{}
	for _, ref := range refs {
		names = append(names, ecsname.ShortName("capacity-provider", ref))
	}
	return names
}

// checkAssociation checks the capacity providers of a cluster and its default strategy, both by name.
func (s *Plane) checkAssociation(providers []string, strategy []types.CapacityProviderStrategyItem) error {
	if err := s.checkNames(providers); err != nil {
		return err
	}
	return s.checkStrategy(strategy, providers)
}

// DescribeCapacityProviders knows Fargate's and those that machines name, of which there is no Auto Scaling group to show.
func (s *Plane) DescribeCapacityProviders(in *ecs.DescribeCapacityProvidersInput) (any, error) {
	known := s.providersKnown()
	if in.Cluster != nil {
		cluster, err := s.cluster(in.Cluster)
		if err != nil {
			return nil, err
		}
		known = slices.DeleteFunc(known, func(name string) bool { return !slices.Contains(s.clusters[cluster].CapacityProviders, name) })
	}
	out := &ecs.DescribeCapacityProvidersOutput{CapacityProviders: []types.CapacityProvider{}, Failures: []types.Failure{}}
	var entries []ecsname.Entry
	for _, name := range known {
		if len(in.CapacityProviders) == 0 || slices.Contains(providerNames(in.CapacityProviders), name) {
			entries = append(entries, ecsname.Entry{Key: name, Name: name})
		}
	}
	for _, name := range providerNames(in.CapacityProviders) {
		if !slices.Contains(known, name) {
			out.Failures = append(out.Failures, types.Failure{Arn: new(ecsname.ARNRoot + "capacity-provider/" + name), Reason: new(reasonMissing)})
		}
	}
	size := int32(maxDescribedProviders)
	if in.MaxResults != nil {
		size = *in.MaxResults
	}
	if size > maxDescribedProviders {
		return nil, ecserror.Invalid("maxResults must be between 1 and 10.")
	}
	names, next, err := ecsname.Page(entries, ecsname.Ascending, &size, in.NextToken)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		out.CapacityProviders = append(out.CapacityProviders, shownProvider(name))
	}
	out.NextToken = next
	return out, nil
}

// providersKnown are sorted by name.
func (s *Plane) providersKnown() []string {
	known := map[string]bool{placement.ProviderFargate: true, placement.ProviderSpot: true}
	for _, m := range s.Hosts {
		if m.CapacityProvider != "" {
			known[m.CapacityProvider] = true
		}
	}
	return slices.Sorted(maps.Keys(known))
}

func shownProvider(name string) types.CapacityProvider {
	p := types.CapacityProvider{
		CapacityProviderArn: new(ecsname.ARNRoot + "capacity-provider/" + name), Name: &name, Status: types.CapacityProviderStatusActive,
		Type: types.CapacityProviderTypeEc2Autoscaling, Tags: []types.Tag{},
	}
	switch name {
	case placement.ProviderFargate:
		p.Type = types.CapacityProviderTypeFargate
	case placement.ProviderSpot:
		p.Type = types.CapacityProviderTypeFargateSpot
	}
	return p
}
