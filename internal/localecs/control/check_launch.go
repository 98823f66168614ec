package control

import (
	"slices"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/ecsjson"
	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/journal"
	"davit/internal/localecs/placement"
)

const (
	maxCount            = 10
	maxOverrides        = 8192
	maxStartedBy        = 128
	maxStartedByOfStart = 36
	maxTags             = 50
)

// shared is the part that RunTask's and StartTask's inputs have in common.
type shared struct {
	definition, group, startedBy *string
	overrides                    *types.TaskOverride
	network                      *types.NetworkConfiguration
	tags                         []types.Tag
	propagate                    types.PropagateTags
	volumes                      []types.TaskVolumeConfiguration
	execute, managed             bool
	constraints                  []types.PlacementConstraint // of RunTask
}

func common(in *ecs.RunTaskInput) shared {
	return shared{
		in.TaskDefinition, in.Group, in.StartedBy, in.Overrides, in.NetworkConfiguration,
		in.Tags, in.PropagateTags, in.VolumeConfigurations, in.EnableExecuteCommand, in.EnableECSManagedTags, in.PlacementConstraints,
	}
}

func commonOfStart(in *ecs.StartTaskInput) shared {
	return shared{
		in.TaskDefinition, in.Group, in.StartedBy, in.Overrides, in.NetworkConfiguration,
		in.Tags, in.PropagateTags, in.VolumeConfigurations, in.EnableExecuteCommand, in.EnableECSManagedTags, nil,
	}
}

func checkRun(in *ecs.RunTaskInput, count int) error {
	switch {
	case count < 1 || count > maxCount:
		return ecserror.Invalid("count must be between 1 and 10.")
	case in.ClientToken != nil && !ecsname.ValidToken.MatchString(*in.ClientToken):
		return ecserror.Invalid("clientToken must be 1 to 64 ASCII characters in the range of 33 to 126.")
	case in.LaunchType != "" && !slices.Contains(in.LaunchType.Values(), in.LaunchType):
		return ecserror.Invalid("launchType should be one of [EC2, FARGATE, EXTERNAL, MANAGED_INSTANCES].")
	case in.LaunchType == types.LaunchTypeManagedInstances:
		return ecserror.Client("The local ECS has no managed instances.")
	case in.LaunchType != "" && len(in.CapacityProviderStrategy) > 0:
		return ecserror.Invalid("Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.")
	case len(in.CapacityProviderStrategy) > placement.MaxProviders:
		return ecserror.Invalid("capacityProviderStrategy cannot have more than 20 items.")
	}
	if err := placement.CheckPlacementStrategy(in.PlacementStrategy); err != nil {
		return err
	}
	return checkStartedBy(in.StartedBy, maxStartedBy)
}

func checkStart(in *ecs.StartTaskInput) error {
	switch {
	case len(in.ContainerInstances) == 0:
		return ecserror.Invalid("Container instances cannot be empty.")
	case len(in.ContainerInstances) > maxCount:
		return ecserror.Invalid("Container instances cannot have more than 10 elements.")
	}
	return checkStartedBy(in.StartedBy, maxStartedByOfStart)
}

func checkStartedBy(startedBy *string, most int) error {
	if startedBy == nil {
		return nil
	}
	if utf8.RuneCountInString(*startedBy) > most || !ecsname.ValidStartedBy.MatchString(*startedBy) {
		return ecserror.Invalid("startedBy must be 1 to %d printable characters.", most)
	}
	return nil
}

// checkShared refuses what does not fit the definition, and what would run otherwise than it was asked to.
func (s *Plane) checkShared(in shared, d *journal.Definition) error {
	switch {
	case in.propagate != "" && !slices.Contains(in.propagate.Values(), in.propagate):
		return ecserror.Invalid("propagateTags should be one of [TASK_DEFINITION, SERVICE, NONE].")
	case in.propagate == types.PropagateTagsService:
		return ecserror.Invalid("propagateTags cannot be SERVICE for a task without a service.")
	case len(in.volumes) > 0:
		return ecserror.Client("The local ECS has no volumes to configure at launch.")
	case d.NetworkMode == types.NetworkModeAwsvpc && in.network == nil:
		return ecserror.Invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
	case d.NetworkMode != types.NetworkModeAwsvpc && in.network != nil:
		return ecserror.Invalid("Network Configuration is not valid for the given networkMode of this task definition.")
	}
	if err := checkTags(in.tags); err != nil {
		return err
	}
	if err := checkOverrides(in.overrides, d); err != nil {
		return err
	}
	if err := checkFiles(s.opt.S3Dir, d, in.overrides); err != nil {
		return err
	}
	return runnable(d)
}

func checkOverrides(o *types.TaskOverride, d *journal.Definition) error {
	if o == nil {
		return nil
	}
	text, err := ecsjson.Encode(o)
	if err != nil {
		return err
	}
	if utf8.RuneCount(text) > maxOverrides {
		return ecserror.Invalid("Overrides length must be at most 8192.")
	}
	if len(o.InferenceAcceleratorOverrides) > 0 { //nolint:staticcheck // deprecated, and refused for it
		return ecserror.Client("The local ECS has no inference accelerators.")
	}
	for _, c := range o.ContainerOverrides {
		name := ecsname.Value(c.Name)
		if name == "" && !emptyOverride(c) {
			return ecserror.Invalid("Override for container needs the container's name.")
		}
		if name != "" && !has(d.ContainerDefinitions, name) {
			return ecserror.Invalid("Override for container named %.255s is not a container in the TaskDefinition.", name)
		}
	}
	return nil
}

func emptyOverride(c types.ContainerOverride) bool {
	return len(c.Command) == 0 && len(c.Environment) == 0 && len(c.EnvironmentFiles) == 0 && c.Cpu == nil && c.Memory == nil &&
		c.MemoryReservation == nil && len(c.ResourceRequirements) == 0
}

// runnable refuses a definition that a plain process cannot do justice to.
func runnable(d *journal.Definition) error {
	for _, c := range d.ContainerDefinitions {
		if what := beyond(c); what != "" {
			return ecserror.Client("Container '%s' has %s.", *c.Name, what)
		}
	}
	return nil
}
