package localecs

import (
	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/journal"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/clusterquery"
)

const (
	draining = "DRAINING"
	inactive = "INACTIVE"
	// agentVersion is that of the agent which the container instances do not have: newer than all that a definition can need.
	agentVersion = "1.100.0"
)

// registration is what is kept of a machine as a container instance of one cluster. The machine itself comes from Options.
type registration struct {
	Status       string
	RegisteredAt time.Time
	Version      int64
	// Changed are the attributes that differ from those that the machine brings; nil is one that was deleted.
	Changed map[string]*string `json:",omitempty"`
	Tags    []types.Tag        `json:",omitempty"`
}

// instance is a machine as a container instance of a cluster.
type instance struct {
	*machine
	*registration
	cluster string
}

func (i instance) arn() string { return ecsname.InstanceARN(i.cluster, i.id) }

func (i instance) key() string { return i.cluster + "/" + i.id }

// ec2ID is the same after a restart, as the instance's id is.
func (i instance) ec2ID() string { return "i-" + i.id[:17] }

// attributes are by name; one without a value is empty.
func (i instance) attributes() map[string]string {
	all := maps.Clone(i.built)
	for name, v := range i.Changed {
		if v == nil {
			delete(all, name)
		} else {
			all[name] = *v
		}
	}
	return all
}

// enroll registers the machines with a cluster, as far as they are not. save writes a record down.
func (s *Server) enroll(cluster string, save func(key string, r *registration) error) error {
	known := s.registrations[cluster]
	if known == nil {
		known = map[string]*registration{}
		s.registrations[cluster] = known
	}
	for _, m := range s.machines {
		if known[m.id] != nil {
			continue
		}
		known[m.id] = &registration{Status: statusActive, RegisteredAt: s.now(), Version: 1}
		if err := save(cluster+"/"+m.id, known[m.id]); err != nil {
			return err
		}
	}
	return nil
}

// withdraw takes all that is kept of a cluster's instances away.
func (s *Server) withdraw(cluster string) {
	for id := range s.registrations[cluster] {
		s.journal.Remove(journal.BucketInstances, cluster+"/"+id)
	}
	delete(s.registrations, cluster)
}

func (s *Server) loadRegistration(key string, r *registration) {
	cluster, id, _ := strings.Cut(key, "/")
	if s.registrations[cluster] == nil {
		s.registrations[cluster] = map[string]*registration{}
	}
	s.registrations[cluster][id] = r
}

func (s *Server) putRegistration(key string, r *registration) error {
	s.journal.Put(journal.BucketInstances, key, r)
	return nil
}

// saveRegistration counts a change of an instance and writes it down.
func (s *Server) saveRegistration(i instance) {
	i.Version++
	s.journal.Put(journal.BucketInstances, i.key(), i.registration)
}

// instances are a cluster's, in the order of Options, those of the statuses.
func (s *Server) instances(cluster string, statuses ...string) []instance {
	var all []instance
	for _, m := range s.machines {
		if r := s.registrations[cluster][m.id]; r != nil && slices.Contains(statuses, r.Status) {
			all = append(all, instance{m, r, cluster})
		}
	}
	return all
}

// findInstance finds an instance of a cluster by id or ARN, whatever its status; nil when there is none.
func (s *Server) findInstance(cluster, ref string) (found *instance, id string, err error) {
	id, err = ecsname.ResourceIn("container-instance", cluster, ref)
	if err != nil {
		return nil, "", err
	}
	for _, m := range s.machines {
		if r := s.registrations[cluster][m.id]; m.id == id && r != nil {
			return &instance{m, r, cluster}, id, nil
		}
	}
	return nil, id, nil
}

// instance is findInstance, for the machine's index; -1 is none.
func (s *Server) instance(cluster, ref string) (index int, id string, err error) {
	i, id, err := s.findInstance(cluster, ref)
	if i == nil {
		return -1, id, err
	}
	return i.index, id, err
}

func (s *Server) agentConnected(i instance) bool {
	return i.Status != inactive && !s.faults.disconnected(i.id)
}

// load is what the tasks of a cluster make of its instances.
type load struct {
	running, pending int32
	groups           map[string]int // tasks that are to run, by their group
}

// loads are by the machine's index. Fargate tasks are on a machine too, but on no instance.
func (s *Server) loads(cluster string) []load {
	all := make([]load, len(s.machines))
	for i := range all {
		all[i].groups = map[string]int{}
	}
	for _, t := range s.order {
		if t.cluster != cluster || t.ContainerInstanceArn == nil || t.is(stopped) {
			continue
		}
		l := &all[t.instance]
		countTask(t, &l.running, &l.pending)
		if *t.DesiredStatus == running {
			l.groups[ecsname.Value(t.Group)]++
		}
	}
	return all
}

// asked is what the cluster query language asks about.
func (s *Server) asked(i instance, l load) *clusterquery.Instance {
	return &clusterquery.Instance{
		AgentConnected: s.agentConnected(i), AgentVersion: agentVersion, EC2InstanceID: i.ec2ID(), RegisteredAt: i.RegisteredAt,
		RunningTasks: int(l.running), Attributes: i.attributes(), Groups: slices.Sorted(maps.Keys(l.groups)),
	}
}

// shownAttributes are an instance's, by name.
func (i instance) shownAttributes() []types.Attribute {
	all := []types.Attribute{}
	has := i.attributes()
	for _, name := range slices.Sorted(maps.Keys(has)) {
		all = append(all, attribute(name, has[name]))
	}
	return all
}
