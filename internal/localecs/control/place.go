package control

import (
	"cmp"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/placement"
	"davit/internal/localecs/task"
)

// place places one task for each provider as far as there is room, and starts them. The caller holds mu.
func (s *Plane) place(r *request, providers []placement.Provider) *placed {
	out := newPlaced()
	refused, reason := s.faults.Lacking(len(providers))
	granted := len(providers) - refused
	for _, p := range providers[:granted] {
		if p.IsFargate() {
			s.placeOnFargate(r, p, out)
		} else {
			s.placeOnInstance(r, p, out)
		}
	}
	for range refused {
		out.fail(ecsname.InstanceARN(r.Cluster, ecsname.InstanceIDIn(r.Cluster, ecsname.InstanceID(0))), reason)
	}
	return out
}

// placeOnFargate places a task on any machine that has room for it; which one is nobody's business.
func (s *Plane) placeOnFargate(r *request, p placement.Provider, out *placed) {
	if m := s.AnyWithRoom(r.Need); m != nil {
		out.Tasks = append(out.Tasks, s.create(r, p, m, nil))
		return
	}
	out.Failures = append(out.Failures, types.Failure{Reason: new(placement.ReasonCapacity)})
}

// placeOnInstance places a task on the container instance that the strategies choose. If it fits on none, the failure is that of
// the one that came closest.
func (s *Plane) placeOnInstance(r *request, p placement.Provider, out *placed) {
	i, reason := s.Choose(&r.Demand, p, s.loadsFor(r))
	if reason != "" {
		out.fail(i.ARN(), reason)
		return
	}
	out.Tasks = append(out.Tasks, s.create(r, p, i.Host, &i))
}

// startOn places a task on the instance that the caller names: strategies have no say, and neither has distinctInstance.
func (s *Plane) startOn(r *request, i placement.Instance, out *placed) {
	switch i.Status {
	case placement.Inactive:
		out.fail(i.ARN(), reasonInactive)
		return
	case placement.Draining:
		out.fail(i.ARN(), reasonInactive)
		out.Failures[len(out.Failures)-1].Detail = new("The container instance is DRAINING.")
		return
	}
	if reason := i.Unfit(&r.Demand, s.loadsFor(r)[i.Index]); reason != "" {
		out.fail(i.ARN(), reason)
		return
	}
	out.Tasks = append(out.Tasks, s.create(r, placement.Provider{LaunchType: types.LaunchTypeEc2}, i.Host, &i))
}

// create makes a task on a machine and starts its life; on is the instance that the task names, nil on Fargate. What it returns
// is the task as the reply shows it. The caller holds mu and has seen that there is room.
func (s *Plane) create(r *request, p placement.Provider, m *placement.Host, on *placement.Instance) types.Task {
	id := ecsname.NewID()
	var ports []placement.Port
	if on != nil {
		ports = r.Ports
	}
	booked := m.Book(r.Need, ports)
	t := task.New(s.describeNew(r, p, booked, id), id, r.Cluster, *r.definition.Family, s.seq+1)
	s.locate(&t.Task, r, m, on)
	t.Token, t.Instance, t.Booked = r.token, m.Index, booked
	t.Hiding = s.faults.Hide(s.now())
	s.add(t)
	s.save(t)
	s.announce(t, s.now())
	s.host.Group.Go(func() { task.Run(s.host, t, r.plan) })
	return t.View()
}

// release frees a stopped task's place. The caller holds mu.
func (s *Plane) release(t *task.Task) {
	s.Hosts[t.Instance].Free(t.Booked)
	t.Booked = placement.Booking{}
}

func (s *Plane) describeNew(r *request, p placement.Provider, booked placement.Booking, id string) types.Task {
	now := s.now()
	t := types.Task{
		TaskArn: new(ecsname.TaskARN(r.Cluster, id)), ClusterArn: new(ecsname.ClusterARN(r.Cluster)), TaskDefinitionArn: r.definition.TaskDefinitionArn,
		LastStatus: new(task.Provisioning), DesiredStatus: new(task.Running), CreatedAt: &now, Version: 1,
		Cpu: new(strconv.Itoa(r.Need.CPU)), Memory: new(strconv.Itoa(r.Need.Memory)),
		Group: &r.Group, StartedBy: r.startedBy, Tags: r.tags, LaunchType: p.LaunchType, EnableExecuteCommand: r.execute,
		HealthStatus: types.HealthStatusUnknown,
	}
	if p.Capacity != "" {
		t.CapacityProviderName = &p.Capacity
	}
	gpus := booked.Gpus
	for _, c := range r.plan {
		shown := c.DescribeNew(*t.TaskArn, r.Cluster, id)
		shown.GpuIds, gpus = gpus[:c.Size.Gpus:c.Size.Gpus], gpus[c.Size.Gpus:]
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
func (s *Plane) locate(t *types.Task, r *request, m *placement.Host, on *placement.Instance) {
	if on == nil {
		t.PlatformVersion, t.PlatformFamily = new(platform(r.platform)), new("Linux")
		t.AvailabilityZone = new(placement.Zone(m.Index))
		t.Attributes = []types.Attribute{placement.Attribute(placement.AttributeArchitecture, placement.FargateArchitecture(&r.definition.TaskDefinition))}
		return
	}
	has := on.Attributes()
	t.ContainerInstanceArn = new(on.ARN())
	t.AvailabilityZone = new(cmp.Or(has[placement.AttributeZone], placement.Zone(m.Index)))
	t.Attributes = []types.Attribute{}
	if has[placement.AttributeArchitecture] != "" {
		t.Attributes = append(t.Attributes, placement.Attribute(placement.AttributeArchitecture, has[placement.AttributeArchitecture]))
	}
}
