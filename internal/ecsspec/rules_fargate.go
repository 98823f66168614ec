package ecsspec

import (
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/ecsspec/row"
	"davit/internal/jsontree"
)

const (
	fargateSizeLimit = "for FARGATE both cpu and memory, " + pairLimit
	fargateLimit     = "for FARGATE nothing of what it does not have: disableNetworking, dnsSearchDomains, dnsServers, dockerSecurityOptions, " +
		"extraHosts, GPU, ipcMode, links, placementConstraints, privileged, maxSwap, swappiness, devices, sharedMemorySize, host.sourcePath and " +
		"dockerVolumeConfiguration of volumes"
	noSupport = "Fargate compatible task definitions do not support {member}"
)

var fargateLogDrivers = []types.LogDriver{types.LogDriverAwslogs, types.LogDriverSplunk, types.LogDriverAwsfirelens}

// fargateRules hold for definitions that require FARGATE, alone or with others.
var fargateRules = withSource(row.PageFargate, []rule{
	{id: "RD-22", on: onRegister, field: "/cpu", limit: sizeText, source: row.PageSize, check: text(sizeShape)},
	{id: "RD-22", on: onRegister, field: "/memory", limit: sizeText, source: row.PageSize, check: text(sizeShape)},
	{id: "RD-22", on: onRegister, limit: fargateSizeLimit, check: ifFargate(fargateSize)},
	{id: "RD-24", on: onRegister, limit: "for FARGATE awsvpc", check: ifFargate(fargateNetwork), words: "Fargate only supports network mode 'awsvpc'."},
	{id: "RD-15", on: onRegister, limit: "for FARGATE " + choice(fargateLogDrivers), source: row.PageSDK, check: ifFargate(fargateLogs), words: "Fargate compatible task definitions do not support log driver {value}"},
	{id: "RD-26", on: onRegister, limit: fargateLimit, check: ifFargate(fargateTask), words: noSupport},
	{id: "RD-26", on: onRegister, limit: fargateLimit, check: ifFargate(fargateContainers), words: noSupport},
	{id: "RD-26", on: onRegister, limit: fargateLimit, check: ifFargate(fargateVolumes), words: noSupport},
	{id: "RD-26", on: onRegister, limit: fargateLimit, check: ifFargate(fargateGPU), words: "Fargate compatible task definitions do not support GPU"},
	{
		id: "RD-26", on: onRegister, limit: "for FARGATE pidMode task, or none", check: ifFargate(fargatePID),
		words: "Tasks using the Fargate launch type do not support pidMode '{value}'. The supported value for pidMode is 'task'.",
	},
	{
		id: "RD-26", on: onRegister, limit: "for FARGATE a stopTimeout of at most 120 seconds", source: row.PageRegister, check: ifFargate(fargateStop),
		words: "Invalid setting for container '{container}'. 'stopTimeout' must be at most 120 on Fargate.",
	},
})

// ifFargate returns a check that calls judge for definitions that require FARGATE only.
func ifFargate(judge check) check {
	return func(definition jsontree.Node) []finding {
		required, _ := definition.Get("requiresCompatibilities")
		if !slices.Contains(texts(required), string(types.CompatibilityFargate)) {
			return nil
		}
		return judge(definition)
	}
}

func fargateSize(definition jsontree.Node) []finding {
	var found []finding
	for _, name := range []string{"cpu", "memory"} {
		if size, given := definition.Get(name); !given || size.Kind == jsontree.String && size.Text == "" {
			found = append(found, finding{"/" + name, "FARGATE is required, and no task " + name + " was given"})
		}
	}
	if len(found) > 0 {
		return found
	}
	runtime, _ := definition.Get("runtimePlatform")
	on := platform{windows: strings.HasPrefix(member(runtime, "operatingSystemFamily"), "WINDOWS")}
	if what := checkSizePair(member(definition, "cpu"), member(definition, "memory"), on); what != "" {
		return []finding{{"/memory", what}}
	}
	return nil
}

func fargateNetwork(definition jsontree.Node) []finding {
	mode, given := definition.Get("networkMode")
	switch {
	case !given:
		return []finding{{"/networkMode", "FARGATE is required, and no network mode was given"}}
	case mode.Kind != jsontree.String || mode.Text == string(types.NetworkModeAwsvpc) || !slices.Contains(networkModes, types.NetworkMode(mode.Text)):
		return nil
	default:
		return []finding{{"/networkMode", "FARGATE is required, and " + quoted(mode.Text) + " was given"}}
	}
}

func fargateLogs(definition jsontree.Node) []finding {
	var found []finding
	for i, c := range containersOf(definition) {
		logs, _ := c.Get("logConfiguration")
		driver := types.LogDriver(member(logs, "logDriver"))
		if slices.Contains(logDrivers, driver) && !slices.Contains(fargateLogDrivers, driver) {
			found = append(found, finding{ofContainers(i) + "/logConfiguration/logDriver", "FARGATE is required, and " + quoted(string(driver)) + " was given"})
		}
	}
	return found
}

func fargateTask(definition jsontree.Node) []finding {
	return notOnFargate(definition, "", []string{"/ipcMode", "/placementConstraints"})
}

func fargateContainers(definition jsontree.Node) []finding {
	var found []finding
	for i, c := range containersOf(definition) {
		found = append(found, notOnFargate(c, ofContainers(i), []string{
			"/disableNetworking", "/dnsSearchDomains", "/dnsServers", "/dockerSecurityOptions", "/extraHosts", "/links", "/privileged",
			"/linuxParameters/maxSwap", "/linuxParameters/swappiness", "/linuxParameters/devices", "/linuxParameters/sharedMemorySize",
		})...)
	}
	return found
}

func fargateGPU(definition jsontree.Node) []finding {
	var found []finding
	for i, c := range containersOf(definition) {
		needs, _ := c.Get("resourceRequirements")
		for j, need := range needs.Items {
			if member(need, "type") == string(types.ResourceTypeGpu) {
				found = append(found, finding{ofContainers(i) + "/resourceRequirements/" + strconv.Itoa(j) + "/type", "FARGATE is required, and a GPU was asked for"})
			}
		}
	}
	return found
}

func fargateVolumes(definition jsontree.Node) []finding {
	volumes, _ := definition.Get("volumes")
	var found []finding
	for i, v := range volumes.Items {
		found = append(found, notOnFargate(v, "/volumes/"+strconv.Itoa(i), []string{"/host/sourcePath", "/dockerVolumeConfiguration"})...)
	}
	return found
}

func fargatePID(definition jsontree.Node) []finding {
	mode := types.PidMode(member(definition, "pidMode"))
	if mode == "" || mode == types.PidModeTask || !slices.Contains(mode.Values(), mode) {
		return nil
	}
	return []finding{{"/pidMode", "FARGATE is required, and " + quoted(string(mode)) + " was given"}}
}

func fargateStop(definition jsontree.Node) []finding {
	var found []finding
	for i, c := range containersOf(definition) {
		if v := number(c, "stopTimeout"); v > 120 {
			found = append(found, finding{ofContainers(i) + "/stopTimeout", "FARGATE is required, and " + strconv.FormatInt(v, 10) + " was given"})
		}
	}
	return found
}

// notOnFargate finds those of the members that are filled in.
func notOnFargate(n jsontree.Node, at string, pointers []string) []finding {
	var found []finding
	for _, p := range pointers {
		if value := descend(n, p); filled(value) {
			found = append(found, finding{at + p, "FARGATE is required, and " + p[strings.LastIndexByte(p, '/')+1:] + " was given"})
		}
	}
	return found
}

func descend(n jsontree.Node, pointer string) jsontree.Node {
	for _, name := range tokens(pointer) {
		if i, err := strconv.Atoi(name); n.Kind == jsontree.Array && err == nil && i < len(n.Items) {
			n = n.Items[i]
			continue
		}
		n, _ = n.Get(name)
	}
	return n
}

// filled reports whether a value asks for something: false, an empty text, an empty list and null do not.
func filled(n jsontree.Node) bool {
	switch n.Kind {
	case jsontree.Bool:
		return n.Truth
	case jsontree.String:
		return n.Text != ""
	case jsontree.Array:
		return len(n.Items) > 0
	case jsontree.Object:
		return true
	default:
		return n.Kind == jsontree.Number
	}
}

func containersOf(definition jsontree.Node) []jsontree.Node {
	containers, _ := definition.Get("containerDefinitions")
	return containers.Items
}

func ofContainers(i int) string { return "/containerDefinitions/" + strconv.Itoa(i) }
