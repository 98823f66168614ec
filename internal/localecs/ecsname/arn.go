package ecsname

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"davit/internal/localecs/ecserror"
)

// The region and account that every name of the local ECS carries.
const (
	Region  = "local"
	Account = "000000000000"
	ARNRoot = "arn:aws:ecs:" + Region + ":" + Account + ":"
)

// ClusterARN returns the ARN of a cluster.
func ClusterARN(name string) string { return ARNRoot + "cluster/" + name }

// TaskARN returns the ARN of a task.
func TaskARN(cluster, id string) string { return ARNRoot + "task/" + cluster + "/" + id }

// InstanceARN returns the ARN of a container instance in a cluster.
func InstanceARN(cluster, id string) string {
	return ARNRoot + "container-instance/" + cluster + "/" + id
}

// ServiceARN returns the ARN of a service.
func ServiceARN(cluster, name string) string { return ARNRoot + "service/" + cluster + "/" + name }

// ContainerARN returns the ARN of a task's container.
func ContainerARN(cluster, task, id string) string {
	return ARNRoot + "container/" + cluster + "/" + task + "/" + id
}

// DefinitionARN returns the ARN of a revision.
func DefinitionARN(family string, revision int32) string {
	return ARNRoot + "task-definition/" + DefinitionName(family, revision)
}

// DefinitionName returns family:revision.
func DefinitionName(family string, revision int32) string {
	return family + ":" + strconv.Itoa(int(revision))
}

// InstanceID is the same after a restart.
func InstanceID(index int) string {
	sum := sha256.Sum256([]byte("davit local container instance " + strconv.Itoa(index)))
	return hex.EncodeToString(sum[:16])
}

// DefaultCluster is the cluster that is meant where none is named.
const DefaultCluster = "default"

// InstanceIDIn returns the id that a machine has as a container instance of a cluster: another one in each. In the default cluster it is the machine's.
func InstanceIDIn(cluster, machine string) string {
	if cluster == DefaultCluster {
		return machine
	}
	sum := sha256.Sum256([]byte("davit local container instance " + machine + " of " + cluster))
	return hex.EncodeToString(sum[:16])
}

// NewID is 32 hexadecimal digits. crypto/rand does not fail: it ends the process instead.
func NewID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// NewUUID is the dashed form, for requests, containers and events.
func NewUUID() string {
	id := NewID()
	return strings.Join([]string{id[:8], id[8:12], id[12:16], id[16:20], id[20:]}, "-")
}

// SplitResource takes an id or an ARN of the kind (task, container-instance) apart. The cluster is empty where it is not said.
func SplitResource(kind, ref string) (cluster, id string) {
	rest, isARN := strings.CutPrefix(ref, ARNRoot+kind+"/")
	if !isARN {
		return "", ref
	}
	if cluster, id, found := strings.Cut(rest, "/"); found {
		return cluster, id
	}
	return "", rest
}

// ResourceIn is the id of a task or an instance that must be of the cluster, as every ECS call names one cluster.
func ResourceIn(kind, cluster, ref string) (string, error) {
	named, id := SplitResource(kind, ref)
	if named != "" && named != cluster {
		return "", ecserror.Invalid("Invalid identifier: Identifier is for cluster %s. Your cluster is %s", named, cluster)
	}
	return id, nil
}
