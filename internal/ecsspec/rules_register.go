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

var registerRules = from(row.Page2016, []rule{
	{id: "RD-01", on: onRegister, field: "/family", required: true, limit: nameLimit, check: chars(1, longestName, isName)},
	{id: "RD-02", on: onRegister, field: "/containerDefinitions", required: true, limit: "1 to 10 containers", older: "no upper bound", source: row.PageQuotas, check: items(1, maxContainers)},
	{id: "RD-02", on: onRegister, limit: "64 KB of JSON in all", source: row.PageQuotas, check: jsonSize(64 << 10)},
	{
		id: "RD-03", on: onRegister, field: "/containerDefinitions/*/name", required: true,
		limit: containerNameLimit, check: chars(1, longestName, isName),
	},
	{id: "RD-03", on: onRegister, field: "/containerDefinitions", limit: containerNameLimit, check: containersOnce},
	{id: "RD-13", on: onRegister, field: "/containerDefinitions", limit: "at least one essential container (the default)", check: someEssential},
	{id: "RD-23", on: onRegister, field: "/requiresCompatibilities/*", limit: choice(compatibilities), source: row.PageRegister, check: enum(compatibilities)},
	{id: "RD-24", on: onRegister, field: "/networkMode", limit: choice(networkModes), source: row.PageRegister, check: enum(networkModes)},
	{id: "RD-21", on: onRegister, field: "/taskRoleArn", limit: roleLimit, check: text(role)},
	{id: "RD-21", on: onRegister, field: "/executionRoleArn", limit: roleLimit, source: row.PageRegister, check: text(role)},
})

// jsonSize bounds a value's compact JSON, in bytes.
func jsonSize(most int) check {
	return func(n jsontree.Node) []finding {
		if size := len(n.Encode()); size > most {
			return wrong(strconv.Itoa(size) + " bytes were given")
		}
		return nil
	}
}

func containersOnce(containers jsontree.Node) []finding {
	var found []finding
	seen := map[string]bool{}
	for i, c := range containers.Items {
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
