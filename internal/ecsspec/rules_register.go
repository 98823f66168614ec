package ecsspec

import (
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/ecsspec/row"
	"davit/internal/jsontree"
)

const (
	nameLimit          = "1 to 255 letters, digits, - and _"
	containerNameLimit = nameLimit + ", each name once"
)

var (
	compatibilities = types.Compatibility("").Values()
	networkModes    = types.NetworkMode("").Values()
)

var registerRules = withSource(row.Page2016, []rule{
	{id: "RD-01", on: onRegister, field: "/family", required: true, limit: nameLimit, check: chars(1, longestName, isName), words: "Family contains invalid characters."},
	{id: "RD-02", on: onRegister, field: "/containerDefinitions", required: true, limit: "1 to 10 containers", older: "no upper bound", source: row.PageQuotas, check: items(1, maxContainers)},
	{id: "RD-02", on: onRegister, limit: "64 KB of JSON in all", source: row.PageQuotas, check: jsonSize(64 << 10)},
	{
		id: "RD-03", on: onRegister, field: "/containerDefinitions/*/name", required: true,
		limit: containerNameLimit, check: chars(1, longestName, isName),
	},
	{id: "RD-03", on: onRegister, field: "/containerDefinitions", limit: containerNameLimit, check: namesOnce},
	{id: "RD-13", on: onRegister, field: "/containerDefinitions", limit: "at least one essential container (the default)", check: someEssential},
	{id: "RD-23", on: onRegister, field: "/requiresCompatibilities/*", limit: choice(compatibilities), source: row.PageRegister, check: enum(compatibilities)},
	{id: "RD-24", on: onRegister, field: "/networkMode", limit: choice(networkModes), source: row.PageRegister, check: enum(networkModes)},
	{id: "RD-21", on: onRegister, field: "/taskRoleArn", limit: roleLimit, check: text(role), words: "Role is not valid"},
	{id: "RD-21", on: onRegister, field: "/executionRoleArn", limit: roleLimit, source: row.PageRegister, check: text(role), words: "Role is not valid"},
})

// jsonSize returns a check of the size of a value's compact JSON, in bytes.
func jsonSize(most int) check {
	return func(n jsontree.Node) []finding {
		if size := len(n.Encode()); size > most {
			return wrong(strconv.Itoa(size) + " bytes were given")
		}
		return nil
	}
}

// namesOnce finds the items of a list whose name an earlier one has.
func namesOnce(list jsontree.Node) []finding {
	var found []finding
	seen := map[string]bool{}
	for i, c := range list.Items {
		name, ok := c.Get("name")
		if !ok || name.Kind != jsontree.String {
			continue
		}
		if seen[name.Text] {
			found = append(found, finding{"/" + strconv.Itoa(i) + "/name", "the name " + quoted(name.Text) + " is there already"})
		}
		seen[name.Text] = true
	}
	return found
}

func someEssential(containers jsontree.Node) []finding {
	for _, c := range containers.Items {
		if essential, ok := c.Get("essential"); !ok || essential.Kind != jsontree.Bool || essential.Truth {
			return nil
		}
	}
	if len(containers.Items) == 0 {
		return nil
	}
	return wrong("no container is essential")
}

const (
	inVolumes   = "/volumes/*"
	ofLinux     = eachContainer + "/linuxParameters"
	ofFSx       = inVolumes + "/fsxWindowsFileServerVolumeConfiguration"
	neededLimit = "a value: ECS requires it beside what was given"
)

// requiredRules are the members that ECS's model requires of a task definition and that have no rows of their own. They carry the ids of
// the rows of containers and volumes.
var requiredRules = append(
	requiredFields("RD-02",
		eachContainer+"/environment/*/name", eachContainer+"/secrets/*/name", eachContainer+"/secrets/*/valueFrom",
		eachContainer+"/logConfiguration/secretOptions/*/name", eachContainer+"/logConfiguration/secretOptions/*/valueFrom",
		eachContainer+"/repositoryCredentials/credentialsParameter", eachContainer+"/firelensConfiguration/type",
		eachContainer+"/restartPolicy/enabled", eachContainer+"/linuxParameters/devices/*/hostPath",
		eachContainer+"/linuxParameters/tmpfs/*/containerPath", eachContainer+"/linuxParameters/tmpfs/*/size",
		"/proxyConfiguration/containerName", "/inferenceAccelerators/*/deviceName", "/inferenceAccelerators/*/deviceType",
	),
	requiredFields("RD-17",
		inVolumes+"/efsVolumeConfiguration/fileSystemId", inVolumes+"/s3filesVolumeConfiguration/fileSystemArn",
		ofFSx+"/fileSystemId", ofFSx+"/rootDirectory", ofFSx+"/authorizationConfig",
		ofFSx+"/authorizationConfig/credentialsParameter", ofFSx+"/authorizationConfig/domain",
	)...,
)

// filledRules are the lists of texts and names in which ECS takes no empty one. Arguments of commands may be empty.
var filledRules = filledFields("RD-02",
	eachContainer+"/dnsServers/*", eachContainer+"/dnsSearchDomains/*", eachContainer+"/dockerSecurityOptions/*", eachContainer+"/credentialSpecs/*",
	eachContainer+"/resourceRequirements/*/value", eachContainer+"/mountPoints/*/containerPath",
	ofLinux+"/capabilities/add/*", ofLinux+"/capabilities/drop/*", ofLinux+"/tmpfs/*/mountOptions/*",
)

func filledFields(id string, fields ...string) []rule {
	rows := make([]rule, len(fields))
	for i, field := range fields {
		rows[i] = rule{id: id, on: onRegister, field: field, limit: "a text that is not empty", source: row.PageSDK, check: notEmpty}
	}
	return rows
}

func requiredFields(id string, fields ...string) []rule {
	rows := make([]rule, len(fields))
	for i, field := range fields {
		rows[i] = rule{id: id, on: onRegister, field: field, limit: neededLimit, required: true, source: row.PageSDK, check: notEmpty}
	}
	return rows
}
