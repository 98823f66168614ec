package control

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/placement"
	"davit/internal/localecs/task"
)

const (
	maxContainers = 10
	maxRevision   = 1_000_000
)

// checkDefinition refuses what could not be run as it is described. It is not a complete check of a task definition: what has
// no effect here is recorded as it came.
func checkDefinition(in *ecs.RegisterTaskDefinitionInput) error {
	switch {
	case !ecsname.ValidName.MatchString(ecsname.Value(in.Family)):
		return ecserror.Client("Family contains invalid characters or is not 1 to 255 characters long.")
	case len(in.ContainerDefinitions) == 0:
		return ecserror.Client("Container definitions must not be empty.")
	case len(in.ContainerDefinitions) > maxContainers:
		return ecserror.Client("Too many containers: a task definition has 10 at most.")
	case len(in.InferenceAccelerators) > 0: //nolint:staticcheck // deprecated, and refused for it
		return ecserror.Client("Inference accelerators are no longer available.")
	}
	cpu, err := placement.CPUUnits(ecsname.Value(in.Cpu))
	if err != nil {
		return ecserror.Client("Invalid 'cpu' setting for task.")
	}
	memory, err := placement.Mebibytes(ecsname.Value(in.Memory))
	if err != nil {
		return ecserror.Client("Invalid 'memory' setting for task.")
	}
	if err := checkContainers(in.ContainerDefinitions, memory); err != nil {
		return err
	}
	if err := placement.CheckDefinitionConstraints(in.PlacementConstraints); err != nil {
		return err
	}
	return checkFargate(in, cpu, memory)
}

func checkContainers(containers []types.ContainerDefinition, taskMemory int) error {
	essential := false
	for i, c := range containers {
		if err := checkContainer(c, taskMemory); err != nil {
			return err
		}
		if has(containers[:i], *c.Name) {
			return ecserror.Client("Container name %s is used more than once.", *c.Name)
		}
		essential = essential || task.IsEssential(c)
	}
	if !essential {
		return ecserror.Client("A task definition must have at least one essential container.")
	}
	return checkDependencies(containers)
}

func checkContainer(c types.ContainerDefinition, taskMemory int) error {
	name := ecsname.Value(c.Name)
	switch {
	case !ecsname.ValidName.MatchString(name):
		return ecserror.Client("Container.name contains invalid characters or is not 1 to 255 characters long.")
	case ecsname.Value(c.Image) == "":
		return ecserror.Client("Container.image should not be null or empty.")
	case c.Cpu < 0 || ecsname.Value(c.Memory) < 0 || ecsname.Value(c.MemoryReservation) < 0:
		return ecserror.Client("Invalid setting for container '%s'. 'cpu' and 'memory' must not be negative.", name)
	case taskMemory == 0 && ecsname.Value(c.Memory) == 0 && ecsname.Value(c.MemoryReservation) == 0:
		return ecserror.Client("Invalid setting for container '%s'. At least one of 'memory' or 'memoryReservation' must be specified.", name)
	case ecsname.Value(c.StopTimeout) < 0:
		return ecserror.Client("Invalid setting for container '%s'. 'stopTimeout' must not be negative.", name)
	}
	return checkContainerLife(c)
}

func compatibilities(in *ecs.RegisterTaskDefinitionInput) []types.Compatibility {
	all := []types.Compatibility{types.CompatibilityEc2, types.CompatibilityExternal}
	cpu, _ := placement.CPUUnits(ecsname.Value(in.Cpu)) // checkDefinition has seen both
	memory, _ := placement.Mebibytes(ecsname.Value(in.Memory))
	if in.NetworkMode == types.NetworkModeAwsvpc && placement.IsFargateSize(cpu, memory) && len(in.PlacementConstraints) == 0 {
		all = append(all, types.CompatibilityFargate)
	}
	return all
}

func checkFargate(in *ecs.RegisterTaskDefinitionInput, cpu, memory int) error {
	if !slices.Contains(in.RequiresCompatibilities, types.CompatibilityFargate) {
		return nil
	}
	switch {
	case in.NetworkMode != types.NetworkModeAwsvpc:
		return ecserror.Client("Fargate only supports network mode 'awsvpc'.")
	case cpu == 0:
		return ecserror.Client("Fargate requires that 'cpu' be defined at the task level.")
	case memory == 0:
		return ecserror.Client("Fargate requires that 'memory' be defined at the task level.")
	case !placement.IsFargateSize(cpu, memory):
		return placement.NoFargateSize(cpu, memory)
	case len(in.PlacementConstraints) > 0:
		return ecserror.Client("Placement constraints are not supported with FARGATE launch type.")
	}
	return nil
}

// checkDependencies wants every dependency to be of a known container, to be one that can come true, and not to lead back to itself.
func checkDependencies(containers []types.ContainerDefinition) error {
	byName := map[string]types.ContainerDefinition{}
	for _, c := range containers {
		byName[*c.Name] = c
	}
	for _, c := range containers {
		for _, d := range c.DependsOn {
			on, known := byName[ecsname.Value(d.ContainerName)]
			switch {
			case !known:
				return ecserror.Client("Container '%s' depends on a container that is not in the task definition.", *c.Name)
			case !slices.Contains(d.Condition.Values(), d.Condition):
				return ecserror.Client("Container '%s' has a dependency of an unknown condition.", *c.Name)
			case d.Condition == types.ContainerConditionHealthy && on.HealthCheck == nil:
				return ecserror.Client("Container '%s' waits for '%s' to be HEALTHY, which has no health check.", *c.Name, *on.Name)
			case needsEnd(d.Condition) && task.IsEssential(on):
				return ecserror.Client("Container '%s' waits for the end of '%s', which must not be essential then.", *c.Name, *on.Name)
			}
		}
	}
	if circular(containers) {
		return ecserror.Client("The dependencies of the containers form a circle.")
	}
	return nil
}

func needsEnd(c types.ContainerCondition) bool {
	return c == types.ContainerConditionComplete || c == types.ContainerConditionSuccess
}

// circular takes the containers away that depend on none of those left, until none is left or none can go.
func circular(containers []types.ContainerDefinition) bool {
	left := containers
	for len(left) > 0 {
		var waiting []types.ContainerDefinition
		for _, c := range left {
			if slices.ContainsFunc(c.DependsOn, func(d types.ContainerDependency) bool { return has(left, *d.ContainerName) }) {
				waiting = append(waiting, c)
			}
		}
		if len(waiting) == len(left) {
			return true
		}
		left = waiting
	}
	return false
}

func has(containers []types.ContainerDefinition, name string) bool {
	return slices.ContainsFunc(containers, func(c types.ContainerDefinition) bool { return *c.Name == name })
}
