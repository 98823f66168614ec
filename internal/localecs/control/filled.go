package control

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecsname"
)

// filledDefinition has the lists that a caller left out, which ECS shows empty, and the defaults that ECS fills in: essential containers, tcp, host
// ports, the figures of health checks, and the root of EFS volumes.
func filledDefinition(d types.TaskDefinition) types.TaskDefinition {
	d.Volumes = filledVolumes(d.Volumes)
	d.PlacementConstraints = ecsname.OrEmpty(d.PlacementConstraints)
	for i := range d.ContainerDefinitions {
		c := &d.ContainerDefinitions[i]
		c.Environment, c.MountPoints = ecsname.OrEmpty(c.Environment), ecsname.OrEmpty(c.MountPoints)
		c.VolumesFrom, c.SystemControls = ecsname.OrEmpty(c.VolumesFrom), ecsname.OrEmpty(c.SystemControls)
		c.PortMappings = filledPorts(c.PortMappings, d.NetworkMode)
		c.HealthCheck = filledHealth(c.HealthCheck)
		if c.Essential == nil {
			c.Essential = new(true)
		}
	}
	return d
}

func filledVolumes(volumes []types.Volume) []types.Volume {
	filled := slices.Clone(ecsname.OrEmpty(volumes))
	for i := range filled {
		if e := filled[i].EfsVolumeConfiguration; e != nil && ecsname.Value(e.RootDirectory) == "" {
			rooted := *e
			rooted.RootDirectory = new("/")
			filled[i].EfsVolumeConfiguration = &rooted
		}
	}
	return filled
}

// filledPorts has the protocol, and the host port: of the host's choice on a bridge, the container's own in the modes that share its ports.
func filledPorts(mappings []types.PortMapping, mode types.NetworkMode) []types.PortMapping {
	filled := slices.Clone(ecsname.OrEmpty(mappings))
	for i := range filled {
		p := &filled[i]
		if p.Protocol == "" {
			p.Protocol = types.TransportProtocolTcp
		}
		if p.ContainerPort == nil || ecsname.Value(p.HostPort) != 0 {
			continue
		}
		p.HostPort = new(int32(0))
		if mode == types.NetworkModeAwsvpc || mode == types.NetworkModeHost {
			p.HostPort = p.ContainerPort
		}
	}
	return filled
}

func filledHealth(check *types.HealthCheck) *types.HealthCheck {
	if check == nil {
		return nil
	}
	filled := *check
	for _, n := range []struct {
		field **int32
		value int32
	}{{&filled.Interval, 30}, {&filled.Timeout, 5}, {&filled.Retries, 3}} {
		if *n.field == nil {
			*n.field = new(n.value)
		}
	}
	return &filled
}
