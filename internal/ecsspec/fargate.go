package ecsspec

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/jsontree"
)

// FargateSize is one row of Fargate's table of task sizes.
type FargateSize struct {
	CPU    int    // units; 1,024 are one vCPU
	Memory []int  // MiB, each value that goes with it
	Note   string // what else it asks for
}

// Notes of the sizes that not every platform has.
const (
	linuxOnly = "Linux only"
	newLinux  = "Linux only, platform version 1.4.0 or later"
)

// FargateSizes is Fargate's table of task sizes, the smallest first.
func FargateSizes() []FargateSize {
	return []FargateSize{
		{256, []int{512, 1024, 2048}, linuxOnly},
		{512, steps(1024, 4096, 1024), linuxOnly},
		{1024, steps(2048, 8192, 1024), ""},
		{2048, steps(4096, 16384, 1024), ""},
		{4096, steps(8192, 30720, 1024), ""},
		{8192, steps(16384, 61440, 4096), newLinux},
		{16384, steps(32768, 122880, 8192), newLinux},
		{32768, []int{60 << 10, 120 << 10, 244 << 10}, newLinux},
	}
}

func steps(first, last, step int) []int {
	var all []int
	for v := first; v <= last; v += step {
		all = append(all, v)
	}
	return all
}

const (
	sizeText  = "CPU units such as 1024 or \"1 vCPU\"; MiB of memory such as 2048 or \"2 GB\""
	pairLimit = "a pair of Fargate's table of task sizes (docs/rules.md)"
)

// sizeShape returns what is wrong with a task size that has no number in it. Only ECS can judge the others.
func sizeShape(s string) string {
	if s == "" || strings.ContainsFunc(s, isDigit) {
		return ""
	}
	return quoted(s) + " was given"
}

// parseSize reads a task size: a whole number of the small unit, or a number of the large one with its name. known is false for any
// other text, which is left to ECS.
func parseSize(s, unit string) (value int, known bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if number, large := strings.CutSuffix(s, unit); large {
		v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || v < 0 || v > math.MaxInt32 {
			return 0, false
		}
		return int(math.Round(v * 1024)), true
	}
	v, err := strconv.Atoi(s)
	return v, err == nil
}

// platform is the part of a request that decides which sizes it may have.
type platform struct {
	windows bool
	version string // platformVersion, where given
}

// checkSizePair returns what is wrong with a pair of task sizes; "" also where one of them cannot be read.
func checkSizePair(cpuText, memoryText string, on platform) string {
	cpu, knownCPU := parseSize(cpuText, "vcpu")
	memory, knownMemory := parseSize(memoryText, "gb")
	if !knownCPU || !knownMemory {
		return ""
	}
	for _, size := range FargateSizes() {
		switch {
		case size.CPU != cpu:
		case !slices.Contains(size.Memory, memory):
			return fmt.Sprintf("%d CPU units with %d MiB were given; with these go %s MiB", cpu, memory, formatSizes(size.Memory))
		case on.windows && size.Note != "":
			return fmt.Sprintf("%d CPU units were given for Windows", cpu)
		case size.Note == newLinux && slices.Contains([]string{"1.0.0", "1.1.0", "1.2.0", "1.3.0"}, on.version):
			return fmt.Sprintf("%d CPU units were given with platform version %s", cpu, on.version)
		default:
			return ""
		}
	}
	return fmt.Sprintf("%d CPU units were given", cpu)
}

// formatSizes returns the values of a size: all of them up to three, else the first two and the last.
func formatSizes(values []int) string {
	if len(values) > 3 {
		return fmt.Sprintf("%d, %d … %d", values[0], values[1], values[len(values)-1])
	}
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(values)), ", "), "[]")
}

// fargateOverride checks the task size of a launch that is surely on Fargate, where both cpu and memory are overridden.
func fargateOverride(input jsontree.Node) []finding {
	overrides, _ := input.Get("overrides")
	cpu, memory := member(overrides, "cpu"), member(overrides, "memory")
	if cpu == "" || memory == "" || !onFargate(input) {
		return nil
	}
	if what := checkSizePair(cpu, memory, platform{version: member(input, "platformVersion")}); what != "" {
		return []finding{{"/overrides/memory", what}}
	}
	return nil
}

// onFargate reports whether a launch can run on nothing but Fargate.
func onFargate(input jsontree.Node) bool {
	if launch := member(input, "launchType"); launch != "" {
		return launch == string(types.LaunchTypeFargate)
	}
	strategy, _ := input.Get("capacityProviderStrategy")
	for _, item := range strategy.Items {
		if name := member(item, "capacityProvider"); name != "FARGATE" && name != "FARGATE_SPOT" {
			return false
		}
	}
	return len(strategy.Items) > 0
}
