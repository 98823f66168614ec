package control

import (
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecsname"
)

// filledDefinition has the lists that a caller left out, which ECS shows empty, and essential containers where nothing was said.
func filledDefinition(d types.TaskDefinition) types.TaskDefinition {
	d.Volumes = ecsname.OrEmpty(d.Volumes)
	d.PlacementConstraints = ecsname.OrEmpty(d.PlacementConstraints)
	for i := range d.ContainerDefinitions {
		c := &d.ContainerDefinitions[i]
		c.Environment, c.MountPoints, c.PortMappings = ecsname.OrEmpty(c.Environment), ecsname.OrEmpty(c.MountPoints), ecsname.OrEmpty(c.PortMappings)
		c.VolumesFrom, c.SystemControls = ecsname.OrEmpty(c.VolumesFrom), ecsname.OrEmpty(c.SystemControls)
		if c.Essential == nil {
			c.Essential = new(true)
		}
	}
	return d
}
