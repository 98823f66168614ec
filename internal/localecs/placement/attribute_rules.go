package placement

import (
	"fmt"
	"regexp"
	"strings"
)

// MaxAttributes is the most custom attributes of an instance, and the most of one call.
const MaxAttributes = 10

var (
	validAttributeName  = regexp.MustCompile(`^[A-Za-z0-9_./\\-]{1,128}$`)
	validAttributeValue = regexp.MustCompile(`^[A-Za-z0-9_.@/\\:-]([A-Za-z0-9_.@/\\: -]{0,126}[A-Za-z0-9_.@/\\:-])?$`)
)

// CheckAttribute holds ECS's rules for a name and a value, which may be empty for none.
func CheckAttribute(name, v string) error {
	switch {
	case !validAttributeName.MatchString(name):
		return fmt.Errorf("the attribute name %.200q must be 1 to 128 letters, digits, '-', '_', '.', '/' and '\\'", name)
	case v != "" && !validAttributeValue.MatchString(v):
		return fmt.Errorf("the value of attribute %s must be 1 to 128 letters, digits, '-', '_', '.', '@', '/', '\\', ':' and spaces, without one at its ends", name)
	}
	return nil
}

// ReservedAttribute reports whether a name is ECS's own.
func ReservedAttribute(name string) bool {
	return strings.HasPrefix(name, "ecs.") || strings.HasPrefix(name, "com.amazonaws.")
}

// CountCustom counts the attributes that are not ECS's own.
func CountCustom(attributes map[string]string) int {
	n := 0
	for name := range attributes {
		if !ReservedAttribute(name) {
			n++
		}
	}
	return n
}
