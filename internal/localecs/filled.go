package localecs

import "github.com/aws/aws-sdk-go-v2/service/ecs/types"

// filledDefinition has the lists that a caller left out, which ECS shows empty, and essential containers where nothing was said.
func filledDefinition(d types.TaskDefinition) types.TaskDefinition {
	d.Volumes = orEmpty(d.Volumes)
	d.PlacementConstraints = orEmpty(d.PlacementConstraints)
	for i := range d.ContainerDefinitions {
		c := &d.ContainerDefinitions[i]
		c.Environment, c.MountPoints, c.PortMappings = orEmpty(c.Environment), orEmpty(c.MountPoints), orEmpty(c.PortMappings)
		c.VolumesFrom, c.SystemControls = orEmpty(c.VolumesFrom), orEmpty(c.SystemControls)
		if c.Essential == nil {
			c.Essential = new(true)
		}
	}
	return d
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
