package ecsspec

import (
	"slices"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/ecsspec/row"
	"davit/internal/jsontree"
	"davit/internal/run"
)

const (
	stopTask                 = row.StopTask
	describeTasks            = row.DescribeTasks
	registerTaskDefinition   = row.RegisterTaskDefinition
	describeTaskDefinition   = row.DescribeTaskDefinition
	deregisterTaskDefinition = row.DeregisterTaskDefinition
)

var (
	onRun                = []run.Operation{run.RunTask}
	onStart              = []run.Operation{run.StartTask}
	onLaunch             = []run.Operation{run.RunTask, run.StartTask}
	onRegister           = []run.Operation{registerTaskDefinition}
	onStop               = []run.Operation{stopTask}
	onDescribeTasks      = []run.Operation{describeTasks}
	onDescribeDefinition = []run.Operation{describeTaskDefinition}
	onDeregister         = []run.Operation{deregisterTaskDefinition}
	onTagging            = []run.Operation{run.RunTask, run.StartTask, registerTaskDefinition}
)

// rules are all V rows. They do not depend on one another; an input is checked against all of its operation's.
var rules = slices.Concat(
	launchRules, strategyRules, placementRules, overrideRules, sharedRules, networkRules, volumeRules, tagRules, stopRules, describeRules, definitionNameRules,
	registerRules, containerRules, portRules, limitRules, volumeNameRules, healthRules, requiredRules, filledRules, executionRoleRules, routerRules,
	fargateRules, modelRules, maskRules,
)

const (
	definitionLimit = "a family (1 to 255 letters, digits, - and _), family:revision, or the task definition's ARN"
	overridesLimit  = "8,192 characters of JSON in all"
)

var launchRules = withSource(row.PageRunTask, []rule{
	{id: "RT-01", on: onRun, field: "/taskDefinition", required: true, limit: definitionLimit, check: text(definitionName)},
	{id: "ST-05", on: onStart, limit: "that member or containerInstances, not both", source: row.PageStart, check: onlyRunTask},
	{id: "ST-02", on: onStart, field: "/taskDefinition", required: true, limit: definitionLimit, source: row.PageStart, check: text(definitionName)},
	{id: "RT-02", on: onLaunch, field: "/cluster", limit: "a cluster's name or ARN; leave it out for the default cluster", check: chars(1, 2048, nil)},
	{id: "RT-03", on: onRun, field: "/count", limit: "1 to 10 tasks", check: between(1, 10)},
	{id: "RT-04", on: onRun, field: "/launchType", limit: choice(launchTypes), older: "not MANAGED_INSTANCES", check: enum(launchTypes)},
	{id: "RT-10", on: onLaunch, field: "/enableECSManagedTags", limit: "true or false", typed: true},
	{id: "RT-31", on: onRun, limit: "platformVersion with FARGATE, or with a capacity provider strategy", check: platformFits},
	{id: "RT-17", on: onRun, field: "/overrides", limit: overridesLimit, check: jsonLength(8192)},
	{id: "ST-03", on: onStart, field: "/overrides", limit: overridesLimit, source: row.PageStart, check: jsonLength(8192)},
	{
		id: "RT-32", on: onLaunch, field: "/propagateTags", limit: choice(propagations, types.PropagateTagsService),
		check: enum(propagations, types.PropagateTagsService),
	},
	{id: "RT-33", on: onLaunch, field: "/referenceId", limit: "nothing: ECS keeps it for itself", older: "at most 1,024 characters", source: row.PageSDK, check: never("a value was given")},
	{id: "RT-34", on: onRun, field: "/startedBy", limit: startedByLimit("128"), older: startedByPages + "; 36 without /", source: row.PageSDK, check: chars(0, 128, unicode.IsPrint)},
	{id: "ST-04", on: onStart, field: "/startedBy", limit: startedByLimit("36"), older: startedByPages + "; without /", source: row.PageSDK, check: chars(0, 36, unicode.IsPrint)},
	{id: "ST-01", on: onStart, field: "/containerInstances", required: true, limit: "1 to 10 container instances", source: row.PageStart, check: items(1, 10)},
	{id: "ST-01", on: onStart, field: "/containerInstances/*", limit: "an id or ARN", source: row.PageStart, check: chars(1, 2048, nil)},
	{id: run.RuleGroup, on: onLaunch, field: "/group", limit: "at most 255 characters, no control characters", source: row.PageDavit, check: chars(0, longestName, shown)},
	{
		id: run.RuleIdempotencyKey, on: onLaunch, field: "/clientToken", limit: "1 to 255 printable characters; it takes the place of RT-41", source: row.PageDavit,
		check: chars(1, 255, unicode.IsPrint),
	},
})

// startedByPages is what the pages allow in startedBy. ECS takes more: its own tasks say "AWS Step Functions", and ecs-deploy sends "ECS Deploy".
const startedByPages = "letters, digits, -, _ and / only, although ECS takes \"AWS Step Functions\""

func startedByLimit(most string) string { return "at most " + most + " printable characters" }

// platformFits finds a platformVersion given with a launch type that has no platform.
func platformFits(input jsontree.Node) []finding {
	launch := member(input, "launchType")
	if member(input, "platformVersion") == "" || launch != string(types.LaunchTypeEc2) && launch != string(types.LaunchTypeExternal) {
		return nil
	}
	return []finding{{"/platformVersion", "it was given with launch type " + launch}}
}

var (
	launchTypes  = types.LaunchType("").Values()
	propagations = types.PropagateTags("").Values()
)

var stopRules = withSource(row.PageStop, []rule{
	{id: "SP-01", on: onStop, field: "/task", required: true, limit: "a task's id or ARN", check: chars(1, 2048, nil)},
	{id: "SP-03", on: onStop, field: "/reason", limit: "at most 255 characters", source: row.Page2016, check: chars(0, 255, nil)},
})
