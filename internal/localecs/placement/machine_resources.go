package placement

import "github.com/aws/aws-sdk-go-v2/service/ecs/types"

// Registered is what the machine has. Of ports ECS tells those that are taken from the start.
func (m *Host) Registered() []types.Resource {
	ports := map[Port]bool{}
	for _, p := range reservedPorts() {
		ports[p] = true
	}
	var gpus []string
	for n := range m.GPUs {
		gpus = append(gpus, gpuID(m.Index, n))
	}
	return amounts(m.CPU, m.Memory, ports, gpus)
}

// Remaining returns what the tasks of all clusters leave of the host.
func (m *Host) Remaining() []types.Resource {
	return amounts(m.CPU-m.used.CPU, m.Memory-m.used.Memory, m.ports, m.freeGPUs)
}

func amounts(cpu, memory int, ports map[Port]bool, gpus []string) []types.Resource {
	all := []types.Resource{
		{Name: new("CPU"), Type: new("INTEGER"), IntegerValue: int32(cpu)},
		{Name: new("MEMORY"), Type: new("INTEGER"), IntegerValue: int32(memory)},
		{Name: new("PORTS"), Type: new("STRINGSET"), StringSetValue: portsOf(ports, types.TransportProtocolTcp)},
		{Name: new("PORTS_UDP"), Type: new("STRINGSET"), StringSetValue: portsOf(ports, types.TransportProtocolUdp)},
	}
	if gpus != nil {
		all = append(all, types.Resource{Name: new("GPU"), Type: new("STRINGSET"), StringSetValue: gpus})
	}
	return all
}
