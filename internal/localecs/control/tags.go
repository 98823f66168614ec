package control

import (
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
)

const (
	maxTagKey   = 128
	maxTagValue = 256
)

// checkTags holds ECS's rules for the tags of a request.
func checkTags(tags []types.Tag) error {
	if len(tags) > maxTags {
		return ecserror.Invalid("tags cannot have more than 50 elements.")
	}
	for i, t := range tags {
		key, v := ecsname.Value(t.Key), ecsname.Value(t.Value)
		switch {
		case key == "" || utf8.RuneCountInString(key) > maxTagKey:
			return ecserror.Invalid("A tag key must have 1 to 128 characters.")
		case utf8.RuneCountInString(v) > maxTagValue:
			return ecserror.Invalid("The value of a tag can have at most 256 characters.")
		case strings.HasPrefix(strings.ToLower(key), "aws:") || strings.HasPrefix(strings.ToLower(v), "aws:"):
			return ecserror.Invalid("Tag keys and values must not begin with 'aws:', which is reserved.")
		case hasTag(tags[:i], key):
			return ecserror.Invalid("The tag key %s is there more than once.", key)
		}
	}
	return nil
}
