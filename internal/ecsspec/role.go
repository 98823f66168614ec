package ecsspec

import "strings"

const roleLimit = "the ARN of an IAM role, or a role's name of at most 64 letters, digits and + = , . @ - _"

// role judges the role of a task. ECS takes a short name as well as an ARN; of an empty text it alone may judge.
func role(s string) string {
	if !strings.HasPrefix(s, "arn:") {
		if len(s) > 64 || !all(s, isRoleName) {
			return quoted(s) + " was given"
		}
		return ""
	}
	parts := strings.SplitN(s, ":", 6)
	if len(parts) != 6 || parts[1] == "" || parts[2] != "iam" || parts[3] != "" || len(parts[4]) != 12 || !all(parts[4], isDigit) {
		return "the ARN is not one of an IAM role"
	}
	if name, ok := strings.CutPrefix(parts[5], "role/"); !ok || name == "" || strings.HasSuffix(name, "/") {
		return "the ARN is not one of an IAM role"
	}
	return ""
}

func isRoleName(r rune) bool { return isLetterOrDigit(r) || strings.ContainsRune("+=,.@-_", r) }
