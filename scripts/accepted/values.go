package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// sampleTexts are plausible strings of the members with that name, in any object.
var sampleTexts = map[string][]string{
	"family": {"app", "nightly-report_2"}, "name": {"app", "side", "data", "A_B"}, "image": {"busybox:1.37", "123456789012.dkr.ecr.eu-central-1.amazonaws.com/a/b:1"},
	"cpu": {"256", "512", "1024"}, "memory": {"512", "1024", "2048"}, "taskDefinition": {"app", "app:12"}, "cluster": {"jobs", "arn:aws:ecs:eu-central-1:123456789012:cluster/jobs"},
	"containerName": {"app", "side"}, "sourceContainer": {"app", "side"}, "sourceVolume": {"data"}, "links": {"side", "side:db"},
	"containerPath": {"/data", "/tmp"}, "hostPath": {"/dev/null"}, "sourcePath": {"/data"}, "rootDirectory": {"/"}, "workingDirectory": {"/work"},
	"taskRoleArn": {"arn:aws:iam::123456789012:role/a"}, "executionRoleArn": {"arn:aws:iam::123456789012:role/path/a"}, "roleArn": {"arn:aws:iam::123456789012:role/a"},
	"credentialsParameter": {"arn:aws:secretsmanager:eu-central-1:123456789012:secret:a"}, "valueFrom": {"arn:aws:ssm:eu-central-1:123456789012:parameter/a"},
	"fileSystemId": {"fs-0123456789abcdef0"}, "fileSystemArn": {"arn:aws:s3files:eu-central-1:123456789012:file-system/fs-1"},
	"accessPointId": {"fsap-0123456789abcdef0"}, "accessPointArn": {"arn:aws:s3files:eu-central-1:123456789012:access-point/a"}, "domain": {"example.com"},
	"expression": {"attribute:ecs.os-type == linux"}, "field": {"cpu", "memory", "instanceId", "attribute:ecs.availability-zone"}, "platformVersion": {"LATEST", "1.4.0"},
	"subnets": {"subnet-0a", "subnet-0b"}, "securityGroups": {"sg-0a"}, "capacityProvider": {"FARGATE", "FARGATE_SPOT", "mine"}, "containerPortRange": {"100-200"},
	"ipAddress": {"10.0.0.1"}, "hostname": {"a.example.com"}, "user": {"nobody", "1000:1000"}, "dnsServers": {"10.0.0.2"}, "mountOptions": {"rw", "noexec"},
	"snapshotId": {"snap-0123456789abcdef0"}, "volumeType": {"gp3"}, "kmsKeyId": {"alias/a"}, "group": {"family:app", "nightly"}, "startedBy": {"me", "me/1"},
	"containerInstances": {"0123456789abcdef0123456789abcdef"}, "task": {"arn:aws:ecs:eu-central-1:123456789012:task/jobs/0123456789abcdef0123456789abcdef"},
	"reason": {"not needed"}, "command": {"CMD-SHELL", "true"}, "add": {"SYS_PTRACE"}, "drop": {"MKNOD"}, "namespace": {"net.core.somaxconn"},
	"deviceName": {"device_1"}, "deviceType": {"eia2.medium"}, "driver": {"local"}, "dockerSecurityOptions": {"no-new-privileges"}, "credentialSpecs": {"credentialspec:arn:aws:s3:::b/c"},
	"key": {"team", "cost-centre", "é 1"}, "value": {"ALL", "1", "arn:aws:s3:::bucket/a.env", "x"}, "clientToken": {"key-1"},
}

// sampleNumbers are plausible numbers of the members with that name.
var sampleNumbers = map[string][]int64{
	"cpu": {0, 128, 256}, "memory": {6, 256, 512}, "memoryReservation": {6, 128}, "count": {1, 2, 10}, "containerPort": {80, 8080}, "hostPort": {0, 80, 8080},
	"interval": {5, 30, 300}, "timeout": {2, 5, 60}, "retries": {1, 3, 10}, "startPeriod": {0, 60, 300}, "softLimit": {0, 1024}, "hardLimit": {1024, 4096},
	"sizeInGiB": {21, 100, 200}, "weight": {0, 1, 1000}, "base": {0, 0, 1}, "size": {64}, "startTimeout": {2, 120}, "stopTimeout": {2, 30, 120}, "swappiness": {0, 60, 100},
	"maxSwap": {0, 512}, "sharedMemorySize": {64}, "transitEncryptionPort": {2049}, "restartAttemptPeriod": {60, 1800}, "ignoredExitCodes": {0, 1}, "iops": {3000}, "throughput": {125},
}

// text returns a plausible string of a member, or one at or past a limit of length or characters.
func (g *generator) text(name string) string {
	if list := sampleTexts[name]; len(list) > 0 && g.usually() {
		return g.unique(name, pick(g, list))
	}
	switch g.IntN(4) {
	case 0:
		return pick(g, []string{"", " ", "a b", "aws:a", "é", "😀", "a\nb", "a*", "-", "{}", "0", "null"})
	case 1:
		return strings.Repeat(pick(g, []string{"a", "é", "9", "_"}), pick(g, []int{1, 2, 36, 37, 64, 65, 127, 128, 129, 255, 256, 257, 1000, 2000, 2001}))
	default:
		return fmt.Sprintf("%s-%d", name, g.IntN(1000))
	}
}

// unique returns word with a random number if name is key, so that a list of tags rarely repeats a key.
func (g *generator) unique(name, word string) string {
	if name == "key" {
		return fmt.Sprintf("%s%d", word, g.IntN(100_000))
	}
	return word
}

// number returns a plausible number of a member, one at a limit of its type, or one that ECS does not accept as an integer.
func (g *generator) number(name string) any {
	if list := sampleNumbers[name]; len(list) > 0 && g.usually() {
		return pick(g, list)
	}
	if g.rarely() {
		return pick(g, []json.Number{"1.0", "1e1", "1.5", "2147483648", "-2147483649", "1e400", "9223372036854775808"})
	}
	return pick(g, []int64{-1, 0, 1, 2, 3, 10, 11, 20, 21, 100, 200, 201, 1000, 1001, 65_535, 65_536, 100_000, 100_001, 2147483647, -2147483648})
}
