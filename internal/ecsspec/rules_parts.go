package ecsspec

import (
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/ecsspec/row"
	"davit/internal/jsontree"
)

const dependencyLimit = "dependsOn that names other containers of the task definition, and leads back to none"

var conditions = types.ContainerCondition("").Values()

var volumeNameRules = withSource(row.Page2016, []rule{
	{id: "RD-17", on: onRegister, field: "/volumes/*/name", limit: nameLimit, check: chars(1, longestName, isName)},
	{id: "RD-17", on: onRegister, field: "/volumes", limit: "each volume's name once", check: namesOnce},
	{
		id: "RD-18", on: onRegister, limit: "the name of one of the task definition's volumes", check: mountsKnown,
		words: "Unknown volume '{value}'.",
	},
	{id: "RD-18", on: onRegister, limit: "the name of one of the task definition's containers", check: volumesFromKnown},
	{id: "RD-18", on: onRegister, limit: dependencyLimit, source: row.PageRegister, check: dependencies},
	{
		id: "RD-18", on: onRegister, field: eachContainer + "/dependsOn/*/condition", required: true,
		limit: choice(conditions), source: row.PageSDK, check: enum(conditions),
	},
	{
		id: "RD-18", on: onRegister, field: eachContainer + "/dependsOn/*/containerName", required: true,
		limit: dependencyLimit, source: row.PageSDK,
	},
})

func mountsKnown(definition jsontree.Node) []finding {
	volumes, _ := definition.Get("volumes")
	return unknownNames(definition, "mountPoints", "sourceVolume", names(volumes.Items))
}

func volumesFromKnown(definition jsontree.Node) []finding {
	return unknownNames(definition, "volumesFrom", "sourceContainer", names(containersOf(definition)))
}

func names(list []jsontree.Node) []string {
	var found []string
	for _, item := range list {
		if name, ok := item.Get("name"); ok && name.Kind == jsontree.String {
			found = append(found, name.Text)
		}
	}
	return found
}

// unknownNames finds the items of a list of each container whose member is none of the known names.
func unknownNames(definition jsontree.Node, list, name string, known []string) []finding {
	var found []finding
	for i, c := range containersOf(definition) {
		items, _ := c.Get(list)
		for j, item := range items.Items {
			value, given := item.Get(name)
			if given && value.Kind == jsontree.String && !slices.Contains(known, value.Text) {
				at := ofContainers(i) + "/" + list + "/" + strconv.Itoa(j) + "/" + name
				found = append(found, finding{at, "there is no " + quoted(value.Text)})
			}
		}
	}
	return found
}

// maxContainers is how many containers a definition may have (RD-02). Circles are not searched for among more.
const maxContainers = 10

// dependencies finds dependencies on unknown containers and, where all are known, those that lead back to their container.
func dependencies(definition jsontree.Node) []finding {
	containers := containersOf(definition)
	found := unknownNames(definition, "dependsOn", "containerName", names(containers))
	if len(found) > 0 || len(containers) > maxContainers {
		return found
	}
	for i, c := range containers {
		for j, on := range dependsOn(c) {
			if name := member(c, "name"); name != "" && leadsTo(containers, on, name, map[string]bool{}) {
				at := ofContainers(i) + "/dependsOn/" + strconv.Itoa(j) + "/containerName"
				found = append(found, finding{at, quoted(name) + " waits for itself by way of " + quoted(on)})
			}
		}
	}
	return found
}

func dependsOn(container jsontree.Node) []string {
	list, _ := container.Get("dependsOn")
	var on []string
	for _, d := range list.Items {
		on = append(on, member(d, "containerName"))
	}
	return on
}

// leadsTo reports whether the dependencies of container from lead to container to. passed holds the containers that were visited.
func leadsTo(containers []jsontree.Node, from, to string, passed map[string]bool) bool {
	if from == to {
		return true
	}
	if passed[from] {
		return false
	}
	passed[from] = true
	for _, c := range containers {
		if member(c, "name") != from {
			continue
		}
		for _, on := range dependsOn(c) {
			if leadsTo(containers, on, to, passed) {
				return true
			}
		}
	}
	return false
}
