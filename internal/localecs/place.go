package localecs

import (
	"cmp"
	"davit/internal/localecs/ecsname"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

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
		out.fail(ecsname.InstanceARN(r.cluster, ecsname.InstanceID(0)), reason)
	}
	return out
}

// placeOnFargate places a task on any machine that has room for it; which one is nobody's business.
func (s *Server) placeOnFargate(r *request, p provider, out *placed) {
	if m := s.anyWithRoom(r.need); m != nil {
		out.Tasks = append(out.Tasks, s.create(r, p, m, nil))
		return
	}
	out.Failures = append(out.Failures, types.Failure{Reason: new(reasonCapacity)})
}

// placeOnInstance places a task on the container instance that the strategies choose. If it fits on none, the failure is that of
// the one that came closest.
func (s *Server) placeOnInstance(r *request, p provider, out *placed) {
	i, reason := s.fleet.choose(&r.demand, p, s.loadsFor(r))
	if reason != "" {
		out.fail(i.arn(), reason)
		return
	}
	out.Tasks = append(out.Tasks, s.create(r, p, i.machine, &i))
}

// startOn places a task on the instance that the caller names: strategies have no say, and neither has distinctInstance.
func (s *Server) startOn(r *request, i instance, out *placed) {
	switch i.Status {
	case inactive:
		out.fail(i.arn(), reasonInactive)
		return
	case draining:
		out.fail(i.arn(), reasonInactive)
		out.Failures[len(out.Failures)-1].Detail = new("The container instance is DRAINING.")
		return
	}
	if reason := i.unfit(&r.demand, s.loadsFor(r)[i.index]); reason != "" {
		out.fail(i.arn(), reason)
		return
	}
	out.Tasks = append(out.Tasks, s.create(r, provider{launchType: types.LaunchTypeEc2}, i.machine, &i))
}

// create makes a task on a machine and starts its life; on is the instance that the task names, nil on Fargate. What it returns
// is the task as the reply shows it. The caller holds mu and has seen that there is room.
func (s *Server) create(r *request, p provider, m *machine, on *instance) types.Task {
	id := ecsname.NewID()
	var ports []port
	if on != nil {
		ports = r.ports
	}
	booked := m.book(r.need, ports)
	t := newTask(s.describeNew(r, p, booked, id), id, r.cluster, *r.definition.Family, s.seq+1)
	s.locate(&t.Task, r, m, on)
	t.token, t.instance, t.booked = r.token, m.index, booked
	t.hiding = s.faults.hide(s.now())
	s.add(t)
	s.save(t)
	s.announce(t, s.now())
	s.lives.Go(func() { s.live(t, r.plan) })
	return t.view()
}

// release frees a stopped task's place. The caller holds mu.
func (s *Server) release(t *task) {
	s.machines[t.instance].free(t.booked)
	t.booked = booking{}
}

func (s *Server) describeNew(r *request, p provider, booked booking, id string) types.Task {
	now := s.now()
	t := types.Task{
		TaskArn: new(ecsname.TaskARN(r.cluster, id)), ClusterArn: new(ecsname.ClusterARN(r.cluster)), TaskDefinitionArn: r.definition.TaskDefinitionArn,
		LastStatus: new(provisioning), DesiredStatus: new(running), CreatedAt: &now, Version: 1,
		Cpu: new(strconv.Itoa(r.need.cpu)), Memory: new(strconv.Itoa(r.need.memory)),
		Group: &r.group, StartedBy: r.startedBy, Tags: r.tags, LaunchType: p.launchType, EnableExecuteCommand: r.execute,
		HealthStatus: types.HealthStatusUnknown,
	}
	if p.capacity != "" {
		t.CapacityProviderName = &p.capacity
	}
	gpus := booked.gpus
	for _, c := range r.plan {
		shown := c.describeNew(*t.TaskArn, r.cluster, id)
		shown.GpuIds, gpus = gpus[:c.size.gpus:c.size.gpus], gpus[c.size.gpus:]
		t.Containers = append(t.Containers, shown)
	}
	r.complete(&t)
	return t
}

// platform is the version that LATEST and no version at all stand for.
func platform(asked *string) string {
	if v := ecsname.Value(asked); v != "" && v != "LATEST" {
		return v
	}
	return "1.4.0"
}

// locate returns where the task is.
func (s *Server) locate(t *types.Task, r *request, m *machine, on *instance) {
	if on == nil {
		t.PlatformVersion, t.PlatformFamily = new(platform(r.platform)), new("Linux")
		t.AvailabilityZone = new(zone(m.index))
		t.Attributes = []types.Attribute{attribute(attributeArchitecture, fargateArchitecture(&r.definition.TaskDefinition))}
		return
	}
	has := on.attributes()
	t.ContainerInstanceArn = new(on.arn())
	t.AvailabilityZone = new(cmp.Or(has[attributeZone], zone(m.index)))
	t.Attributes = []types.Attribute{}
	if has[attributeArchitecture] != "" {
		t.Attributes = append(t.Attributes, attribute(attributeArchitecture, has[attributeArchitecture]))
	}
}
