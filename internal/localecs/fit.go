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

// unfit names why a task cannot be placed on the instance, as ECS words it; empty when it can.
func (i instance) unfit(d *demand, l load) string {
	switch {
	case len(d.constraints.members) > 0 && !d.constraints.member(i.queried(l)):
		return reasonMember
	case !satisfied(d.requires, i.attributes()):
		return reasonLacks
	case !i.agentConnected():
		return reasonAgent
	case d.constraints.distinct && l.groups[d.group] > 0:
		return reasonDistinct
	}
	return i.lack(d.need, d.ports)
}
