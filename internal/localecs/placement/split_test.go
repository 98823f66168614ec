package placement

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// mostTasks is how many tasks one RunTask launches at the most.
const mostTasks = 10

func TestSplit(t *testing.T) {
	item := func(name string, base, weight int32) types.CapacityProviderStrategyItem {
		return types.CapacityProviderStrategyItem{CapacityProvider: &name, Base: base, Weight: weight}
	}
	for name, tt := range map[string]struct {
		strategy []types.CapacityProviderStrategyItem
		want     string // of ten tasks
	}{
		"one":             {[]types.CapacityProviderStrategyItem{item("a", 0, 0)}, "aaaaaaaaaa"},
		"equal":           {[]types.CapacityProviderStrategyItem{item("a", 0, 1), item("b", 0, 1)}, "aaaaabbbbb"},
		"base first":      {[]types.CapacityProviderStrategyItem{item("a", 2, 1), item("b", 0, 3)}, "aaaabbbbbb"},
		"only the base":   {[]types.CapacityProviderStrategyItem{item("a", 3, 0), item("b", 0, 1)}, "aaabbbbbbb"},
		"base beyond ten": {[]types.CapacityProviderStrategyItem{item("a", 20, 1), item("b", 0, 1)}, "aaaaaaaaaa"},
		"no share is a whole task off": {[]types.CapacityProviderStrategyItem{
			item("a", 0, 10), item("b", 0, 1), item("c", 0, 1), item("d", 0, 1), item("e", 0, 1),
		}, "aaaaaaabcd"},
		"largest fraction": {[]types.CapacityProviderStrategyItem{item("a", 0, 1), item("b", 0, 2)}, "aaabbbbbbb"},
		"equal fractions":  {[]types.CapacityProviderStrategyItem{item("a", 1, 1), item("b", 0, 1)}, "aaaaaabbbb"},
		"weight 0 first":   {[]types.CapacityProviderStrategyItem{item("a", 0, 0), item("b", 0, 2)}, "bbbbbbbbbb"},
	} {
		t.Run(name, func(t *testing.T) {
			got := Split(tt.strategy, 10)
			slices.Sort(got)
			if s := strings.Join(got, ""); s != tt.want {
				t.Errorf("split = %s, want %s", s, tt.want)
			}
		})
	}
}

// TestSplitIsExact holds for any strategy: all tasks are given out, the base comes first, what has no weight gets no more than its base,
// and no provider is a whole task away from its share of the rest.
func TestSplitIsExact(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 28))
	for range 5000 {
		strategy := make([]types.CapacityProviderStrategyItem, 2+random.IntN(5))
		total := 0
		for i := range strategy {
			strategy[i].CapacityProvider = new(strconv.Itoa(i))
			strategy[i].Weight = int32(random.IntN(4) * random.IntN(1+maxWeight/3))
			total += int(strategy[i].Weight)
		}
		strategy[random.IntN(len(strategy))].Base = int32(random.IntN(12))
		if total == 0 {
			strategy[0].Weight, total = 1, 1
		}
		count := 1 + random.IntN(mostTasks)
		given := make([]int, len(strategy))
		for _, name := range Split(strategy, count) {
			i, _ := strconv.Atoi(name)
			given[i]++
		}
		checkShares(t, strategy, given, count, total)
	}
}

func checkShares(t *testing.T, strategy []types.CapacityProviderStrategyItem, given []int, count, total int) {
	t.Helper()
	rest, sum := count, 0
	for _, item := range strategy {
		rest -= min(int(item.Base), count)
	}
	for i, item := range strategy {
		sum += given[i]
		own := given[i] - min(int(item.Base), count)
		if share := rest * int(item.Weight); own*total <= share-total || own*total >= share+total || item.Weight == 0 && own != 0 {
			t.Errorf("%d of %d: item %d with weight %d of %d got %d beside its base", rest, count, i, item.Weight, total, own)
		}
	}
	if sum != count {
		t.Errorf("%d tasks were given out, not %d", sum, count)
	}
}
