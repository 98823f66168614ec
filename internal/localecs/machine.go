package localecs

import (
	"davit/internal/localecs/ecsname"
	"errors"
	"fmt"
	"slices"
	"strconv"
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

// maxMachines keeps a slip of the pen from making a million of them.
const maxMachines = 1000

func (m Machine) check() error {
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
		if err := checkAttribute(name, v); err != nil {
			return err
		}
		if !reservedAttribute(name) {
			custom++
		}
	}
	if custom > maxAttributes {
		return fmt.Errorf("attributes: there can be at most %d custom ones", maxAttributes)
	}
	return nil
}

// machine is a Machine and what is taken of it.
type machine struct {
	Machine
	index    int
	id       string
	built    map[string]string // the attributes that it is registered with
	used     resources
	ports    map[port]bool // taken, with those that ECS keeps for itself
	freeGPUs []string
}

func newMachines(specs []Machine) []*machine {
	var all []*machine
	for i, spec := range specs {
		m := &machine{Machine: spec, index: i, id: ecsname.InstanceID(i), built: builtInAttributes(spec, i), ports: map[port]bool{}}
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

// booking is what one task takes of its machine.
type booking struct {
	resources
	ports []port
	gpus  []string
}

// lack names what a machine has not enough of, empty when it has room.
func (m *machine) lack(need resources, ports []port) string {
	switch {
	case need.gpus > len(m.freeGPUs):
		return reasonGPU
	case need.cpu > m.CPU-m.used.cpu:
		return reasonCPU
	case need.memory > m.Memory-m.used.memory:
		return reasonMemory
	case len(m.ports)+len(ports) > maxPorts || slices.ContainsFunc(ports, func(p port) bool { return m.ports[p] }):
		return reasonPorts
	}
	return ""
}

// book takes what lack found to be there.
func (m *machine) book(need resources, ports []port) booking {
	m.used.cpu += need.cpu
	m.used.memory += need.memory
	for _, p := range ports {
		m.ports[p] = true
	}
	gpus := slices.Clone(m.freeGPUs[:need.gpus])
	m.freeGPUs = slices.Delete(m.freeGPUs, 0, need.gpus)
	return booking{need, ports, gpus}
}

// free releases what was booked.
func (m *machine) free(b booking) {
	m.used.cpu -= b.cpu
	m.used.memory -= b.memory
	for _, p := range b.ports {
		delete(m.ports, p)
	}
	m.freeGPUs = append(m.freeGPUs, b.gpus...)
	slices.Sort(m.freeGPUs)
}

func gpuID(machine, gpu int) string { return "GPU-" + strconv.Itoa(machine) + "-" + strconv.Itoa(gpu) }
