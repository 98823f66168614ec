package placement

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
)

// Resources is an amount of CPU units, memory in MiB and GPUs.
type Resources struct{ CPU, Memory, Gpus int }

var errSize = errors.New("not a size")

// CPUUnits reads "1024" (units) or "1 vCPU"; empty is 0.
func CPUUnits(text string) (int, error) { return size(text, "vcpu", 1024) }

// Mebibytes reads "2048" (MiB) or "2 GB"; empty is 0.
func Mebibytes(text string) (int, error) { return size(text, "gb", 1024) }

func size(text, unit string, factor float64) (int, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return 0, nil
	}
	number, hasUnit := strings.CutSuffix(text, unit)
	if !hasUnit {
		factor = 1
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	n *= factor
	if err != nil || !(n >= 1 && n <= math.MaxInt32) || n != math.Trunc(n) {
		return 0, errSize
	}
	return int(n), nil
}

// ContainerSize is what one container asks for, its override first.
func ContainerSize(c types.ContainerDefinition, o types.ContainerOverride) Resources {
	r := Resources{CPU: int(c.Cpu), Memory: int(ecsname.First(o.Memory, c.Memory)), Gpus: gpus(c.ResourceRequirements)}
	if o.Cpu != nil {
		r.CPU = int(*o.Cpu)
	}
	if reserved := ecsname.First(o.MemoryReservation, c.MemoryReservation); reserved > 0 {
		r.Memory = int(reserved)
	}
	if o.ResourceRequirements != nil {
		r.Gpus = gpus(o.ResourceRequirements)
	}
	return r
}

// gpus counts every GPU asked for; ALL is one at least.
func gpus(requirements []types.ResourceRequirement) int {
	n := 0
	for _, r := range requirements {
		if r.Type == types.ResourceTypeInferenceAccelerator {
			continue
		}
		count, err := strconv.Atoi(ecsname.Value(r.Value))
		if err != nil {
			count = 1
		}
		n += max(count, 1)
	}
	return n
}

// TaskSize is what a task takes of an instance: the size of the task where it has one, and the sum of its containers' otherwise.
func TaskSize(d *types.TaskDefinition, o *types.TaskOverride) (Resources, error) {
	var sum Resources
	for _, c := range d.ContainerDefinitions {
		r := ContainerSize(c, OverrideOf(o, *c.Name))
		sum.CPU, sum.Memory, sum.Gpus = sum.CPU+r.CPU, sum.Memory+r.Memory, sum.Gpus+r.Gpus
	}
	if o == nil {
		o = new(types.TaskOverride)
	}
	cpu, err := CPUUnits(ecsname.Value(o.Cpu) + unless(o.Cpu, d.Cpu))
	if err != nil {
		return sum, ecserror.Client("Invalid 'cpu' setting for task.")
	}
	memory, err := Mebibytes(ecsname.Value(o.Memory) + unless(o.Memory, d.Memory))
	if err != nil {
		return sum, ecserror.Client("Invalid 'memory' setting for task.")
	}
	if cpu > 0 {
		sum.CPU = cpu
	}
	if memory > 0 {
		sum.Memory = memory
	}
	return sum, nil
}

// unless is the value of own where there is no override.
func unless(override, own *string) string {
	if ecsname.Value(override) != "" {
		return ""
	}
	return ecsname.Value(own)
}

// OverrideOf returns the override of a container; the zero value where there is none.
func OverrideOf(o *types.TaskOverride, container string) types.ContainerOverride {
	if o != nil {
		for _, c := range o.ContainerOverrides {
			if ecsname.Value(c.Name) == container {
				return c
			}
		}
	}
	return types.ContainerOverride{}
}
