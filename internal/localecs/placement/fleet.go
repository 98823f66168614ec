package placement

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecsname"
)

// Demand is what a task asks of the container instance that it is placed on.
type Demand struct {
	Cluster, Group string
	Need           Resources
	Constraints    Constraints
	Strategy       []types.PlacementStrategy
	Requires       []types.Attribute
	Ports          []Port
}

// Fleet is the machines of the local ECS, and what each is as a container instance of each cluster. It is not safe for concurrent use.
type Fleet struct {
	Hosts []*Host // by their index
	// registrations are the machines as container instances, by cluster and the machine's id.
	registrations map[string]map[string]*Registration
	random        *rand.Rand           // for strategies
	disconnected  func(id string) bool // reports whether an instance's agent is disconnected, by order
}

// NewFleet returns the machines, registered with no cluster yet. seed decides what strategies choose at random.
func NewFleet(specs []Machine, seed uint64, disconnected func(id string) bool) Fleet {
	return Fleet{
		Hosts: newMachines(specs), registrations: map[string]map[string]*Registration{},
		random: rand.New(rand.NewPCG(seed, 0)), disconnected: disconnected,
	}
}

// Enroll registers the machines with a cluster, as far as they are not. It calls save with each new registration and its key.
func (f *Fleet) Enroll(cluster string, now time.Time, save func(key string, r *Registration) error) error {
	known := f.registrations[cluster]
	if known == nil {
		known = map[string]*Registration{}
		f.registrations[cluster] = known
	}
	for _, m := range f.Hosts {
		if known[m.ID] != nil {
			continue
		}
		known[m.ID] = &Registration{Status: Active, RegisteredAt: now, Version: 1}
		if err := save(cluster+"/"+m.ID, known[m.ID]); err != nil {
			return err
		}
	}
	return nil
}

// Withdraw removes a cluster's registrations and returns their keys.
func (f *Fleet) Withdraw(cluster string) (keys []string) {
	for id := range f.registrations[cluster] {
		keys = append(keys, cluster+"/"+id)
	}
	delete(f.registrations, cluster)
	return keys
}

// RestoreRegistration adds a registration that was kept under its key.
func (f *Fleet) RestoreRegistration(key string, r *Registration) {
	cluster, id, _ := strings.Cut(key, "/")
	if f.registrations[cluster] == nil {
		f.registrations[cluster] = map[string]*Registration{}
	}
	f.registrations[cluster][id] = r
}

// Instances returns a cluster's instances of the statuses, in the order of the machines.
func (f *Fleet) Instances(cluster string, statuses ...string) []Instance {
	var all []Instance
	for _, m := range f.Hosts {
		if r := f.registrations[cluster][m.ID]; r != nil && slices.Contains(statuses, r.Status) {
			all = append(all, f.instanceOf(m, r, cluster))
		}
	}
	return all
}

// FindInstance finds an instance of a cluster by id or ARN, whatever its status; nil when there is none.
func (f *Fleet) FindInstance(cluster, ref string) (found *Instance, id string, err error) {
	id, err = ecsname.ResourceIn("container-instance", cluster, ref)
	if err != nil {
		return nil, "", err
	}
	for _, m := range f.Hosts {
		if r := f.registrations[cluster][m.ID]; ecsname.InstanceIDIn(cluster, m.ID) == id && r != nil {
			return new(f.instanceOf(m, r, cluster)), id, nil
		}
	}
	return nil, id, nil
}

func (f *Fleet) instanceOf(m *Host, r *Registration, cluster string) Instance {
	i := Instance{Host: m, Registration: r, cluster: cluster}
	i.disconnected = f.disconnected(m.ID) || f.disconnected(i.ClusterID())
	return i
}

// HasProvider reports whether a capacity provider exists: Fargate's do, and those that machines name.
func (f *Fleet) HasProvider(name string) bool {
	return IsFargateProvider(name) || name != "" && slices.ContainsFunc(f.Hosts, func(m *Host) bool { return m.CapacityProvider == name })
}

// Candidates returns the instances of a cluster that take tasks, of the capacity provider if one was asked for.
func (f *Fleet) Candidates(cluster string, p Provider) []Instance {
	return slices.DeleteFunc(f.Instances(cluster, Active), func(i Instance) bool {
		return p.Capacity != "" && i.CapacityProvider != p.Capacity
	})
}

// Choose returns the container instance on which the strategies place a task. If it fits on none, it returns the one that came closest and the reason, as ECS
// words it. loads are by the machine's index.
func (f *Fleet) Choose(d *Demand, p Provider, loads []Load) (chosen Instance, reason string) {
	var fits []Instance
	for _, i := range f.Candidates(d.Cluster, p) {
		switch why := i.Unfit(d, loads[i.Index]); {
		case why == "":
			fits = append(fits, i)
		case reason == "" || closeness(why) > closeness(reason):
			chosen, reason = i, why
		}
	}
	if len(fits) == 0 {
		return chosen, reason
	}
	return f.pick(fits, d, loads), ""
}

// AnyWithRoom returns a machine that has room for a Fargate task; nil when none has. Which one it is does not show.
func (f *Fleet) AnyWithRoom(need Resources) *Host {
	for _, m := range f.Hosts {
		if m.lack(need, nil) == "" {
			return m
		}
	}
	return nil
}
