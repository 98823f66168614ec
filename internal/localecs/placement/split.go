package placement

import (
	"cmp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Split names a provider for each of count tasks: first the base, then the rest in proportion to the weights. Each provider gets
// the whole part of its share, and what is left goes one by one to the largest fractions, to the earlier item where they are equal:
// no provider is ever a whole task away from its share. A single item without a weight gets everything.
func Split(strategy []types.CapacityProviderStrategyItem, count int) []string {
	var names []string
	for _, item := range strategy {
		for range min(int(item.Base), count-len(names)) {
			names = append(names, *item.CapacityProvider)
		}
	}
	for i, n := range shares(strategy, count-len(names)) {
		for range n {
			names = append(names, *strategy[i].CapacityProvider)
		}
	}
	return names
}

// shares are how many of rest each item gets by its weight.
func shares(strategy []types.CapacityProviderStrategyItem, rest int) []int {
	given := make([]int, len(strategy))
	total := 0
	for _, item := range strategy {
		total += int(item.Weight)
	}
	if total == 0 { // one item: several without a weight were refused
		given[0] = rest
		return given
	}
	left := rest
	order := make([]int, len(strategy))
	for i, item := range strategy {
		order[i] = i
		given[i] = rest * int(item.Weight) / total
		left -= given[i]
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(rest*int(strategy[b].Weight)%total, rest*int(strategy[a].Weight)%total)
	})
	for _, i := range order[:left] {
		given[i]++
	}
	return given
}
