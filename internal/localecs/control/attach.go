package control

import (
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/journal"
	"davit/internal/localecs/task"
)

const (
	interfaceType = "ElasticNetworkInterface"
	// loopback is the address at which a task's processes listen: they have the network of this machine.
	loopback = "127.0.0.1"
	// diskOfFargate is the storage in GiB that a Fargate task has when none was asked for.
	diskOfFargate = 20
)

// complete adds to a new task what it shows of its request beside its size and its place.
func (r *request) complete(t *types.Task) {
	t.Overrides = shownOverrides(r.definition, r.overrides)
	t.Attachments = []types.Attachment{}
	if t.Tags == nil {
		t.Tags = []types.Tag{} // ECS shows a task without tags as such, where tags are asked for
	}
	if r.definition.NetworkMode == types.NetworkModeAwsvpc {
		t.Attachments = append(t.Attachments, newInterface(r.network))
	}
	for i := range t.Containers {
		if c := &t.Containers[i]; len(t.Attachments) > 0 {
			c.NetworkInterfaces = append(c.NetworkInterfaces, types.NetworkInterface{AttachmentId: t.Attachments[0].Id, PrivateIpv4Address: new(loopback)})
		}
		if r.execute {
			t.Containers[i].ManagedAgents = []types.ManagedAgent{{Name: types.ManagedAgentNameExecuteCommandAgent, LastStatus: new(task.Pending)}}
		}
	}
	if t.LaunchType == types.LaunchTypeFargate {
		t.EphemeralStorage = storage(r.definition, r.overrides)
		t.FargateEphemeralStorage = &types.TaskEphemeralStorage{SizeInGiB: t.EphemeralStorage.SizeInGiB}
	}
}

func storage(d *journal.Definition, o *types.TaskOverride) *types.EphemeralStorage {
	switch {
	case o != nil && o.EphemeralStorage != nil:
		return o.EphemeralStorage
	case d.EphemeralStorage != nil:
		return d.EphemeralStorage
	default:
		return &types.EphemeralStorage{SizeInGiB: diskOfFargate}
	}
}

// newInterface is the attachment of an awsvpc task. There is no interface behind it, so it has no id and no MAC address.
func newInterface(network *types.NetworkConfiguration) types.Attachment {
	a := types.Attachment{Id: new(ecsname.NewUUID()), Type: new(interfaceType), Status: new(task.Precreated)}
	if network != nil && network.AwsvpcConfiguration != nil && len(network.AwsvpcConfiguration.Subnets) > 0 {
		a.Details = append(a.Details, types.KeyValuePair{Name: new("subnetId"), Value: &network.AwsvpcConfiguration.Subnets[0]})
	}
	a.Details = append(a.Details, types.KeyValuePair{Name: new("privateIPv4Address"), Value: new(loopback)})
	return a
}
