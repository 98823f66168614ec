package ecsspec

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

func isLetterOrDigit(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

func isName(r rune) bool { return isLetterOrDigit(r) || r == '-' || r == '_' }
func isTag(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Z, r) || strings.ContainsRune("+-=._:/@", r)
}

// shown reports whether a character is none that controls a terminal or a log.
func shown(r rune) bool { return !unicode.IsControl(r) }

// longestName is the length of families, containers and groups.
const longestName = 255

// definitionName returns what is wrong with a task definition's name: a family, family:revision, or an ARN with or without a revision.
func definitionName(s string) string {
	name := s
	if strings.HasPrefix(s, "arn:") {
		resource, ok := arnResource(s, "ecs")
		name, ok = cutPrefix(resource, "task-definition/", ok)
		if !ok {
			return "the ARN is not that of a task definition"
		}
	}
	family, revision, pinned := strings.Cut(name, ":")
	switch {
	case s == "":
		return "the value is empty"
	case family == "" || utf8.RuneCountInString(family) > longestName || !all(family, isName):
		return "the family is " + quoted(family)
	case pinned && !isRevision(revision):
		return "the revision is " + quoted(revision)
	default:
		return ""
	}
}

func cutPrefix(s, prefix string, ok bool) (string, bool) {
	rest, found := strings.CutPrefix(s, prefix)
	return rest, ok && found
}

// arnResource returns what follows the account of an ARN of the given service.
func arnResource(arn, service string) (string, bool) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[1] == "" || parts[2] != service || parts[3] == "" {
		return "", false
	}
	account := parts[4]
	return parts[5], len(account) == 12 && all(account, isDigit)
}

// isRevision reports whether s is a number from 1 to 9999999 without a leading zero. The revisions of ECS end at 1,000,000.
func isRevision(s string) bool {
	return s != "" && len(s) <= 7 && s[0] != '0' && all(s, isDigit)
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func all(s string, legal func(rune) bool) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !legal(r) }) < 0
}

const roleLimit = "the ARN of an IAM role, or a role's name of at most 64 letters, digits and + = , . @ - _"

// role returns what is wrong with the role of a task. ECS takes a short name as well as an ARN. An empty text is left to ECS.
func role(s string) string {
	if !strings.HasPrefix(s, "arn:") {
		if len(s) > 64 || !all(s, isRoleName) {
			return quoted(s) + " was given"
		}
		return ""
	}
	parts := strings.SplitN(s, ":", 6)
	if len(parts) != 6 || parts[1] == "" || parts[2] != "iam" || parts[3] != "" || len(parts[4]) != 12 || !all(parts[4], isDigit) {
		return "the ARN is not that of an IAM role"
	}
	if name, ok := strings.CutPrefix(parts[5], "role/"); !ok || name == "" || strings.HasSuffix(name, "/") {
		return "the ARN is not that of an IAM role"
	}
	return ""
}

func isRoleName(r rune) bool { return isLetterOrDigit(r) || strings.ContainsRune("+=,.@-_", r) }
