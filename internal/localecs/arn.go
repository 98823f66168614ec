package localecs

import (
	"davit/internal/localecs/ecserror"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// The region and account that every name of the local ECS carries.
const (
	region  = "local"
	account = "000000000000"
	arnRoot = "arn:aws:ecs:" + region + ":" + account + ":"
)

func clusterARN(name string) string     { return arnRoot + "cluster/" + name }
func taskARN(cluster, id string) string { return arnRoot + "task/" + cluster + "/" + id }
func instanceARN(cluster, id string) string {
	return arnRoot + "container-instance/" + cluster + "/" + id
}

func serviceARN(cluster, name string) string { return arnRoot + "service/" + cluster + "/" + name }

func containerARN(cluster, task, id string) string {
	return arnRoot + "container/" + cluster + "/" + task + "/" + id
}

func definitionARN(family string, revision int32) string {
	return arnRoot + "task-definition/" + definitionName(family, revision)
}

func definitionName(family string, revision int32) string {
	return family + ":" + strconv.Itoa(int(revision))
}

// instanceID is the same after a restart.
func instanceID(index int) string {
	sum := sha256.Sum256([]byte("davit local container instance " + strconv.Itoa(index)))
	return hex.EncodeToString(sum[:16])
}

// newID is 32 hexadecimal digits. crypto/rand does not fail: it ends the process instead.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// newUUID is the dashed form, for requests, containers and events.
func newUUID() string {
	id := newID()
	return strings.Join([]string{id[:8], id[8:12], id[12:16], id[16:20], id[20:]}, "-")
}

// splitResource takes an id or an ARN of the kind (task, container-instance) apart. The cluster is empty where it is not said.
func splitResource(kind, ref string) (cluster, id string) {
	rest, isARN := strings.CutPrefix(ref, arnRoot+kind+"/")
	if !isARN {
		return "", ref
	}
	if cluster, id, found := strings.Cut(rest, "/"); found {
		return cluster, id
	}
	return "", rest
}

// resourceIn is the id of a task or an instance that must be of the cluster, as every ECS call names one cluster.
func resourceIn(kind, cluster, ref string) (string, error) {
	named, id := splitResource(kind, ref)
	if named != "" && named != cluster {
		return "", ecserror.Invalid("Invalid identifier: Identifier is for cluster %s. Your cluster is %s", named, cluster)
	}
	return id, nil
}
