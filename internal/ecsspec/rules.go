package ecsspec

import (
	"slices"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/run"
)

var (
	onRun      = []run.Operation{run.RunTask}
	onStart    = []run.Operation{run.StartTask}
	onLaunch   = []run.Operation{run.RunTask, run.StartTask}
	onRegister = []run.Operation{registerTaskDefinition}
	onStop     = []run.Operation{stopTask}
	onTagging  = []run.Operation{run.RunTask, run.StartTask, registerTaskDefinition}
)

// rules is the whole table. Its rows do not depend on one another; a request is held against all of them.
var rules = slices.Concat(launchRules, strategyRules, placementRules, overrideRules, networkRules, volumeRules, tagRules, registerRules, stopRules)

const (
	definitionLimit = "a family (1 to 255 letters, digits, - and _), family:revision, or the task definition's ARN"
	overridesLimit  = "8,192 characters of JSON in all"
)

var launchRules = []rule{
	{id: "RT-01", on: onRun, field: "/taskDefinition", required: true, limit: definitionLimit, check: text(definitionName)},
	{id: "ST-02", on: onStart, field: "/taskDefinition", required: true, limit: definitionLimit, check: text(definitionName)},
	{id: "RT-02", on: onLaunch, field: "/cluster", limit: "a cluster's name or ARN; leave it out for the default cluster", check: chars(1, 2048, nil)},
	{id: "RT-03", on: onRun, field: "/count", limit: "1 to 10 tasks", check: between(1, 10)},
	{id: "RT-04", on: onRun, field: "/launchType", limit: choice(launchTypes), check: enum(launchTypes)},
	{id: "RT-17", on: onRun, field: "/overrides", limit: overridesLimit, check: jsonLength(8192)},
	{id: "ST-03", on: onStart, field: "/overrides", limit: overridesLimit, check: jsonLength(8192)},
	{
		id: "RT-32", on: onLaunch, field: "/propagateTags", limit: choice(propagations, types.PropagateTagsService),
		check: enum(propagations, types.PropagateTagsService),
	},
	{id: "RT-33", on: onLaunch, field: "/referenceId", limit: "nothing: ECS keeps it for itself", check: never("a value was given")},
	{id: "RT-34", on: onRun, field: "/startedBy", limit: "at most 128 letters, digits, -, _ and /", check: chars(0, 128, isStartedBy)},
	{id: "ST-04", on: onStart, field: "/startedBy", limit: "at most 36 letters, digits, -, _ and /", check: chars(0, 36, isStartedBy)},
	{id: "ST-01", on: onStart, field: "/containerInstances", required: true, limit: "1 to 10 container instances", check: items(1, 10)},
	{id: "ST-01", on: onStart, field: "/containerInstances/*", limit: "an id or ARN", check: chars(1, 2048, nil)},
	{id: run.RuleGroup, on: onLaunch, field: "/group", limit: "at most 255 characters", check: chars(0, longestName, nil)},
	{
		id: run.RuleIdempotencyKey, on: onLaunch, field: "/clientToken", limit: "1 to 255 printable characters",
		check: chars(1, 255, unicode.IsPrint),
	},
}

var (
	launchTypes  = types.LaunchType("").Values()
	propagations = types.PropagateTags("").Values()
)

var stopRules = []rule{
	{id: "SP-01", on: onStop, field: "/task", required: true, limit: "a task's id or ARN", check: chars(1, 2048, nil)},
	{id: "SP-03", on: onStop, field: "/reason", limit: "at most 255 characters", check: chars(0, 255, nil)},
}
