package localecs

import (
	"davit/internal/localecs/ecsname"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/clusterquery"
)

const (
	active   = "ACTIVE"
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
	cluster      string
	disconnected bool // its agent is, by order
}

func (i instance) arn() string { return ecsname.InstanceARN(i.cluster, i.id) }

func (i instance) key() string { return i.cluster + "/" + i.id }

// agentConnected reports whether the instance has an agent, and it is connected.
func (i instance) agentConnected() bool { return i.Status != inactive && !i.disconnected }

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

// load is what the tasks of a cluster make of its instances.
type load struct {
	running, pending int32
	groups           map[string]int // tasks that are to run, by their group
}

// queried returns what the cluster query language asks about.
func (i instance) queried(l load) *clusterquery.Instance {
	return &clusterquery.Instance{
		AgentConnected: i.agentConnected(), AgentVersion: agentVersion, EC2InstanceID: i.ec2ID(), RegisteredAt: i.RegisteredAt,
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

// targeted is an attribute with the instance that it is of.
func (i instance) targeted(name, v string) types.Attribute {
	a := attribute(name, v)
	a.TargetId, a.TargetType = new(i.arn()), types.TargetTypeContainerInstance
	return a
}
