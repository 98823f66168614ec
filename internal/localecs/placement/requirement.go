package placement

import (
	"cmp"
	"maps"
	"runtime"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecsname"
)

// The attributes that a task definition can need of a container instance, after ECS's list of agent capabilities.
const (
	AttributeZone         = "ecs.availability-zone"
	AttributeArchitecture = "ecs.cpu-architecture"
	attributeOS           = "ecs.os-type"
	needsNetwork          = "ecs.capability.task-eni"
	needsHealthCheck      = "ecs.capability.container-health-check"
	needsTaskRole         = "com.amazonaws.ecs.capability.task-iam-role"
	needsTaskRoleOnHost   = "com.amazonaws.ecs.capability.task-iam-role-network-host"
	needsPrivileged       = "com.amazonaws.ecs.capability.privileged-container"
	needsLogDriver        = "com.amazonaws.ecs.capability.logging-driver."
)

// builtInAttributes are those that a machine is registered with.
func builtInAttributes(m Machine, index int) map[string]string {
	all := map[string]string{
		"ecs.ami-id": "ami-local", "ecs.instance-type": "local", "ecs.os-family": "LINUX", attributeOS: "linux",
		AttributeArchitecture: hostArchitecture(), AttributeZone: Zone(index),
		needsNetwork: "", needsHealthCheck: "", needsTaskRole: "", needsTaskRoleOnHost: "", needsPrivileged: "",
	}
	for _, driver := range types.LogDriver("").Values() {
		all[needsLogDriver+string(driver)] = ""
	}
	maps.Copy(all, m.Attributes)
	for _, name := range m.Lacks {
		delete(all, name)
	}
	return all
}

// Zone spreads the machines over three availability zones.
func Zone(index int) string { return ecsname.Region + string(rune('a'+index%3)) }

// hostArchitecture is this host's, in ECS's words.
func hostArchitecture() string {
	if runtime.GOARCH == "arm64" {
		return "arm64"
	}
	return "x86_64"
}

// RequiredAttributes are what a container instance must have for tasks of the definition, by name.
func RequiredAttributes(d *types.TaskDefinition) []types.Attribute {
	need := map[string]string{}
	if d.NetworkMode == types.NetworkModeAwsvpc {
		need[needsNetwork] = ""
	}
	if d.TaskRoleArn != nil && d.NetworkMode == types.NetworkModeHost {
		need[needsTaskRoleOnHost] = ""
	} else if d.TaskRoleArn != nil {
		need[needsTaskRole] = ""
	}
	if p := d.RuntimePlatform; p != nil {
		requirePlatform(p, need)
	}
	for _, c := range d.ContainerDefinitions {
		requireForContainer(c, need)
	}
	var all []types.Attribute
	for _, name := range slices.Sorted(maps.Keys(need)) {
		all = append(all, Attribute(name, need[name]))
	}
	return all
}

func requirePlatform(p *types.RuntimePlatform, need map[string]string) {
	if p.CpuArchitecture != "" {
		need[AttributeArchitecture] = strings.ToLower(string(p.CpuArchitecture))
	}
	if p.OperatingSystemFamily != "" {
		system, _, _ := strings.Cut(strings.ToLower(string(p.OperatingSystemFamily)), "_")
		need[attributeOS] = system
	}
}

func requireForContainer(c types.ContainerDefinition, need map[string]string) {
	if c.LogConfiguration != nil {
		need[needsLogDriver+string(c.LogConfiguration.LogDriver)] = ""
	}
	if ecsname.Value(c.Privileged) {
		need[needsPrivileged] = ""
	}
	if c.HealthCheck != nil {
		need[needsHealthCheck] = ""
	}
}

// satisfied reports whether the attributes are among those that an instance has.
func satisfied(need []types.Attribute, has map[string]string) bool {
	return !slices.ContainsFunc(need, func(a types.Attribute) bool {
		v, found := has[*a.Name]
		return !found || a.Value != nil && *a.Value != v
	})
}

// FargateArchitecture is that of a definition's Fargate tasks.
func FargateArchitecture(d *types.TaskDefinition) string {
	p := cmp.Or(d.RuntimePlatform, new(types.RuntimePlatform))
	return strings.ToLower(string(cmp.Or(p.CpuArchitecture, types.CPUArchitectureX8664)))
}

// Attribute is one as ECS shows it: without a value where it has none.
func Attribute(name, v string) types.Attribute {
	a := types.Attribute{Name: &name}
	if v != "" {
		a.Value = &v
	}
	return a
}
