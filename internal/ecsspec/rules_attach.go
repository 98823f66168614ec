package ecsspec

import (
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/ecsspec/row"
	"davit/internal/jsontree"
)

const ofVPC = "/networkConfiguration/awsvpcConfiguration"

var publicIPs = types.AssignPublicIp("").Values()

var networkRules = withSource(row.PageRunTask, []rule{
	{id: "RT-14", on: onLaunch, field: ofVPC + "/subnets", required: true, limit: "1 to 16 subnets of one VPC", check: items(1, 16)},
	{id: "RT-14", on: onLaunch, field: ofVPC + "/subnets/*", limit: "a subnet's id", check: notEmpty},
	{id: "RT-15", on: onLaunch, field: ofVPC + "/securityGroups/*", limit: "a security group's id", check: notEmpty},
	{id: "RT-15", on: onLaunch, field: ofVPC + "/securityGroups", limit: "at most 5 security groups", check: items(0, 5)},
	{id: "RT-16", on: onLaunch, field: ofVPC + "/assignPublicIp", limit: choice(publicIPs), check: enum(publicIPs)},
})

const ofEBS = "/volumeConfigurations/*/managedEBSVolume"

var volumeRules = withSource(row.PageSDK, []rule{
	{
		id: "RT-42", on: onLaunch, field: "/volumeConfigurations/*/name", required: true,
		limit: "the name of a volume of the task definition", check: chars(1, longestName, nil),
	},
	{
		id: "RT-42", on: onLaunch, field: ofEBS + "/roleArn", required: true,
		limit: "the ARN of the role that makes the volume", check: chars(1, 2048, nil),
	},
	{id: "RT-42", on: onLaunch, field: ofEBS, limit: "sizeInGiB or snapshotId", check: volumeSource},
	{id: "RT-42", on: onLaunch, field: ofEBS + "/terminationPolicy/deleteOnTermination", required: true, limit: "true or false"},
	{id: "RT-42", on: onLaunch, field: ofEBS + "/tagSpecifications/*/resourceType", required: true, limit: choice(tagged), check: enum(tagged)},
	{id: "RT-42", on: onLaunch, field: ofEBS, limit: sizeLimit, check: volumeSize},
})

var tagged = types.EBSResourceType("").Values()

func volumeSource(volume jsontree.Node) []finding {
	_, size := volume.Get("sizeInGiB")
	_, snapshot := volume.Get("snapshotId")
	if size || snapshot || volume.Kind != jsontree.Object {
		return nil
	}
	return wrong("neither was given")
}

const tagCharacters = "letters, digits, spaces and + - = . _ : / @"

var tagRules = withSource(row.PageRunTask, []rule{
	{id: "RT-35", on: onTagging, field: "/tags", limit: "at most 50 tags, each key once", check: items(0, 50)},
	{id: "RT-35", on: onTagging, field: "/tags", limit: "at most 50 tags, each key once", check: keysOnce},
	{id: "RT-36", on: onTagging, field: "/tags/*/key", required: true, limit: "1 to 128 characters", check: chars(1, 128, nil)},
	{id: "RT-36", on: onTagging, field: "/tags/*/value", limit: "at most 256 characters", check: chars(0, 256, nil)},
	{id: "RT-37", on: onTagging, field: "/tags/*/key", limit: tagCharacters, check: onlyTagCharacters},
	{id: "RT-37", on: onTagging, field: "/tags/*/value", limit: tagCharacters, check: onlyTagCharacters},
	{id: "RT-38", on: onTagging, field: "/tags/*/key", limit: "any other prefix", check: text(notReserved)},
	{id: "RT-38", on: onTagging, field: "/tags/*/value", limit: "any other prefix", check: text(notReserved)},
})

var onlyTagCharacters = text(func(s string) string {
	for _, r := range s {
		if !isTag(r) {
			return "the character " + strconv.QuoteRune(r) + " was given"
		}
	}
	return ""
})

func notReserved(s string) string {
	if len(s) >= 4 && strings.EqualFold(s[:4], "aws:") {
		return "aws: belongs to AWS"
	}
	return ""
}

func keysOnce(tags jsontree.Node) []finding {
	var found []finding
	seen := map[string]bool{}
	for i, tag := range tags.Items {
		key, ok := tag.Get("key")
		if !ok || key.Kind != jsontree.String {
			continue
		}
		if seen[key.Text] {
			found = append(found, finding{"/" + strconv.Itoa(i) + "/key", "the key " + quoted(key.Text) + " is there already"})
		}
		seen[key.Text] = true
	}
	return found
}

const sizeLimit = "sizeInGiB of 1 to 16,384; io1 and io2 from 4, st1 and sc1 from 125, standard to 1,024"

// volumeSize returns what is wrong with the size of an EBS volume of its type. A type that is not known here has the widest bounds.
func volumeSize(volume jsontree.Node) []finding {
	size, given := volume.Get("sizeInGiB")
	gib, whole, fits := size.Int64()
	if !given || !whole || !fits {
		return nil
	}
	least, most := volumeBounds(member(volume, "volumeType"))
	if gib >= least && gib <= most {
		return nil
	}
	return []finding{{"/sizeInGiB", strconv.FormatInt(gib, 10) + " was given"}}
}

func volumeBounds(volumeType string) (least, most int64) {
	switch volumeType {
	case "io1", "io2":
		return 4, 16_384
	case "st1", "sc1":
		return 125, 16_384
	case "standard":
		return 1, 1024
	default:
		return 1, 16_384
	}
}
