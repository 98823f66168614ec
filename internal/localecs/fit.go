package localecs

import (
	"slices"
)

// The reasons for which a task finds no place, as ECS words them.
const (
	reasonMember   = "MemberOf placement constraint unsatisfied."
	reasonLacks    = "ATTRIBUTE"
	reasonAgent    = "AGENT"
	reasonDistinct = "DistinctInstance placement constraint unsatisfied."
	reasonGPU      = "RESOURCE:GPU"
	reasonCPU      = "RESOURCE:CPU"
	reasonMemory   = "RESOURCE:MEMORY"
	reasonPorts    = "RESOURCE:PORTS"
	reasonCapacity = "Capacity is unavailable at this time. Please try again later or in a different availability zone"
)

// closeness orders the reasons in the way an instance is asked: one that is refused for a later reason is the better match.
func closeness(reason string) int {
	return slices.Index([]string{reasonMember, reasonLacks, reasonAgent, reasonDistinct, reasonGPU, reasonCPU, reasonMemory, reasonPorts}, reason)
}

// candidates are the instances of a cluster that take tasks, of the capacity provider if one was asked for.
func (s *Server) candidates(cluster string, p provider) []instance {
	return slices.DeleteFunc(s.instances(cluster, statusActive), func(i instance) bool {
		return p.capacity != "" && i.CapacityProvider != p.capacity
	})
}

// loadsFor saves the count of all tasks where no constraint and no strategy asks for it.
func (s *Server) loadsFor(r *request) []load {
	if r.constraints.any() || len(r.strategy) > 0 {
		return s.loads(r.cluster)
	}
	return make([]load, len(s.machines))
}

// unfit names why a task cannot be placed on an instance, empty when it can.
func (s *Server) unfit(i instance, r *request, l load) string {
	switch {
	case len(r.constraints.members) > 0 && !r.constraints.member(s.asked(i, l)):
		return reasonMember
	case !satisfied(r.requires, i.attributes()):
		return reasonLacks
	case !s.agentConnected(i):
		return reasonAgent
	case r.constraints.distinct && l.groups[r.group] > 0:
		return reasonDistinct
	}
	return i.lack(r.need, r.ports)
}
