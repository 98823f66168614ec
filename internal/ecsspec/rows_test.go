package ecsspec

import (
	"fmt"
	"strings"

	"davit/internal/run"
)

// rowCase holds one row of the table at its limit: good breaks nothing, bad breaks that row alone, at pointer.
type rowCase struct {
	id        string
	on        []run.Operation // nil: RunTask
	good, bad string          // members added to the operation's smallest input; a name that is there is replaced
	pointer   string
}

func str(n int) string { return strings.Repeat("x", n) }

func list(n int, item string) string {
	return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
}

// numbered makes a list of n items, each %d in its own number.
func numbered(n int, item string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = fmt.Sprintf(item, i)
	}
	return "[" + strings.Join(items, ",") + "]"
}

func overrides(n int) string {
	frame := `{"containerOverrides":[{"name":"a","command":[""]}]}`
	return strings.Replace(frame, `""`, `"`+strings.Repeat("é", n-len(frame))+`"`, 1)
}

func override(members string) string {
	return `"overrides":{"containerOverrides":[{"name":"a",` + members + `}]}`
}

func vpc(members string) string {
	return `"networkConfiguration":{"awsvpcConfiguration":{` + members + `}}`
}

func volume(members string) string {
	return `"volumeConfigurations":[{"name":"v","managedEBSVolume":{"roleArn":"r",` + members + `}}]`
}

const (
	firstOverride = "/overrides/containerOverrides/0"
	vpcPointer    = "/networkConfiguration/awsvpcConfiguration"
	ebsPointer    = "/volumeConfigurations/0/managedEBSVolume"
	definitionARN = "arn:aws-us-gov:ecs:eu-west-1:123456789012:task-definition/"
)

func rowCases() []rowCase {
	return []rowCase{
		{"RT-01", nil, `"taskDefinition":"` + str(255) + `:1000000"`, `"taskDefinition":"` + str(256) + `"`, "/taskDefinition"},
		{"RT-01", nil, `"taskDefinition":"` + definitionARN + `a_B-9:12"`, `"taskDefinition":"` + definitionARN + `a:0"`, "/taskDefinition"},
		{"RT-01", nil, `"taskDefinition":"` + definitionARN + `a"`, `"taskDefinition":"arn:aws:ecs:eu-west-1:123:task-definition/a:1"`, "/taskDefinition"},
		{"RT-01", nil, `"taskDefinition":"a:1"`, `"taskDefinition":"arn:aws:ecs:eu-west-1:123456789012:cluster/a"`, "/taskDefinition"},
		{"RT-01", nil, `"taskDefinition":"a:9"`, `"taskDefinition":"a:01"`, "/taskDefinition"},
		{"RT-01", nil, `"taskDefinition":"-"`, `"taskDefinition":"a b"`, "/taskDefinition"},
		{"RT-01", nil, `"taskDefinition":"_"`, `"taskDefinition":"a:1:2"`, "/taskDefinition"},
		{"RT-01", nil, `"taskDefinition":"0"`, `"taskDefinition":""`, "/taskDefinition"},
		{"RT-01", nil, `"group":"g"`, `"taskDefinition":null`, "/taskDefinition"},
		{"ST-02", onStart, `"taskDefinition":"a:1"`, `"taskDefinition":"a:"`, "/taskDefinition"},
		{"RT-02", onLaunch, `"cluster":"c"`, `"cluster":""`, "/cluster"},
		{"RT-03", nil, `"count":1`, `"count":0`, "/count"},
		{"RT-03", nil, `"count":10.0`, `"count":11`, "/count"},
		{"RT-04", nil, `"launchType":"EXTERNAL"`, `"launchType":"FARGATE_SPOT"`, "/launchType"},
		{
			"RT-05", nil, `"launchType":"EC2","capacityProviderStrategy":[]`,
			`"launchType":"FARGATE","capacityProviderStrategy":[{"capacityProvider":"FARGATE_SPOT"}]`, "/capacityProviderStrategy",
		},
		{
			"RT-06", nil, `"capacityProviderStrategy":` + list(20, `{"capacityProvider":"c","weight":1}`),
			`"capacityProviderStrategy":` + list(21, `{"capacityProvider":"c","weight":1}`), "/capacityProviderStrategy",
		},
		{"RT-07", nil, `"capacityProviderStrategy":[{"capacityProvider":"c"}]`, `"capacityProviderStrategy":[{}]`, "/capacityProviderStrategy/0/capacityProvider"},
		{
			"RT-08", nil, `"capacityProviderStrategy":[{"capacityProvider":"c","weight":1000}]`,
			`"capacityProviderStrategy":[{"capacityProvider":"c","weight":1001}]`, "/capacityProviderStrategy/0/weight",
		},
		{
			"RT-08", nil, `"capacityProviderStrategy":[{"capacityProvider":"c","weight":0},{"capacityProvider":"d","weight":1}]`,
			`"capacityProviderStrategy":[{"capacityProvider":"c","weight":0},{"capacityProvider":"d"}]`, "/capacityProviderStrategy",
		},
		{
			"RT-09", nil, `"capacityProviderStrategy":[{"capacityProvider":"c","base":100000}]`,
			`"capacityProviderStrategy":[{"capacityProvider":"c","base":100001}]`, "/capacityProviderStrategy/0/base",
		},
		{
			"RT-09", nil, `"capacityProviderStrategy":[{"capacityProvider":"c","base":1,"weight":1},{"capacityProvider":"d","base":0}]`,
			`"capacityProviderStrategy":[{"capacityProvider":"c","base":1,"weight":1},{"capacityProvider":"d","base":2}]`, "/capacityProviderStrategy",
		},
		{"RT-14", onLaunch, vpc(`"subnets":` + list(16, `"s"`)), vpc(`"subnets":` + list(17, `"s"`)), vpcPointer + "/subnets"},
		{"RT-14", onLaunch, vpc(`"subnets":["s"]`), vpc(`"subnets":[]`), vpcPointer + "/subnets"},
		{"RT-14", onLaunch, `"networkConfiguration":{}`, vpc(`"assignPublicIp":"DISABLED"`), vpcPointer + "/subnets"},
		{"RT-15", onLaunch, vpc(`"subnets":["s"],"securityGroups":` + list(5, `"g"`)), vpc(`"subnets":["s"],"securityGroups":` + list(6, `"g"`)), vpcPointer + "/securityGroups"},
		{"RT-16", onLaunch, vpc(`"subnets":["s"],"assignPublicIp":"ENABLED"`), vpc(`"subnets":["s"],"assignPublicIp":"enabled"`), vpcPointer + "/assignPublicIp"},
		{"RT-17", nil, `"overrides":` + overrides(8192), `"overrides":` + overrides(8193), "/overrides"},
		{"ST-03", onStart, `"overrides":` + overrides(8192), `"overrides":` + overrides(8193), "/overrides"},
		{"RT-18", onLaunch, `"overrides":{"containerOverrides":[{},{"cpu":null}]}`, `"overrides":{"containerOverrides":[{},{"cpu":1}]}`, "/overrides/containerOverrides/1/name"},
		{
			"RT-19", onLaunch, override(`"environmentFiles":` + list(10, `{"type":"s3","value":"arn:aws:s3:::b/a.env"}`)),
			override(`"environmentFiles":` + list(11, `{"type":"s3","value":"arn:aws:s3:::b/a.env"}`)), firstOverride + "/environmentFiles",
		},
		{
			"RT-19", onLaunch, override(`"environmentFiles":[{"type":"s3","value":"arn:aws:s3:::b/.env"}]`),
			override(`"environmentFiles":[{"type":"s3","value":"arn:aws:s3:::b/a.txt"}]`), firstOverride + "/environmentFiles/0/value",
		},
		{
			"RT-19", onLaunch, override(`"environmentFiles":[{"type":"s3","value":"arn:aws-cn:s3:::b/c/a.env"}]`),
			override(`"environmentFiles":[{"type":"S3","value":"arn:aws:s3:::b/a.env"}]`), firstOverride + "/environmentFiles/0/type",
		},
		{"RT-20", onLaunch, override(`"cpu":0`), override(`"cpu":-1`), firstOverride + "/cpu"},
		{"RT-20", onLaunch, override(`"memory":0`), override(`"memory":-1`), firstOverride + "/memory"},
		{"RT-20", onLaunch, override(`"memoryReservation":0`), override(`"memoryReservation":-1`), firstOverride + "/memoryReservation"},
		{
			"RT-21", onLaunch, override(`"resourceRequirements":[{"type":"GPU","value":"ALL"}]`),
			override(`"resourceRequirements":[{"type":"CPU","value":"1"}]`), firstOverride + "/resourceRequirements/0/type",
		},
		{
			"RT-21", onLaunch, override(`"resourceRequirements":[{"type":"GPU","sharingStrategy":{"nvidiaMps":{"memory":1}}}]`),
			override(`"resourceRequirements":[{"type":"GPU"}]`), firstOverride + "/resourceRequirements/0/value",
		},
		{
			"RT-21", onLaunch, override(`"resourceRequirements":[]`),
			override(`"resourceRequirements":[{"type":"GPU","sharingStrategy":{"nvidiaMps":{}}}]`),
			firstOverride + "/resourceRequirements/0/sharingStrategy/nvidiaMps/memory",
		},
		{"RT-25", onLaunch, `"overrides":{"ephemeralStorage":{"sizeInGiB":21}}`, `"overrides":{"ephemeralStorage":{"sizeInGiB":20}}`, "/overrides/ephemeralStorage/sizeInGiB"},
		{"RT-25", onLaunch, `"overrides":{"ephemeralStorage":{"sizeInGiB":200}}`, `"overrides":{"ephemeralStorage":{"sizeInGiB":201}}`, "/overrides/ephemeralStorage/sizeInGiB"},
		{"RT-25", onLaunch, `"overrides":{}`, `"overrides":{"ephemeralStorage":{}}`, "/overrides/ephemeralStorage/sizeInGiB"},
		{
			"RT-26", nil, `"placementConstraints":` + list(10, `{"type":"distinctInstance"}`),
			`"placementConstraints":` + list(11, `{"type":"distinctInstance"}`), "/placementConstraints",
		},
		{"RT-27", nil, `"placementConstraints":[{"type":"distinctInstance"}]`, `"placementConstraints":[{"type":"distinctinstance"}]`, "/placementConstraints/0/type"},
		{
			"RT-28", nil, `"placementConstraints":[{"type":"memberOf","expression":"` + str(2000) + `"}]`,
			`"placementConstraints":[{"type":"memberOf","expression":"` + str(2001) + `"}]`, "/placementConstraints/0/expression",
		},
		{
			"RT-28", nil, `"placementConstraints":[{"type":"memberOf","expression":"x"}]`,
			`"placementConstraints":[{"type":"memberOf"}]`, "/placementConstraints/0/expression",
		},
		{
			"RT-28", nil, `"placementConstraints":[{"type":"distinctInstance","expression":null}]`,
			`"placementConstraints":[{"type":"distinctInstance","expression":"x"}]`, "/placementConstraints/0/expression",
		},
		{"RT-29", nil, `"placementStrategy":` + list(5, `{"type":"random"}`), `"placementStrategy":` + list(6, `{"type":"random"}`), "/placementStrategy"},
		{"RT-30", nil, `"placementStrategy":[{"type":"spread","field":"instanceId"}]`, `"placementStrategy":[{"field":"cpu"}]`, "/placementStrategy/0/type"},
		{"RT-30", nil, `"placementStrategy":[{"type":"binpack","field":"memory"}]`, `"placementStrategy":[{"type":"binpack","field":"disk"}]`, "/placementStrategy/0/field"},
		{"RT-32", onLaunch, `"propagateTags":"TASK_DEFINITION"`, `"propagateTags":"SERVICE"`, "/propagateTags"},
		{"RT-32", onLaunch, `"propagateTags":"NONE"`, `"propagateTags":"ALL"`, "/propagateTags"},
		{"RT-33", onLaunch, `"referenceId":null`, `"referenceId":"r"`, "/referenceId"},
		{"RT-34", nil, `"startedBy":"` + str(126) + `/-"`, `"startedBy":"` + str(129) + `"`, "/startedBy"},
		{"RT-34", nil, `"startedBy":"AWS Step Functions"`, `"startedBy":"a\tb"`, "/startedBy"},
		{"ST-04", onStart, `"startedBy":"ECS Deploy"`, `"startedBy":"a\nb"`, "/startedBy"},
		{"RT-14", onLaunch, vpc(`"subnets":["s"]`), vpc(`"subnets":["s",""]`), vpcPointer + "/subnets/1"},
		{"RT-15", onLaunch, vpc(`"subnets":["s"],"securityGroups":["g"]`), vpc(`"subnets":["s"],"securityGroups":[""]`), vpcPointer + "/securityGroups/0"},
		{"RT-43", onLaunch, override(`"environment":[{"name":"n"}]`), override(`"environment":[{"value":"v"}]`), firstOverride + "/environment/0/name"},
		{"RT-43", onLaunch, override(`"environment":[]`), override(`"environment":[{"name":"","value":"v"}]`), firstOverride + "/environment/0/name"},
		{
			run.RuleMaskedValue, onLaunch, override(`"command":["***"],"environment":[{"name":"n","value":"**"}]`),
			override(`"environment":[{"name":"n","value":"***"}]`), firstOverride + "/environment/0/value",
		},
		{
			"RT-21", onLaunch, override(`"resourceRequirements":[{"type":"GPU","value":"1"}]`),
			override(`"resourceRequirements":[{"type":"GPU","value":""}]`), firstOverride + "/resourceRequirements/0/value",
		},
		{"ST-04", onStart, `"startedBy":"` + str(34) + `_/"`, `"startedBy":"` + str(37) + `"`, "/startedBy"},
		{"ST-01", onStart, `"containerInstances":` + list(10, `"i"`), `"containerInstances":` + list(11, `"i"`), "/containerInstances"},
		{"ST-01", onStart, `"containerInstances":["i"]`, `"containerInstances":[]`, "/containerInstances"},
		{"ST-01", onStart, `"containerInstances":["i","i"]`, `"containerInstances":["i",""]`, "/containerInstances/1"},
		{"RT-35", onTagging, `"tags":` + numbered(50, `{"key":"k%d"}`), `"tags":` + numbered(51, `{"key":"k%d"}`), "/tags"},
		{"RT-35", onTagging, `"tags":[{"key":"k"},{"key":"K"}]`, `"tags":[{"key":"k"},{"key":"k"}]`, "/tags/1/key"},
		{"RT-36", onTagging, `"tags":[{"key":"` + strings.Repeat("é", 128) + `"}]`, `"tags":[{"key":"` + str(129) + `"}]`, "/tags/0/key"},
		{"RT-36", onTagging, `"tags":[{"key":"k"}]`, `"tags":[{"value":"v"}]`, "/tags/0/key"},
		{"RT-36", onTagging, `"tags":[{"key":"k","value":"` + str(256) + `"}]`, `"tags":[{"key":"k","value":"` + str(257) + `"}]`, "/tags/0/value"},
		{"RT-37", onTagging, `"tags":[{"key":"é 1+-=._:/@"}]`, `"tags":[{"key":"a#"}]`, "/tags/0/key"},
		{"RT-37", onTagging, `"tags":[{"key":"k","value":"é 1+-=._:/@"}]`, `"tags":[{"key":"k","value":"a*"}]`, "/tags/0/value"},
		{"RT-38", onTagging, `"tags":[{"key":"aws"}]`, `"tags":[{"key":"AWS:x"}]`, "/tags/0/key"},
		{"RT-38", onTagging, `"tags":[{"key":"k","value":"x aws:"}]`, `"tags":[{"key":"k","value":"aws:x"}]`, "/tags/0/value"},
		{"RT-42", onLaunch, `"volumeConfigurations":[{"name":"v"}]`, `"volumeConfigurations":[{}]`, "/volumeConfigurations/0/name"},
		{
			"RT-42", onLaunch, volume(`"sizeInGiB":1`),
			`"volumeConfigurations":[{"name":"v","managedEBSVolume":{"snapshotId":"s"}}]`, ebsPointer + "/roleArn",
		},
		{"RT-42", onLaunch, volume(`"snapshotId":"s"`), volume(`"encrypted":true`), ebsPointer},
		{
			"RT-42", onLaunch, volume(`"sizeInGiB":1,"terminationPolicy":{"deleteOnTermination":false}`),
			volume(`"sizeInGiB":1,"terminationPolicy":{}`), ebsPointer + "/terminationPolicy/deleteOnTermination",
		},
		{
			"RT-42", onLaunch, volume(`"sizeInGiB":1,"tagSpecifications":[{"resourceType":"volume"}]`),
			volume(`"sizeInGiB":1,"tagSpecifications":[{}]`), ebsPointer + "/tagSpecifications/0/resourceType",
		},
		{run.RuleGroup, onLaunch, `"group":"nightly é"`, `"group":"a\u001b[2Jb"`, "/group"},
		{run.RuleGroup, onLaunch, `"group":"` + strings.Repeat("é", 255) + `"`, `"group":"` + str(256) + `"`, "/group"},
		{run.RuleIdempotencyKey, onLaunch, `"clientToken":"` + str(255) + `"`, `"clientToken":"` + str(256) + `"`, "/clientToken"},
		{run.RuleIdempotencyKey, onLaunch, `"clientToken":"k 1"`, `"clientToken":""`, "/clientToken"},
		{run.RuleIdempotencyKey, onLaunch, `"clientToken":"k"`, `"clientToken":"a\nb"`, "/clientToken"},
		{"SP-01", onStop, `"task":"t"`, `"task":""`, "/task"},
		{"SP-01", onStop, `"cluster":"c"`, `"task":null`, "/task"},
		{"SP-03", onStop, `"reason":"` + strings.Repeat("é", 255) + `"`, `"reason":"` + str(256) + `"`, "/reason"},
		{"RT-10", onLaunch, `"enableECSManagedTags":true`, `"enableECSManagedTags":"yes"`, "/enableECSManagedTags"},
		{"RT-22", onLaunch, `"overrides":{"cpu":".5 vCPU"}`, `"overrides":{"cpu":"half"}`, "/overrides/cpu"},
		{"RT-22", onLaunch, `"overrides":{"memory":"1 GB"}`, `"overrides":{"memory":"much"}`, "/overrides/memory"},
		{
			"RT-22", nil, `"launchType":"FARGATE","overrides":{"cpu":"256","memory":"2048"}`,
			`"launchType":"FARGATE","overrides":{"cpu":"256","memory":"3072"}`, "/overrides/memory",
		},
		{
			"RT-22", nil, `"launchType":"EC2","overrides":{"cpu":"100","memory":"100"}`,
			`"capacityProviderStrategy":[{"capacityProvider":"FARGATE_SPOT"},{"capacityProvider":"FARGATE","weight":1}],"overrides":{"cpu":"3 vCPU","memory":"8 GB"}`, "/overrides/memory",
		},
		{
			"RT-22", nil, `"launchType":"FARGATE","platformVersion":"1.4.0","overrides":{"cpu":"8192","memory":"16384"}`,
			`"launchType":"FARGATE","platformVersion":"1.3.0","overrides":{"cpu":"8192","memory":"16384"}`, "/overrides/memory",
		},
		{
			"RT-22", nil, `"capacityProviderStrategy":[{"capacityProvider":"FARGATE"},{"capacityProvider":"mine","weight":1}],"overrides":{"cpu":"3 vCPU","memory":"8 GB"}`,
			`"launchType":"FARGATE","overrides":{"cpu":"32 vCPU","memory":"100 GB"}`, "/overrides/memory",
		},
		{"RT-23", onLaunch, `"overrides":{"taskRoleArn":"arn:aws-cn:iam::123456789012:role/path/to/job"}`, `"overrides":{"taskRoleArn":"arn:aws:iam::12345:role/job"}`, "/overrides/taskRoleArn"},
		{"RT-23", onLaunch, `"overrides":{"taskRoleArn":"job"}`, `"overrides":{"taskRoleArn":"a job"}`, "/overrides/taskRoleArn"},
		{"RT-23", onLaunch, `"overrides":{"executionRoleArn":"arn:aws:iam::123456789012:role/job"}`, `"overrides":{"executionRoleArn":"arn:aws:iam::123456789012:user/job"}`, "/overrides/executionRoleArn"},
		{"RT-23", onLaunch, `"overrides":{"executionRoleArn":"` + str(64) + `"}`, `"overrides":{"executionRoleArn":"` + str(65) + `"}`, "/overrides/executionRoleArn"},
		{
			"RT-24", onLaunch, `"overrides":{"inferenceAcceleratorOverrides":[]}`,
			`"overrides":{"inferenceAcceleratorOverrides":[{"deviceName":"d"}]}`, "/overrides/inferenceAcceleratorOverrides",
		},
		{"RT-31", nil, `"launchType":"FARGATE","platformVersion":"LATEST"`, `"launchType":"EC2","platformVersion":"LATEST"`, "/platformVersion"},
		{"RT-31", nil, `"platformVersion":"1.4.0"`, `"launchType":"EXTERNAL","platformVersion":"1.4.0"`, "/platformVersion"},
		{"RT-42", onLaunch, volume(`"sizeInGiB":16384`), volume(`"sizeInGiB":16385`), ebsPointer + "/sizeInGiB"},
		{"RT-42", onLaunch, volume(`"sizeInGiB":1,"volumeType":"gp3"`), volume(`"sizeInGiB":0,"volumeType":"gp2"`), ebsPointer + "/sizeInGiB"},
		{"RT-42", onLaunch, volume(`"sizeInGiB":4,"volumeType":"io1"`), volume(`"sizeInGiB":3,"volumeType":"io2"`), ebsPointer + "/sizeInGiB"},
		{"RT-42", onLaunch, volume(`"sizeInGiB":125,"volumeType":"st1"`), volume(`"sizeInGiB":124,"volumeType":"sc1"`), ebsPointer + "/sizeInGiB"},
		{"RT-42", onLaunch, volume(`"sizeInGiB":1024,"volumeType":"standard"`), volume(`"sizeInGiB":1025,"volumeType":"standard"`), ebsPointer + "/sizeInGiB"},
		{"ST-05", onStart, `"count":null`, `"count":1`, "/count"},
		{"DT-01", onDescribeTasks, `"tasks":` + list(100, `"t"`), `"tasks":` + list(101, `"t"`), "/tasks"},
		{"DT-01", onDescribeTasks, `"tasks":["t"]`, `"tasks":[]`, "/tasks"},
		{"DT-01", onDescribeTasks, `"cluster":"c"`, `"tasks":null`, "/tasks"},
		{"DT-01", onDescribeTasks, `"tasks":["t"]`, `"tasks":["t",""]`, "/tasks/1"},
		{"DT-03", onDescribeTasks, `"include":["TAGS"]`, `"include":["tags"]`, "/include/0"},
		{"DD-01", onDescribeDefinition, `"taskDefinition":"a:1"`, `"taskDefinition":""`, "/taskDefinition"},
		{"DD-01", onDescribeDefinition, `"taskDefinition":"a"`, `"taskDefinition":null`, "/taskDefinition"},
		{"DD-01", onDescribeDefinition, `"include":["TAGS"]`, `"include":["ALL"]`, "/include/0"},
		{"DR-01", onDeregister, `"taskDefinition":"a:1"`, `"taskDefinition":"a"`, "/taskDefinition"},
		{"DR-01", onDeregister, `"taskDefinition":"` + definitionARN + `a:1"`, `"taskDefinition":"` + definitionARN + `a"`, "/taskDefinition"},
		{"DR-01", onDeregister, `"taskDefinition":"a:2"`, `"taskDefinition":"a:0"`, "/taskDefinition"},
	}
}
