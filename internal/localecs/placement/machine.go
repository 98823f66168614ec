package placement

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"davit/internal/localecs/ecsname"
)

// Machine is a host of tasks. It is registered as a container instance with every cluster; what its tasks take of it is taken
// from it once, whatever cluster they are of.
type Machine struct {
	// CPU is in CPU units, Memory in MiB; 0 is Options.CPU and Options.Memory.
	CPU    int `json:"cpu"`
	Memory int `json:"memory"`
	// GPUs is the number of GPUs to book. Nothing is done to a process that has one.
	GPUs int `json:"gpus"`
	// Attributes add to those that every instance has, or give them another value (ecs.availability-zone, ecs.instance-type …).
	// An empty value is none. At most 10 may be custom ones, that is, not begin with ecs. or com.amazonaws.
	Attributes map[string]string `json:"attributes"`
	// Lacks names attributes that the instance does not have, for example ecs.capability.task-eni: tasks that need one fail with ATTRIBUTE.
	Lacks []string `json:"lacks"`
	// CapacityProvider is a capacity provider of the kind that has an Auto Scaling group, with this machine in it; empty for none.
	// A provider exists because a machine names it.
	CapacityProvider string `json:"capacityProvider"`
}

// MaxMachines keeps a slip of the pen from making a million of them.
const MaxMachines = 1000

// Check returns an error that names what is wrong with the machine.
func (m Machine) Check() error {
	switch {
	case m.CPU < 0 || m.Memory < 0 || m.GPUs < 0:
		return errors.New("cpu, memory and gpus must not be negative")
	case m.GPUs > 64:
		return errors.New("gpus must be at most 64")
	case m.CapacityProvider != "" && !validProviderName(m.CapacityProvider):
		return fmt.Errorf("capacityProvider %.300q must be 1 to 255 letters, digits, '-' and '_', and not begin with aws, ecs or fargate", m.CapacityProvider)
	}
	custom := 0
	for name, v := range m.Attributes {
		if err := CheckAttribute(name, v); err != nil {
			return err
		}
		if !ReservedAttribute(name) {
			custom++
		}
	}
	if custom > MaxAttributes {
		return fmt.Errorf("attributes: there can be at most %d custom ones", MaxAttributes)
	}
	return nil
}

// Host is a Machine and what is taken of it.
type Host struct {
	Machine
	Index    int
	ID       string
	built    map[string]string // the attributes that it is registered with
	used     Resources
	ports    map[Port]bool // taken, with those that ECS keeps for itself
	freeGPUs []string
}

func newMachines(specs []Machine) []*Host {
	var all []*Host
	for i, spec := range specs {
		m := &Host{Machine: spec, Index: i, ID: ecsname.InstanceID(i), built: builtInAttributes(spec, i), ports: map[Port]bool{}}
		for _, p := range reservedPorts() {
			m.ports[p] = true
		}
		for n := range spec.GPUs {
			m.freeGPUs = append(m.freeGPUs, gpuID(i, n))
		}
		all = append(all, m)
	}
	return all
}

// Booking is what one task takes of its machine.
type Booking struct {
	Resources
	ports []Port
	Gpus  []string
}

// lack names what a machine has not enough of, empty when it has room.
func (m *Host) lack(need Resources, ports []Port) string {
	switch {
	case need.Gpus > len(m.freeGPUs):
		return reasonGPU
	case need.CPU > m.CPU-m.used.CPU:
		return reasonCPU
	case need.Memory > m.Memory-m.used.Memory:
		return ReasonMemory
	case len(m.ports)+len(ports) > maxPorts || slices.ContainsFunc(ports, func(p Port) bool { return m.ports[p] }):
		return reasonPorts
	}
	return ""
}

// Book takes what lack found to be there.
func (m *Host) Book(need Resources, ports []Port) Booking {
	m.used.CPU += need.CPU
	m.used.Memory += need.Memory
	for _, p := range ports {
		m.ports[p] = true
	}
	gpus := slices.Clone(m.freeGPUs[:need.Gpus])
	m.freeGPUs = slices.Delete(m.freeGPUs, 0, need.Gpus)
	return Booking{need, ports, gpus}
}

// Free releases what was booked.
func (m *Host) Free(b Booking) {
	m.used.CPU -= b.CPU
	m.used.Memory -= b.Memory
	for _, p := range b.ports {
		delete(m.ports, p)
	}
	m.freeGPUs = append(m.freeGPUs, b.Gpus...)
	slices.Sort(m.freeGPUs)
}

func gpuID(machine, gpu int) string { return "GPU-" + strconv.Itoa(machine) + "-" + strconv.Itoa(gpu) }
