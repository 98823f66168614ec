package localecs

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
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

// place places one task for each provider as far as there is room, and starts them. The caller holds mu.
func (s *Server) place(r *request, providers []provider) *placed {
	out := newPlaced()
	refused, reason := s.faults.lacking(len(providers))
	granted := len(providers) - refused
	for _, p := range providers[:granted] {
		if p.isFargate() {
			s.placeOnFargate(r, p, out)
		} else {
			s.placeOnInstance(r, p, out)
		}
	}
	for range refused {
		out.fail(instanceARN(r.cluster, instanceID(0)), reason)
	}
	return out
}

// placeOnFargate places a task on any machine that has room for it; which one is nobody's business.
func (s *Server) placeOnFargate(r *request, p provider, out *placed) {
	for _, m := range s.machines {
		if m.lack(r.need, nil) == "" {
			out.Tasks = append(out.Tasks, s.create(r, p, m, nil))
			return
		}
	}
	out.Failures = append(out.Failures, types.Failure{Reason: new(reasonCapacity)})
}

// placeOnInstance places a task on the container instance that the strategies choose. If it fits on none, the failure is that of
// the one that came closest.
func (s *Server) placeOnInstance(r *request, p provider, out *placed) {
	loads := s.loadsFor(r)
	var fits []instance
	var closest instance
	worst := ""
	for _, i := range s.candidates(r.cluster, p) {
		reason := s.unfit(i, r, loads[i.index])
		switch {
		case reason == "":
			fits = append(fits, i)
		case worst == "" || closeness(reason) > closeness(worst):
			closest, worst = i, reason
		}
	}
	if len(fits) == 0 {
		out.fail(closest.arn(), worst)
		return
	}
	i := s.pick(fits, r, loads)
	out.Tasks = append(out.Tasks, s.create(r, p, i.machine, &i))
}

// startOn places a task on the instance that the caller names: strategies have no say, and neither has distinctInstance.
func (s *Server) startOn(r *request, i instance, out *placed) {
	switch i.Status {
	case statusInactive:
		out.fail(i.arn(), reasonInactive)
		return
	case statusDraining:
		out.fail(i.arn(), reasonInactive)
		out.Failures[len(out.Failures)-1].Detail = new("The container instance is DRAINING.")
		return
	}
	if reason := s.unfit(i, r, s.loadsFor(r)[i.index]); reason != "" {
		out.fail(i.arn(), reason)
		return
	}
	out.Tasks = append(out.Tasks, s.create(r, provider{launchType: types.LaunchTypeEc2}, i.machine, &i))
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
