package ecsspec

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/ecsspec/row"
	"davit/internal/jsontree"
)

const (
	eachContainer = "/containerDefinitions/*"
	imageLimit    = "1 to 255 letters, digits and - _ : . / #, and behind an @ a digest of any length, with sha256 64 hexadecimal digits"
	memoryLimit   = "4 MiB or more, and not less than memoryReservation"
	memoryNeeded  = "memory or memoryReservation in each container, or memory for the task"
	linkLimit     = "name or name:alias, each of 1 to 255 letters, digits, - and _"
	hostLimit     = "a hostname and an ipAddress"
)

var (
	logDrivers = types.LogDriver("").Values()
	ulimits    = types.UlimitName("").Values()
)

var containerRules = withSource(row.Page2016, []rule{
	{id: "RD-04", on: onRegister, field: eachContainer + "/image", limit: imageLimit, source: row.PageRegister, check: text(image), words: "Container.image contains invalid characters."},
	{id: "RD-05", on: onRegister, field: eachContainer + "/cpu", limit: "0 or more CPU units", check: anyCount},
	{id: "RD-06", on: onRegister, field: eachContainer + "/memory", limit: memoryLimit, check: between(4, math.MaxInt32)},
	{id: "RD-06", on: onRegister, field: eachContainer + "/memoryReservation", limit: "0 or more MiB", check: anyCount},
	{id: "RD-06", on: onRegister, field: eachContainer, limit: memoryLimit, older: "more than memoryReservation", check: memoryOverReservation},
	{
		id: "RD-06", on: onRegister, limit: "a container's memory up to the task's", source: row.PageRegister, check: memoryInTask,
		words: "The '{member}' setting for container '{container}' is greater than for the task.",
	},
	{id: "RD-06", on: onRegister, limit: memoryNeeded, older: "memory in each container", source: row.PageRegister, check: someMemory},
	{id: "RD-07", on: onRegister, field: eachContainer + "/links/*", limit: linkLimit, check: text(link)},
	{
		id: "RD-07", on: onRegister, limit: "the name of another container of the task definition, with or without an alias", check: linksKnown,
	},
	{id: "RD-07", on: onRegister, limit: "no links with network mode awsvpc, host or none", source: row.PageRegister, check: linksNeedBridge},
	{id: "RD-16", on: onRegister, field: eachContainer + "/extraHosts/*/hostname", required: true, limit: hostLimit},
	{id: "RD-16", on: onRegister, field: eachContainer + "/extraHosts/*/ipAddress", required: true, limit: hostLimit},
	{id: "RD-16", on: onRegister, limit: "no extraHosts with network mode awsvpc", source: row.PageRegister, check: hostsNeedOtherMode},
})

var limitRules = withSource(row.Page2016, []rule{
	{id: "RD-14", on: onRegister, field: eachContainer + "/ulimits/*/name", required: true, limit: choice(ulimits), check: enum(ulimits)},
	{id: "RD-14", on: onRegister, field: eachContainer + "/ulimits/*/softLimit", required: true, limit: "a softLimit and a hardLimit"},
	{id: "RD-14", on: onRegister, field: eachContainer + "/ulimits/*/hardLimit", required: true, limit: "a softLimit and a hardLimit"},
	{
		id: "RD-15", on: onRegister, field: eachContainer + "/logConfiguration/logDriver", required: true,
		limit: choice(logDrivers), older: "not splunk, not awsfirelens", source: row.PageSDK, check: enum(logDrivers),
	},
})

// image returns what is wrong with an image: in the part before the digest its characters, in a sha256 digest its length.
func image(s string) string {
	name, digest, pinned := strings.Cut(s, "@")
	if hex, sha256 := strings.CutPrefix(digest, "sha256:"); pinned && sha256 && (len(hex) != 64 || !all(hex, isHex)) {
		return "the digest is " + quoted(hex)
	}
	if n := utf8.RuneCountInString(name); n < 1 || n > 255 {
		return strconv.Itoa(n) + " characters were given"
	}
	for _, r := range name {
		if !isName(r) && !strings.ContainsRune(":./#", r) {
			return "the character " + strconv.QuoteRune(r) + " was given"
		}
	}
	return ""
}

func isHex(r rune) bool { return isDigit(r) || r >= 'a' && r <= 'f' || r >= 'A' && r <= 'F' }

// memoryOverReservation finds a memory below the memoryReservation. Equal values are allowed: ECS takes them, although its pages do not.
func memoryOverReservation(container jsontree.Node) []finding {
	most, reserved := number(container, "memory"), number(container, "memoryReservation")
	if most < 4 || reserved <= most {
		return nil
	}
	return []finding{{"/memory", strconv.FormatInt(most, 10) + " with a reservation of " + strconv.FormatInt(reserved, 10) + " was given"}}
}

// number returns a member that is a whole number, 0 for anything else.
func number(n jsontree.Node, name string) int64 {
	value, _ := n.Get(name)
	v, whole, fits := value.Int64()
	if !whole || !fits {
		return 0
	}
	return v
}

func someMemory(definition jsontree.Node) []finding {
	if memory, given := definition.Get("memory"); given && (memory.Kind != jsontree.String || memory.Text != "") {
		return nil
	}
	var found []finding
	for i, c := range containersOf(definition) {
		_, hard := c.Get("memory")
		_, soft := c.Get("memoryReservation")
		if c.Kind == jsontree.Object && !hard && !soft {
			found = append(found, finding{ofContainers(i) + "/memory", "neither was given"})
		}
	}
	return found
}

// memoryInTask finds containers with more memory, or a larger reservation, than the task has.
func memoryInTask(definition jsontree.Node) []finding {
	most, known := parseSize(member(definition, "memory"), "gb")
	if !known {
		return nil
	}
	var found []finding
	for i, c := range containersOf(definition) {
		for _, name := range []string{"memory", "memoryReservation"} {
			if v := number(c, name); v > int64(most) {
				what := strconv.FormatInt(v, 10) + " MiB were given, and the task has " + strconv.Itoa(most)
				found = append(found, finding{ofContainers(i) + "/" + name, what})
			}
		}
	}
	return found
}

// linksKnown finds links to containers that the definition does not have, and to the container itself.
func linksKnown(definition jsontree.Node) []finding {
	known := names(containersOf(definition))
	var found []finding
	for i, c := range containersOf(definition) {
		links, _ := c.Get("links")
		for j, l := range links.Items {
			name, _, _ := strings.Cut(l.Text, ":")
			if l.Kind != jsontree.String || link(l.Text) != "" || slices.Contains(known, name) && name != member(c, "name") {
				continue
			}
			found = append(found, finding{ofContainers(i) + "/links/" + strconv.Itoa(j), "there is no other container " + quoted(name)})
		}
	}
	return found
}

func link(s string) string {
	name, alias, aliased := strings.Cut(s, ":")
	for _, part := range []string{name, alias} {
		if n := len(part); n > longestName || !all(part, isName) || n == 0 && (aliased || part == name) {
			return quoted(s) + " was given"
		}
	}
	return ""
}

func linksNeedBridge(definition jsontree.Node) []finding {
	return notInMode(definition, "links", types.NetworkModeAwsvpc, types.NetworkModeHost, types.NetworkModeNone)
}

func hostsNeedOtherMode(definition jsontree.Node) []finding {
	return notInMode(definition, "extraHosts", types.NetworkModeAwsvpc)
}

// notInMode finds the containers with a list that the definition's network mode does not go with.
func notInMode(definition jsontree.Node, list string, modes ...types.NetworkMode) []finding {
	var found []finding
	mode := types.NetworkMode(member(definition, "networkMode"))
	for i, c := range containersOf(definition) {
		if value, _ := c.Get(list); slices.Contains(modes, mode) && filled(value) {
			found = append(found, finding{ofContainers(i) + "/" + list, "the network mode is " + string(mode)})
		}
	}
	return found
}

const (
	ofHealthCheck = eachContainer + "/healthCheck"
	commandLimit  = "a command; behind CMD and CMD-SHELL what to run"
)

// healthCommand finds a health check without a command. ECS registers one that begins with neither CMD nor CMD-SHELL, as AWS's own example does.
func healthCommand(command jsontree.Node) []finding {
	words := texts(command)
	switch {
	case command.Kind != jsontree.Array:
		return nil
	case len(command.Items) == 0:
		return wrong("0 items were given")
	case len(command.Items) == 1 && len(words) == 1 && (words[0] == "CMD" || words[0] == "CMD-SHELL"):
		return wrong("nothing follows " + words[0])
	case len(words) > 0 && words[0] == "":
		return []finding{{"/0", "the value is empty"}}
	default:
		return nil
	}
}

var healthRules = withSource(row.PageRegister, []rule{
	{id: "RD-25", on: onRegister, field: ofHealthCheck + "/command", required: true, limit: commandLimit, older: "CMD or CMD-SHELL first, although ECS registers a command without", check: healthCommand},
	{id: "RD-25", on: onRegister, field: ofHealthCheck + "/interval", limit: "5 to 300 seconds", check: between(5, 300)},
	{id: "RD-25", on: onRegister, field: ofHealthCheck + "/timeout", limit: "2 to 60 seconds", check: between(2, 60)},
	{id: "RD-25", on: onRegister, field: ofHealthCheck + "/retries", limit: "1 to 10", check: between(1, 10)},
	{id: "RD-25", on: onRegister, field: ofHealthCheck + "/startPeriod", limit: "0 to 300 seconds", check: between(0, 300)},
})
