package localecs

import (
	"fmt"
	"regexp"
	"strings"
)

// maxAttributes is the most custom attributes of an instance, and the most of one call.
const maxAttributes = 10

var (
	validAttributeName  = regexp.MustCompile(`^[A-Za-z0-9_./\\-]{1,128}$`)
	validAttributeValue = regexp.MustCompile(`^[A-Za-z0-9_.@/\\:-]([A-Za-z0-9_.@/\\: -]{0,126}[A-Za-z0-9_.@/\\:-])?$`)
)

// checkAttribute holds ECS's rules for a name and a value, which may be empty for none.
func checkAttribute(name, v string) error {
	switch {
	case !validAttributeName.MatchString(name):
		return fmt.Errorf("the attribute name %.200q must be 1 to 128 letters, digits, '-', '_', '.', '/' and '\\'", name)
	case v != "" && !validAttributeValue.MatchString(v):
		return fmt.Errorf("the value of attribute %s must be 1 to 128 letters, digits, '-', '_', '.', '@', '/', '\\', ':' and spaces, without one at its ends", name)
	}
	return nil
}

// reservedAttribute reports whether a name is ECS's own.
func reservedAttribute(name string) bool {
	return strings.HasPrefix(name, "ecs.") || strings.HasPrefix(name, "com.amazonaws.")
}

// countCustom counts the attributes that are not ECS's own.
func countCustom(attributes map[string]string) int {
	n := 0
	for name := range attributes {
		if !reservedAttribute(name) {
			n++
		}
	}
	return n
}
