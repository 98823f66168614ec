package ecsspec

import (
	"davit/internal/ecsspec/row"
	"davit/internal/jsontree"
	"davit/internal/run"
)

const maskLimit = "the value itself: *** is what Davit's answers show in place of an environment value or a secret option, and would be stored as it stands. " +
	"GET /task-definitions/{definition}?values=true shows a definition's values to callers who may register"

// maskRules refuse the mask wherever an answer that is sent back would store it.
var maskRules = []rule{
	maskRule(onLaunch, ofContainer+"/environment/*/value"),
	maskRule(onRegister, eachContainer+"/environment/*/value"),
	maskRule(onRegister, eachContainer+"/secrets/*/valueFrom"),
	maskRule(onRegister, eachContainer+"/logConfiguration/secretOptions/*/valueFrom"),
	{
		id: run.RuleMaskedValue, on: onRegister, field: eachContainer + "/logConfiguration/options", limit: maskLimit, source: row.PageDavit,
		check: maskedOptions,
	},
}

func maskRule(on []run.Operation, field string) rule {
	return rule{id: run.RuleMaskedValue, on: on, field: field, limit: maskLimit, source: row.PageDavit, check: text(notMask)}
}

func notMask(s string) string {
	if s == run.Mask {
		return quoted(s) + " was given"
	}
	return ""
}

// maskedOptions finds the options that are the mask.
func maskedOptions(options jsontree.Node) []finding {
	var found []finding
	for _, m := range options.Members {
		if m.Value.Kind == jsontree.String && m.Value.Text == run.Mask {
			found = append(found, finding{jsontree.Join("", m.Name), quoted(run.Mask) + " was given"})
		}
	}
	return found
}
