package refusals

import (
	"net/http"
	"slices"

	"davit/internal/ecsspec/row"
	"davit/internal/run"
)

// refusals are all P rows. Their order counts: the first that fits is the answer.
var refusals = slices.Concat(launchRefusals, wordedRefusals, launchFailures, taskRefusals, definitionRefusals)

// launchRefusals are known by their code alone, or by words that no other row has.
var launchRefusals = []refusal{
	{
		id: "RT-02", on: onLaunch, field: "/cluster", codes: []string{"ClusterNotFoundException"}, class: run.Invalid,
		needs: "an ACTIVE cluster of this account and Region", source: row.PageRunTask,
	},
	{
		id: "RT-31", on: onRun, field: "/platformVersion",
		codes: []string{"PlatformUnknownException", "PlatformTaskDefinitionIncompatibilityException"}, class: run.Invalid,
		needs: "a platform version of Fargate that has what the task definition asks for", source: row.PageRunTask,
	},
	{
		id: "RT-41", on: onRun, field: "/clientToken", codes: []string{"ConflictException"}, class: run.Invalid,
		needs: "the same parameters under the same token; its tasks are looked for first", source: row.PageTokens,
	},
	{
		id: "RT-23", on: onLaunch, field: "/overrides", codes: []string{"AccessDeniedException"}, words: []string{"iam:PassRole"}, class: run.Invalid,
		needs: "iam:PassRole of the launch function for the task's roles", source: row.PageRunTask,
	},
	{
		id: "RT-23", on: onLaunch, field: "/overrides", words: []string{"assume the role", "role is not valid"}, class: run.Invalid,
		needs: "roles that ecs-tasks.amazonaws.com may assume", source: row.PageRunTask,
	},
}

// launchFailures are the failures inside a 200.
var launchFailures = []refusal{
	{
		id: "ST-01", on: onStart, field: "/containerInstances", failed: true, words: []string{"MISSING", "INACTIVE"}, class: run.Invalid,
		needs: "ACTIVE container instances of the cluster", source: row.PageFailures,
	},
	{
		id: "RD-10", on: onLaunch, field: "/taskDefinition", failed: true, words: []string{"RESOURCE:PORTS"}, class: run.Capacity,
		needs: "a container instance where the host ports are free and not reserved; it has at most 100 reserved ones", source: row.Page2016,
	},
	{
		id: "RT-14", on: onRun, field: "/networkConfiguration/awsvpcConfiguration/subnets", failed: true, words: []string{"LOCATION"}, class: run.Invalid,
		needs: "subnets in the Availability Zones of the container instances", source: row.PageFailures,
	},
	{
		id: "RT-28", on: onRun, field: "/placementConstraints", failed: true, words: []string{"MemberOf"}, class: run.Invalid,
		needs: "a container instance that the expression matches", source: row.PageFailures,
	},
	{
		id: "RT-39", on: onRun, failed: true, class: run.Invalid,
		needs: "what the failure's reason names, on some container instance", source: row.PageFailures,
	},
	{
		id: "ST-06", on: onStart, failed: true, class: run.Invalid,
		needs: "what the failure's reason names, on each container instance", source: row.PageFailures,
	},
}

var taskRefusals = []refusal{
	{
		id: "SP-01", on: onStop, field: "/task", words: []string{"task was not found", "task not found"}, class: run.Invalid,
		needs: "a task that ECS still knows", source: row.PageStop,
	},
	{
		id: "SP-02", on: onStop, field: "/cluster", codes: []string{"ClusterNotFoundException"}, class: run.Invalid,
		needs: "the cluster that the task is in", source: row.PageStop,
	},
	{
		id: "DT-02", on: onDescribeTasks, field: "/cluster", codes: []string{"ClusterNotFoundException"}, class: run.Invalid,
		needs: "the cluster that the tasks are in", source: row.PageDescribe,
	},
}

// goneWords are ECS's messages for a task definition that does not exist; it has no code for it.
var goneWords = []string{"unable to describe task definition", "taskdefinition not found", "task definition does not exist"}

var definitionRefusals = []refusal{
	{
		id: "DD-01", on: onDescribeDefinition, field: "/taskDefinition", words: goneWords, class: run.Invalid, status: http.StatusNotFound,
		needs: "a task definition that is registered", source: row.PageShow,
	},
	{
		id: "DR-01", on: onDeregister, field: "/taskDefinition", words: goneWords, class: run.Invalid, status: http.StatusNotFound,
		needs: "a revision that is registered", source: row.PageRemove,
	},
	{
		id: "RD-21", on: onRegister, field: "/taskRoleArn", codes: []string{"AccessDeniedException"}, words: []string{"iam:PassRole"}, class: run.Invalid,
		status: http.StatusForbidden, needs: "iam:PassRole of the taskdefs function for the definition's roles", source: row.PageRegister,
	},
	{
		id: "RD-21", on: onRegister, field: "/taskRoleArn", words: []string{"role is not valid", "assume the role"}, class: run.Invalid,
		status: http.StatusBadRequest, needs: "roles that ecs-tasks.amazonaws.com may assume", source: row.PageRegister,
	},
	{
		id: "RD-20", on: onRegister, field: "/family", codes: []string{"LimitExceededException"}, class: run.Invalid, status: http.StatusBadRequest,
		needs: "fewer than 1,000,000 revisions of the family", source: row.PageQuotas,
	},
	{
		id: "RD-09", on: onRegister, field: "/containerDefinitions", words: []string{"reserved*port", "port*reserved"}, class: run.Invalid,
		status: http.StatusBadRequest, needs: "host ports other than 22, 2375, 2376 and 51678 to 51680", source: row.Page2016,
	},
	{
		id: "RD-04", on: onRegister, field: "/containerDefinitions", words: []string{"container.image"}, class: run.Invalid,
		status: http.StatusBadRequest, needs: "an image for each container", source: row.PageRegister,
	},
	{
		id: "RD-22", on: onRegister, field: "/cpu", words: []string{"fargate configuration", "'cpu' setting for task", "'memory' setting for task"}, class: run.Invalid,
		status: http.StatusBadRequest, needs: "128 to 196,608 CPU units, or a pair of Fargate's table", source: row.PageSize,
	},
	{
		id: "RD-06", on: onRegister, field: "/containerDefinitions", words: []string{"setting for container*memory"}, class: run.Invalid,
		status: http.StatusBadRequest, needs: "container memory that Docker and the task's memory allow", source: row.PageRegister,
	},
	{
		id: "RD-26", on: onRegister, words: []string{"fargate"}, class: run.Invalid,
		status: http.StatusBadRequest, needs: "parameters that FARGATE has", source: row.PageFargate,
	},
}
