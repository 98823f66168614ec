package ecsspec

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/ecsspec/row"
	"davit/internal/jsontree"
)

const (
	eachPort   = eachContainer + "/portMappings/*"
	rangeLimit = "two ports of 1 to 65535 with a - between them, the first the lower"
)

var protocols = types.TransportProtocol("").Values()

var portRules = withSource(row.Page2016, []rule{
	{id: "RD-08", on: onRegister, field: eachPort + "/hostPort", limit: "0 to 65535", check: between(0, 65535)},
	{id: "RD-08", on: onRegister, field: eachPort + "/containerPort", limit: "0 to 65535", check: between(0, 65535)},
	{
		id: "RD-08", on: onRegister, limit: "with network mode awsvpc the containerPort, or none", source: row.PageRegister,
		check: awsvpcHostPorts, words: "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
	},
	{
		id: "RD-08", on: onRegister, limit: "each host port once a protocol, in all containers together", source: row.PageRegister, check: hostPortsOnce,
		words: "{protocol} host port '{value}' is mapped multiple times in task.",
	},
	{id: "RD-11", on: onRegister, field: eachPort + "/protocol", limit: choice(protocols), check: enum(protocols)},
	{id: "RD-12", on: onRegister, field: eachPort + "/containerPortRange", limit: rangeLimit, source: row.PageStop, check: text(portRange)},
	{
		id: "RD-12", on: onRegister, field: eachContainer + "/portMappings", limit: "at most 100 ranges in a container", source: row.PageStop,
		check: manyRanges,
	},
	{
		id: "RD-12", on: onRegister, field: eachContainer + "/portMappings", limit: "ranges that do not overlap", source: row.PageStop,
		check: rangesOverlap,
	},
	{
		id: "RD-12", on: onRegister, limit: "ranges with network mode bridge or awsvpc only", source: row.PageStop,
		check: rangesNeedMode,
	},
})

func awsvpcHostPorts(definition jsontree.Node) []finding {
	if member(definition, "networkMode") != string(types.NetworkModeAwsvpc) {
		return nil
	}
	return eachMapping(definition, func(mapping jsontree.Node) (string, string) {
		host, inside := number(mapping, "hostPort"), number(mapping, "containerPort")
		if _, given := mapping.Get("containerPort"); !given || host == 0 || host == inside {
			return "", ""
		}
		return "/hostPort", fmt.Sprintf("%d was given for containerPort %d", host, inside)
	})
}

// hostPortsOnce finds host ports that an earlier mapping of the definition has with the same protocol. 0 is a port of the host's choice.
func hostPortsOnce(definition jsontree.Node) []finding {
	seen := map[string]bool{}
	return eachMapping(definition, func(mapping jsontree.Node) (string, string) {
		port := number(mapping, "hostPort")
		protocol := member(mapping, "protocol")
		if protocol == "" {
			protocol = string(types.TransportProtocolTcp)
		}
		key := fmt.Sprintf("%s port %d", protocol, port)
		if port == 0 || !seen[key] {
			seen[key] = true
			return "", ""
		}
		return "/hostPort", key + " of the host is mapped already"
	})
}

func rangesNeedMode(definition jsontree.Node) []finding {
	mode := member(definition, "networkMode")
	if mode != string(types.NetworkModeHost) && mode != string(types.NetworkModeNone) {
		return nil
	}
	return eachMapping(definition, func(mapping jsontree.Node) (string, string) {
		if member(mapping, "containerPortRange") == "" {
			return "", ""
		}
		return "/containerPortRange", "the network mode is " + mode
	})
}

// eachMapping calls judge for the port mappings of all containers and returns what it finds.
func eachMapping(definition jsontree.Node, judge func(jsontree.Node) (below, what string)) []finding {
	var found []finding
	for i, c := range containersOf(definition) {
		mappings, _ := c.Get("portMappings")
		for j, m := range mappings.Items {
			if below, what := judge(m); what != "" {
				found = append(found, finding{ofContainers(i) + "/portMappings/" + strconv.Itoa(j) + below, what})
			}
		}
	}
	return found
}

// ports are the ends of a range.
type ports struct{ first, last int }

func readRange(s string) (p ports, ok bool) {
	first, last, cut := strings.Cut(s, "-")
	if !cut || !isPort(first) || !isPort(last) {
		return ports{}, false
	}
	p.first, _ = strconv.Atoi(first) // digits, at most five
	p.last, _ = strconv.Atoi(last)
	return p, p.first >= 1 && p.first < p.last && p.last <= 65535
}

func isPort(s string) bool { return s != "" && len(s) <= 5 && all(s, isDigit) }

func portRange(s string) string {
	if _, ok := readRange(s); ok {
		return ""
	}
	return quoted(s) + " was given"
}

func manyRanges(mappings jsontree.Node) []finding {
	count := 0
	for _, m := range mappings.Items {
		if member(m, "containerPortRange") != "" {
			count++
		}
	}
	if count <= 100 {
		return nil
	}
	return wrong(strconv.Itoa(count) + " ranges were given")
}

// rangesOverlap finds the ranges of one container and one protocol that overlap. Only ECS can judge ports that two protocols share.
func rangesOverlap(mappings jsontree.Node) []finding {
	var found []finding
	seen := map[string][]ports{}
	for i, m := range mappings.Items {
		p, ok := readRange(member(m, "containerPortRange"))
		if !ok {
			continue
		}
		protocol := member(m, "protocol")
		if protocol == "" {
			protocol = string(types.TransportProtocolTcp)
		}
		for _, other := range seen[protocol] {
			if p.first <= other.last && other.first <= p.last {
				what := fmt.Sprintf("%d-%d overlaps %d-%d", p.first, p.last, other.first, other.last)
				found = append(found, finding{"/" + strconv.Itoa(i) + "/containerPortRange", what})
				break
			}
		}
		seen[protocol] = append(seen[protocol], p)
	}
	return found
}
