package localecs

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const (
	maxTags     = 50
	maxTagKey   = 128
	maxTagValue = 256
	// managedTag is the one of ECS's own tags that a task without a service gets.
	managedTag = "aws:ecs:clusterName"
)

// checkTags holds ECS's rules for the tags of a request.
func checkTags(tags []types.Tag) error {
	if len(tags) > maxTags {
		return invalid("tags cannot have more than 50 elements.")
	}
	for i, t := range tags {
		key, v := value(t.Key), value(t.Value)
		switch {
		case key == "" || utf8.RuneCountInString(key) > maxTagKey:
			return invalid("A tag key must have 1 to 128 characters.")
		case utf8.RuneCountInString(v) > maxTagValue:
			return invalid("The value of a tag can have at most 256 characters.")
		case strings.HasPrefix(strings.ToLower(key), "aws:") || strings.HasPrefix(strings.ToLower(v), "aws:"):
			return invalid("Tag keys and values must not begin with 'aws:', which is reserved.")
		case hasTag(tags[:i], key):
			return invalid("The tag key %s is there more than once.", key)
		}
	}
	return nil
}

// taskTags are the tags of a task: the call's own first, then those of its definition that it does not have if they are propagated,
// then ECS's own.
func taskTags(in shared, d *definition, cluster string) []types.Tag {
	tags := slices.Clone(in.tags)
	if in.propagate == types.PropagateTagsTaskDefinition {
		for _, t := range d.Tags {
			if !hasTag(tags, value(t.Key)) {
				tags = append(tags, t)
			}
		}
	}
	if in.managed {
		tags = append(tags, types.Tag{Key: new(managedTag), Value: &cluster})
	}
	return tags
}

func hasTag(tags []types.Tag, key string) bool {
	return slices.ContainsFunc(tags, func(t types.Tag) bool { return value(t.Key) == key })
}
