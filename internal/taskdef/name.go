package taskdef

import (
	"strconv"
	"strings"
)

// name is what names a task definition: a family, a family:revision or the ARN of one (DD-01).
type name struct {
	family   string
	revision int // 0: none was given, which means the latest ACTIVE one
}

// ValidName reports whether s has the form of a family, family:revision or the ARN of one.
func ValidName(s string) bool {
	_, ok := parseName(s)
	return ok
}

// maxRevision is how many revisions a family can have (RD-20).
const maxRevision = 1_000_000

// parseName is strict: what it takes, ECS reads in no other way, so that a family is judged which ECS then means.
func parseName(s string) (name, bool) {
	if strings.HasPrefix(s, "arn:") {
		var ok bool
		if s, ok = cutARN(s); !ok {
			return name{}, false
		}
	}
	family, revision, exact := strings.Cut(s, ":")
	n := name{family: family}
	if !validFamily(family) {
		return n, false
	}
	if !exact {
		return n, true
	}
	var err error
	n.revision, err = strconv.Atoi(revision)
	return n, err == nil && n.revision >= 1 && n.revision <= maxRevision && strconv.Itoa(n.revision) == revision
}

// cutARN returns what stands behind arn:partition:ecs:region:account:task-definition/.
func cutARN(arn string) (name string, ok bool) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[2] != "ecs" {
		return "", false
	}
	for _, part := range []string{parts[1], parts[3], parts[4]} {
		if part == "" || strings.Trim(part, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return "", false
		}
	}
	return strings.CutPrefix(parts[5], "task-definition/")
}

// validFamily reports whether a family can have that name (RD-01).
func validFamily(s string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	return len(s) >= 1 && len(s) <= 255 && strings.Trim(s, letters+"0123456789-_") == ""
}
