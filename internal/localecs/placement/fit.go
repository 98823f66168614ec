package placement

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
	ReasonMemory   = "RESOURCE:MEMORY"
	reasonPorts    = "RESOURCE:PORTS"
	ReasonCapacity = "Capacity is unavailable at this time. Please try again later or in a different availability zone"
)

// closeness orders the reasons in the way an instance is asked: one that is refused for a later reason is the better match.
func closeness(reason string) int {
	return slices.Index([]string{reasonMember, reasonLacks, reasonAgent, reasonDistinct, reasonGPU, reasonCPU, ReasonMemory, reasonPorts}, reason)
}

// Unfit names why a task cannot be placed on the instance, as ECS words it; empty when it can.
func (i Instance) Unfit(d *Demand, l Load) string {
	switch {
	case len(d.Constraints.members) > 0 && !d.Constraints.member(i.Queried(l)):
		return reasonMember
	case !satisfied(d.Requires, i.Attributes()):
		return reasonLacks
	case !i.AgentConnected():
		return reasonAgent
	case d.Constraints.distinct && l.Groups[d.Group] > 0:
		return reasonDistinct
	}
	return i.lack(d.Need, d.Ports)
}
