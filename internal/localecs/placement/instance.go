package placement

import (
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/clusterquery"
	"davit/internal/localecs/ecsname"
)

// The statuses of a container instance.
const (
	Active   = "ACTIVE"
	Draining = "DRAINING"
	Inactive = "INACTIVE"
	// AgentVersion is that of the agent which the container instances do not have: newer than all that a definition can need.
	AgentVersion = "1.100.0"
)

// Registration is what is kept of a machine as a container instance of one cluster. The machine itself comes from Options.
type Registration struct {
	Status       string
	RegisteredAt time.Time
	Version      int64
	// Changed are the attributes that differ from those that the machine brings; nil is one that was deleted.
	Changed map[string]*string `json:",omitempty"`
	Tags    []types.Tag        `json:",omitempty"`
}

// Instance is a machine as a container instance of a cluster.
type Instance struct {
	*Host
	*Registration
	cluster      string
	disconnected bool // its agent is, by order
}

// ClusterID returns the instance's id in its cluster. Its ID is the machine's, under which the registration is kept.
func (i Instance) ClusterID() string { return ecsname.InstanceIDIn(i.cluster, i.ID) }

// ARN returns the instance's ARN in its cluster.
func (i Instance) ARN() string { return ecsname.InstanceARN(i.cluster, i.ClusterID()) }

// Key returns the key under which the registration is kept.
func (i Instance) Key() string { return i.cluster + "/" + i.ID }

// AgentConnected reports whether the instance has an agent, and it is connected.
func (i Instance) AgentConnected() bool { return i.Status != Inactive && !i.disconnected }

// Ec2ID is the same after a restart, as the instance's id is.
func (i Instance) Ec2ID() string { return "i-" + i.ID[:17] }

// Attributes are by name; one without a value is empty.
func (i Instance) Attributes() map[string]string {
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

// Load is what the tasks of a cluster make of its instances.
type Load struct {
	Running, Pending int32
	Groups           map[string]int // tasks that are to run, by their group
}

// Queried returns what the cluster query language asks about.
func (i Instance) Queried(l Load) *clusterquery.Instance {
	return &clusterquery.Instance{
		AgentConnected: i.AgentConnected(), AgentVersion: AgentVersion, EC2InstanceID: i.Ec2ID(), RegisteredAt: i.RegisteredAt,
		RunningTasks: int(l.Running), Attributes: i.Attributes(), Groups: slices.Sorted(maps.Keys(l.Groups)),
	}
}

// ShownAttributes are an instance's, by name.
func (i Instance) ShownAttributes() []types.Attribute {
	all := []types.Attribute{}
	has := i.Attributes()
	for _, name := range slices.Sorted(maps.Keys(has)) {
		all = append(all, Attribute(name, has[name]))
	}
	return all
}

// Targeted is an attribute with the instance that it is of.
func (i Instance) Targeted(name, v string) types.Attribute {
	a := Attribute(name, v)
	a.TargetId, a.TargetType = new(i.ARN()), types.TargetTypeContainerInstance
	return a
}
