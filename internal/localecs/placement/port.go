package placement

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecsname"
)

// maxPorts is the most ports of a container instance that can be taken at a time, those that ECS keeps for itself included.
const maxPorts = 100

// Port is a fixed port of a host.
type Port struct {
	number   int
	protocol types.TransportProtocol
}

// reservedPorts are the ones that ECS keeps for itself on every container instance.
func reservedPorts() []Port {
	var all []Port
	for _, n := range []int{22, 2375, 2376, 51678, 51679, 51680} {
		all = append(all, Port{n, types.TransportProtocolTcp})
	}
	return all
}

// HostPorts are the ports that a task of the definition takes of its container instance. One that is left to the host is not
// among them, because another is always to be had, and awsvpc gives each task all ports.
func HostPorts(d *types.TaskDefinition) []Port {
	host := d.NetworkMode == types.NetworkModeHost
	if !host && d.NetworkMode != types.NetworkModeBridge && d.NetworkMode != "" {
		return nil
	}
	var all []Port
	for _, c := range d.ContainerDefinitions {
		for _, m := range c.PortMappings {
			p := Port{int(ecsname.Value(m.HostPort)), cmp.Or(m.Protocol, types.TransportProtocolTcp)}
			if host && p.number == 0 {
				p.number = int(ecsname.Value(m.ContainerPort))
			}
			if p.number != 0 && !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	return all
}

// portsOf are the numbers of the ports of a protocol, as DescribeContainerInstances shows them.
func portsOf(ports map[Port]bool, protocol types.TransportProtocol) []string {
	var numbers []int
	for p := range ports {
		if p.protocol == protocol {
			numbers = append(numbers, p.number)
		}
	}
	slices.Sort(numbers)
	texts := []string{}
	for _, n := range numbers {
		texts = append(texts, strconv.Itoa(n))
	}
	return texts
}
