package refusals

import (
	"davit/internal/ecsspec/row"
	"davit/internal/run"
)

// wordedRefusals are known by the words of a ClientException or InvalidParameterException. Phrases come before single words, which
// could be in a name of the caller's own.
var wordedRefusals = []refusal{
	{
		id: "RT-18", on: onLaunch, field: "/overrides/containerOverrides", words: []string{"override for container"}, class: run.Invalid,
		needs: "names of containers of the task definition", source: row.PageRunTask,
	},
	{
		id: "RT-07", on: onRun, field: "/capacityProviderStrategy",
		words: []string{"capacity provider*associated", "capacity provider*not found", "capacity provider*does not exist", "capacity provider*active", "capacity provider*mix"},
		class: run.Invalid, needs: "capacity providers of one kind that belong to the cluster and are ACTIVE", source: row.PageRunTask,
	},
	{
		id: "DR-03", on: onLaunch, field: "/taskDefinition", words: []string{"taskdefinition is inactive", "task definition*inactive"}, class: run.Invalid,
		needs: "an ACTIVE revision: a deregistered one starts no tasks, from 10 minutes after at the latest", source: row.PageRemove,
	},
	{
		id: "RT-01", on: onRun, field: "/taskDefinition", words: goneWords, class: run.Invalid,
		needs: "a task definition that is registered", source: row.PageRunTask,
	},
	{
		id: "ST-02", on: onStart, field: "/taskDefinition", words: goneWords, class: run.Invalid,
		needs: "a task definition that is registered", source: row.PageStart,
	},
	{
		id: "RT-04", on: onRun, field: "/launchType", words: []string{"launch_type", "compatible*launch type"}, class: run.Invalid,
		needs: "a launch type that the task definition is compatible with", source: row.PageRunTask,
	},
	{
		id: "RT-11", on: onLaunch, field: "/enableExecuteCommand", words: []string{"taskRoleArn", "execute command", "enableExecuteCommand"}, class: run.Invalid,
		needs: "a task role, in the task definition or in overrides", source: row.PageRunTask,
	},
	{
		id: "RT-13", on: onLaunch, field: "/networkConfiguration", words: []string{"network configuration", "networkConfiguration"}, class: run.Invalid,
		needs: "networkConfiguration for network mode awsvpc, and for no other", source: row.PageRunTask,
	},
	{
		id: "RT-15", on: onLaunch, field: "/networkConfiguration/awsvpcConfiguration/securityGroups", words: []string{"security group", "securityGroup", "InvalidGroup"}, class: run.Invalid,
		needs: "security groups of the subnets' VPC", source: row.PageRunTask,
	},
	{
		id: "RT-14", on: onLaunch, field: "/networkConfiguration/awsvpcConfiguration/subnets", words: []string{"subnet"}, class: run.Invalid,
		needs: "subnets of one VPC, in this account and Region", source: row.PageRunTask,
	},
	{
		id: "RT-16", on: onLaunch, field: "/networkConfiguration/awsvpcConfiguration/assignPublicIp", words: []string{"public ip", "assignPublicIp"}, class: run.Invalid,
		needs: "no public address where the launch type gives none", source: row.PageRunTask,
	},
	{
		id: "RT-19", on: onLaunch, field: "/overrides/containerOverrides", words: []string{"environment file", "environmentFiles"}, class: run.Invalid,
		needs: "environment files that the execution role may read; on Fargate from platform version 1.4.0 on", source: row.PageRunTask,
	},
	{
		id: "RT-22", on: onLaunch, field: "/overrides", words: []string{"fargate configuration", "'cpu' setting for task", "'memory' setting for task"}, class: run.Invalid,
		needs: "a task size that the launch type has; on Fargate a pair of its table", source: row.PageFargate,
	},
	{
		id: "RT-20", on: onLaunch, field: "/overrides/containerOverrides", words: []string{"setting for container", "container*memory", "container*cpu"}, class: run.Invalid,
		needs: "container sizes that fit the task", source: row.PageRunTask,
	},
	{
		id: "RT-28", on: onRun, field: "/placementConstraints", words: []string{"expression"}, class: run.Invalid,
		needs: "an expression of the cluster query language", source: row.PageRunTask,
	},
	{
		id: "RT-26", on: onRun, field: "/placementConstraints", words: []string{"placement constraint", "placementConstraints"}, class: run.Invalid,
		needs: "at most 10 constraints together with the task definition's, and none on Fargate", source: row.PageRunTask,
	},
	{
		id: "RT-29", on: onRun, field: "/placementStrategy", words: []string{"placement strateg", "placementStrategy"}, class: run.Invalid,
		needs: "no placement strategy on Fargate", source: row.PageRunTask,
	},
	{
		id: "RT-42", on: onLaunch, field: "/volumeConfigurations", words: []string{"volume configuration", "volumeConfiguration", "configured at launch", "configuredAtLaunch"}, class: run.Invalid,
		needs: "the one volume that the task definition leaves to launch", source: row.PageSDK,
	},
	{
		id: "RT-31", on: onRun, field: "/platformVersion", words: []string{"platform version", "platformVersion"}, class: run.Invalid,
		needs: "a platform version, on Fargate only", source: row.PageRunTask,
	},
}
