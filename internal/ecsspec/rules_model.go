package ecsspec

import (
	"math"
	"slices"

	"davit/internal/ecsspec/row"
	"davit/internal/run"
)

const ofGPU = "/resourceRequirements/*/sharingStrategy/nvidiaMps"

// modelRules are limits of ECS's model of the requests, for parts that are not on the pages.
var modelRules = slices.Concat(
	prefixed(ofEBS+"/tagSpecifications/*", onLaunch, tagRules),
	sharingRules(onLaunch, ofContainer+ofGPU),
	sharingRules(onRegister, "/containerDefinitions/*"+ofGPU),
)

// prefixed returns rows for a part of an input that has the same members, at field.
func prefixed(field string, on []run.Operation, rows []rule) []rule {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].on, rows[i].field = on, field+rows[i].field
	}
	return rows
}

func sharingRules(on []run.Operation, field string) []rule {
	return withSource(row.PageSDK, []rule{
		{id: "RT-21", on: on, field: field + "/memory", limit: "1 MiB or more", check: between(1, math.MaxInt32)},
		{id: "RT-21", on: on, field: field + "/maxComputePercent", limit: "1 to 100 percent", check: between(1, 100)},
	})
}
