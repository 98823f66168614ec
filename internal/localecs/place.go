package localecs

import (
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// The reasons for which a task finds no place.
const (
	reasonCPU    = "RESOURCE:CPU"
	reasonMemory = "RESOURCE:MEMORY"
	reasonGPU    = "RESOURCE:GPU"
)

// place places one task for each provider as far as there is room, and starts them. The caller holds mu.
func (s *Server) place(r *request, providers []provider) *placed {
	out := newPlaced()
	refused, reason := s.faults.lacking(len(providers))
	granted := len(providers) - refused
	free := make([]int, s.opt.Instances)
	for i := range free {
		free[i] = i
	}
	for _, p := range providers[:granted] {
		if on := s.placeOn(r, p, free, out); on >= 0 && r.distinct {
			free = without(free, on)
		}
	}
	for range refused {
		out.fail(instanceARN(r.cluster, instanceID(0)), reason)
	}
	return out
}

func without(instances []int, gone int) []int {
	var left []int
	for _, i := range instances {
		if i != gone {
			left = append(left, i)
		}
	}
	return left
}

// placeOn places a task on the first of the instances that has room and returns which; -1 and a failure when none has.
func (s *Server) placeOn(r *request, p provider, instances []int, out *placed) int {
	reason := "DistinctInstance placement constraint unsatisfied." // else there is an instance to ask
	last := 0
	for _, i := range instances {
		if reason = s.lack(i, r.need); reason == "" {
			out.Tasks = append(out.Tasks, s.create(r, p, i))
			return i
		}
		last = i
	}
	out.fail(instanceARN(r.cluster, instanceID(last)), reason)
	return -1
}

// lack names what an instance has not enough of, empty when it has room.
func (s *Server) lack(instance int, need resources) string {
	used := s.used[instance]
	switch {
	case need.gpus > 0:
		return reasonGPU
	case need.cpu > s.opt.CPU-used.cpu:
		return reasonCPU
	case need.memory > s.opt.Memory-used.memory:
		return reasonMemory
	}
	return ""
}

// create makes a task and starts its life. What it returns is the task as the reply shows it. The caller holds mu.
func (s *Server) create(r *request, p provider, instance int) types.Task {
	id := newID()
	t := newTask(s.describeNew(r, p, instance, id), id, r.cluster, *r.definition.Family, s.seq+1)
	t.token, t.instance, t.need = r.token, instance, r.need
	t.hiding = s.faults.hide(s.now())
	s.used[instance].cpu += r.need.cpu
	s.used[instance].memory += r.need.memory
	s.add(t)
	s.save(t)
	s.announce(t, s.now())
	s.lives.Go(func() { s.live(t, r.plan) })
	return t.view()
}

// release gives a stopped task's place back. The caller holds mu.
func (s *Server) release(t *task) {
	s.used[t.instance].cpu -= t.need.cpu
	s.used[t.instance].memory -= t.need.memory
	t.need = resources{}
}

func (s *Server) describeNew(r *request, p provider, instance int, id string) types.Task {
	now := s.now()
	t := types.Task{
		TaskArn: new(taskARN(r.cluster, id)), ClusterArn: new(clusterARN(r.cluster)), TaskDefinitionArn: r.definition.TaskDefinitionArn,
		LastStatus: new(provisioning), DesiredStatus: new(running), CreatedAt: &now, Version: 1,
		Cpu: new(strconv.Itoa(r.need.cpu)), Memory: new(strconv.Itoa(r.need.memory)),
		Group: &r.group, StartedBy: r.startedBy, Tags: r.tags, LaunchType: p.launchType, EnableExecuteCommand: r.execute,
		HealthStatus: types.HealthStatusUnknown, Connectivity: types.ConnectivityConnected, ConnectivityAt: &now,
		AvailabilityZone: new(region), Attachments: []types.Attachment{}, Attributes: []types.Attribute{}, Overrides: r.overrides,
	}
	if t.Overrides == nil {
		t.Overrides = &types.TaskOverride{ContainerOverrides: []types.ContainerOverride{}}
	}
	if p.capacity != "" {
		t.CapacityProviderName = &p.capacity
	}
	if p.isFargate() {
		t.PlatformVersion, t.PlatformFamily = new(platform(r.platform)), new("Linux")
	} else {
		t.ContainerInstanceArn = new(instanceARN(r.cluster, instanceID(instance)))
	}
	for _, c := range r.plan {
		t.Containers = append(t.Containers, c.describeNew(*t.TaskArn, r.cluster, id))
	}
	return t
}

// platform is the version that LATEST and no version at all stand for.
func platform(asked *string) string {
	if v := value(asked); v != "" && v != "LATEST" {
		return v
	}
	return "1.4.0"
}
