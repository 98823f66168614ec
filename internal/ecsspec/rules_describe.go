package ecsspec

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/ecsspec/row"
)

const pinnedLimit = "family:revision, or the task definition's ARN with its revision"

var (
	taskFields       = types.TaskField("").Values()
	definitionFields = types.TaskDefinitionField("").Values()
)

var describeRules = withSource(row.PageDescribe, []rule{
	{id: "DT-01", on: onDescribeTasks, field: "/tasks", required: true, limit: "1 to 100 tasks", older: "no upper bound", check: items(1, 100)},
	{id: "DT-01", on: onDescribeTasks, field: "/tasks/*", limit: "a task's id or ARN", check: chars(1, 2048, nil)},
	{id: "DT-03", on: onDescribeTasks, field: "/include/*", limit: choice(taskFields), check: enum(taskFields)},
})

var definitionNameRules = []rule{
	{
		id: "DD-01", on: onDescribeDefinition, field: "/taskDefinition", required: true, source: row.PageShow,
		limit: definitionLimit, check: text(definitionName),
	},
	{id: "DD-01", on: onDescribeDefinition, field: "/include/*", limit: choice(definitionFields), source: row.PageShow, check: enum(definitionFields)},
	{
		id: "DR-01", on: onDeregister, field: "/taskDefinition", required: true, source: row.PageRemove,
		limit: pinnedLimit, check: text(pinnedName),
	},
}

// pinnedName returns what is wrong with the name of a task definition that must have a revision.
func pinnedName(s string) string {
	if what := definitionName(s); what != "" {
		return what
	}
	if name := s[strings.LastIndexByte(s, '/')+1:]; !strings.Contains(name, ":") {
		return "no revision was given"
	}
	return ""
}
