package ecsspec

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/ecsspec/row"
	"davit/internal/jsontree"
	"davit/internal/run"
)

const (
	ofContainer = "/overrides/containerOverrides/*"
	fileLimit   = "the ARN of an S3 object whose name ends in .env"
)

var (
	fileTypes     = types.EnvironmentFileType("").Values()
	resourceTypes = types.ResourceType("").Values()
	anyCount      = between(0, math.MaxInt32)
)

var overrideRules = withSource(row.PageRunTask, []rule{
	{id: "RT-18", on: onLaunch, field: ofContainer, limit: "an empty item, or one that names its container", check: namesContainer},
	{
		id: "RT-43", on: onLaunch, field: ofContainer + "/environment/*/name", required: true, limit: "a variable's name",
		source: row.PageSDK, check: notEmpty,
	},
	{
		id: "RT-21", on: onLaunch, field: ofContainer + "/resourceRequirements/*/value", limit: "a text that is not empty",
		source: row.PageSDK, check: notEmpty,
	},
	{id: "RT-20", on: onLaunch, field: ofContainer + "/cpu", limit: "0 or more CPU units", check: anyCount},
	{id: "RT-20", on: onLaunch, field: ofContainer + "/memory", limit: "0 or more MiB", check: anyCount},
	{id: "RT-20", on: onLaunch, field: ofContainer + "/memoryReservation", limit: "0 or more MiB", check: anyCount},
	{
		id: "RT-22", on: onLaunch, field: "/overrides/cpu", limit: sizeText, source: row.PageFargate,
		check: text(sizeShape),
	},
	{
		id: "RT-22", on: onLaunch, field: "/overrides/memory", limit: sizeText, source: row.PageFargate,
		check: text(sizeShape),
	},
	{id: "RT-22", on: onRun, limit: pairLimit, source: row.PageFargate, check: fargateOverride},
	{id: "RT-23", on: onLaunch, field: "/overrides/executionRoleArn", limit: roleLimit, check: text(role)},
	{id: "RT-23", on: onLaunch, field: "/overrides/taskRoleArn", limit: roleLimit, check: text(role)},
	{
		id: "RT-24", on: onLaunch, field: "/overrides/inferenceAcceleratorOverrides", limit: "none: Elastic Inference is no longer offered",
		older: "the device names of the task definition", source: row.PageSDK, check: items(0, 0),
	},
})

// sharedRules hold in overrides and in task definitions alike.
var sharedRules = withSource(row.PageRunTask, slices.Concat(
	fileRules(onLaunch, ofContainer), resourceRules(onLaunch, ofContainer), storageRules(onLaunch, "/overrides"),
	fileRules(onRegister, eachContainer), resourceRules(onRegister, eachContainer), storageRules(onRegister, ""),
))

func fileRules(on []run.Operation, of string) []rule {
	return []rule{
		{id: "RT-19", on: on, field: of + "/environmentFiles", limit: "at most 10 files", check: items(0, 10)},
		{
			id: "RT-19", on: on, field: of + "/environmentFiles/*/type", required: true,
			limit: choice(fileTypes), check: enum(fileTypes),
		},
		{
			id: "RT-19", on: on, field: of + "/environmentFiles/*/value", required: true,
			limit: fileLimit, check: text(environmentFile),
		},
	}
}

func resourceRules(on []run.Operation, of string) []rule {
	return []rule{
		{
			id: "RT-21", on: on, field: of + "/resourceRequirements/*/type", required: true,
			limit: choice(resourceTypes), older: "GPU and InferenceAccelerator only", source: row.PageSDK, check: enum(resourceTypes),
		},
		{id: "RT-21", on: on, field: of + "/resourceRequirements/*", limit: "a value, or a sharingStrategy", source: row.PageSDK, check: resourceValue},
		{
			id: "RT-21", on: on, field: of + "/resourceRequirements/*/sharingStrategy/nvidiaMps/memory", required: true,
			limit: "the memory to share, in MiB", source: row.PageSDK,
		},
	}
}

func storageRules(on []run.Operation, of string) []rule {
	return []rule{
		{
			id: "RT-25", on: on, field: of + "/ephemeralStorage/sizeInGiB", required: true,
			limit: "21 to 200 GiB", older: "from 20", check: between(21, 200),
		},
	}
}

// jsonLength returns a check of the length of a value's compact JSON, in characters.
func jsonLength(most int) check {
	return func(n jsontree.Node) []finding {
		if length := utf8.RuneCount(n.Encode()); length > most {
			return wrong(strconv.Itoa(length) + " characters were given")
		}
		return nil
	}
}

func namesContainer(override jsontree.Node) []finding {
	if name, ok := override.Get("name"); ok && (name.Kind != jsontree.String || name.Text != "") {
		return nil
	}
	for _, m := range override.Members {
		if m.Name != "name" && m.Value.Kind != jsontree.Null {
			return []finding{{"/name", "no container is named for " + quoted(m.Name)}}
		}
	}
	return nil
}

func environmentFile(arn string) string {
	resource, ok := strings.CutPrefix(arn, "arn:")
	if ok && strings.Contains(resource, ":s3:::") && strings.HasSuffix(arn, ".env") {
		return ""
	}
	return quoted(arn) + " was given"
}

func resourceValue(need jsontree.Node) []finding {
	_, value := need.Get("value")
	_, sharing := need.Get("sharingStrategy")
	if value || sharing || need.Kind != jsontree.Object {
		return nil
	}
	return []finding{{"/value", "neither was given"}}
}
