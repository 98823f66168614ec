package localecs

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecsname"
)

// demand is what a task asks of the container instance that it is placed on.
type demand struct {
	cluster, group string
	need           resources
	constraints    constraints
	strategy       []types.PlacementStrategy
	requires       []types.Attribute
	ports          []port
}

// fleet is the machines of the local ECS, and what each is as a container instance of each cluster. It is not safe for concurrent use.
type fleet struct {
	machines []*machine // by their index
	// registrations are the machines as container instances, by cluster and the machine's id.
	registrations map[string]map[string]*registration
	random        *rand.Rand           // for strategies
	disconnected  func(id string) bool // reports whether an instance's agent is disconnected, by order
}

// newFleet returns the machines, registered with no cluster yet. seed decides what strategies choose at random.
func newFleet(specs []Machine, seed uint64, disconnected func(id string) bool) fleet {
	return fleet{
		machines: newMachines(specs), registrations: map[string]map[string]*registration{},
		random: rand.New(rand.NewPCG(seed, 0)), disconnected: disconnected,
	}
}

// enroll registers the machines with a cluster, as far as they are not. It calls save with each new registration and its key.
func (f *fleet) enroll(cluster string, now time.Time, save func(key string, r *registration) error) error {
	known := f.registrations[cluster]
	if known == nil {
		known = map[string]*registration{}
		f.registrations[cluster] = known
	}
	for _, m := range f.machines {
		if known[m.id] != nil {
			continue
		}
		known[m.id] = &registration{Status: active, RegisteredAt: now, Version: 1}
		if err := save(cluster+"/"+m.id, known[m.id]); err != nil {
			return err
		}
	}
	return nil
}

// withdraw removes a cluster's registrations and returns their keys.
func (f *fleet) withdraw(cluster string) (keys []string) {
	for id := range f.registrations[cluster] {
		keys = append(keys, cluster+"/"+id)
	}
	delete(f.registrations, cluster)
	return keys
}

// restoreRegistration adds a registration that was kept under its key.
func (f *fleet) restoreRegistration(key string, r *registration) {
	cluster, id, _ := strings.Cut(key, "/")
	if f.registrations[cluster] == nil {
		f.registrations[cluster] = map[string]*registration{}
	}
	f.registrations[cluster][id] = r
}

// instances returns a cluster's instances of the statuses, in the order of the machines.
func (f *fleet) instances(cluster string, statuses ...string) []instance {
	var all []instance
	for _, m := range f.machines {
		if r := f.registrations[cluster][m.id]; r != nil && slices.Contains(statuses, r.Status) {
			all = append(all, f.instanceOf(m, r, cluster))
		}
	}
	return all
}

// findInstance finds an instance of a cluster by id or ARN, whatever its status; nil when there is none.
func (f *fleet) findInstance(cluster, ref string) (found *instance, id string, err error) {
	id, err = ecsname.ResourceIn("container-instance", cluster, ref)
	if err != nil {
		return nil, "", err
	}
	for _, m := range f.machines {
		if r := f.registrations[cluster][m.id]; m.id == id && r != nil {
			return new(f.instanceOf(m, r, cluster)), id, nil
		}
	}
	return nil, id, nil
}

func (f *fleet) instanceOf(m *machine, r *registration, cluster string) instance {
	return instance{machine: m, registration: r, cluster: cluster, disconnected: f.disconnected(m.id)}
}

// hasProvider reports whether a capacity provider exists: Fargate's do, and those that machines name.
func (f *fleet) hasProvider(name string) bool {
	return isFargateProvider(name) || name != "" && slices.ContainsFunc(f.machines, func(m *machine) bool { return m.CapacityProvider == name })
}

// candidates returns the instances of a cluster that take tasks, of the capacity provider if one was asked for.
func (f *fleet) candidates(cluster string, p provider) []instance {
	return slices.DeleteFunc(f.instances(cluster, active), func(i instance) bool {
		return p.capacity != "" && i.CapacityProvider != p.capacity
	})
}

// choose returns the container instance on which the strategies place a task. If it fits on none, it returns the one that came closest and the reason, as ECS
// words it. loads are by the machine's index.
func (f *fleet) choose(d *demand, p provider, loads []load) (chosen instance, reason string) {
	var fits []instance
	for _, i := range f.candidates(d.cluster, p) {
		switch why := i.unfit(d, loads[i.index]); {
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

// anyWithRoom returns a machine that has room for a Fargate task; nil when none has. Which one it is does not show.
func (f *fleet) anyWithRoom(need resources) *machine {
	for _, m := range f.machines {
		if m.lack(need, nil) == "" {
			return m
		}
	}
	return nil
}
