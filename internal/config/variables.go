package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"davit/internal/run"
)

// The variables, as template.yaml sets them.
const (
	varTable                = "DAVIT_TABLE"
	varStateMachine         = "DAVIT_STATE_MACHINE_ARN"
	varPrefix               = "DAVIT_PREFIX"
	varTaskEvents           = "DAVIT_TASK_EVENTS"
	varRetention            = "DAVIT_RETENTION_DAYS"
	varEventBus             = "DAVIT_EVENT_BUS"
	varStack                = "DAVIT_STACK"
	varVisibility           = "DAVIT_VISIBILITY"
	varOwnerScope           = "DAVIT_OWNER_SCOPE"
	varFamilies             = "DAVIT_ALLOWED_FAMILIES"
	varTaskDefinitionWrites = "DAVIT_ALLOW_TASK_DEFINITION_WRITES"
	varExecuteCommand       = "DAVIT_ALLOW_EXECUTE_COMMAND"
	varLogGroups            = "DAVIT_LOG_GROUPS"
)

// Bounds of DAVIT_RETENTION_DAYS: an idempotency key must outlive the retries of its own submission, and a time must fit its type.
const (
	minRetention = 2
	maxRetention = 36500
)

// Table returns DAVIT_TABLE: the name of the DynamoDB table.
func (e *Env) Table() string {
	return e.matching(varTable, "3 to 255 of a-z, A-Z, 0-9, _, - and .", func(v string) bool { return consistsOf(v, wordCharacters+".", 3, 255) })
}

// StateMachine returns DAVIT_STATE_MACHINE_ARN: the ARN of the state machine that runs new executions.
func (e *Env) StateMachine() string {
	return e.matching(varStateMachine, "the ARN of a state machine", func(v string) bool {
		parts := strings.Split(v, ":")
		return len(parts) >= 7 && parts[0] == "arn" && parts[2] == "states" && parts[5] == "stateMachine" && parts[6] != ""
	})
}

// Tuning returns DAVIT_PREFIX, which begins the startedBy of every task, and DAVIT_TASK_EVENTS, which is true when task state change
// events reach the taskevent function.
func (e *Env) Tuning() run.Tuning {
	prefix := e.matching(varPrefix, "1 to 6 of a-z and 0-9", func(v string) bool { return consistsOf(v, lowercase+digits, 1, 6) })
	return run.Tuning{Prefix: prefix, TaskEvents: e.boolean(varTaskEvents)}
}

// Stack returns DAVIT_STACK: the stack's name, a dimension of its metrics.
func (e *Env) Stack() string {
	return e.matching(varStack, "1 to 128 of a-z, A-Z, 0-9 and -", func(v string) bool { return consistsOf(v, wordCharacters, 1, 128) })
}

// Retention returns DAVIT_RETENTION_DAYS: how long a record is kept after its run's end.
func (e *Env) Retention() time.Duration {
	var days int
	e.matching(varRetention, fmt.Sprintf("a whole number of days, %d to %d", minRetention, maxRetention), func(v string) (ok bool) {
		n, err := strconv.Atoi(v)
		days = n
		return err == nil && n >= minRetention && n <= maxRetention
	})
	return time.Duration(days) * 24 * time.Hour
}

// EventBus returns DAVIT_EVENT_BUS: the name or ARN of the bus that gets status changes; `default` is the account's own.
func (e *Env) EventBus() string {
	return e.matching(varEventBus, "an event bus's name or ARN; `default` for the account's own", func(v string) bool {
		return consistsOf(v, wordCharacters+"./:", 1, 1600)
	})
}

// OwnerOnly reports whether DAVIT_VISIBILITY is owner: callers see and stop only their own runs.
func (e *Env) OwnerOnly() bool { return e.oneOf(varVisibility, "stack", "owner") == "owner" }

// OwnerBySession reports whether DAVIT_OWNER_SCOPE is session: each session of a role is a caller of its own.
func (e *Env) OwnerBySession() bool { return e.oneOf(varOwnerScope, "role", "session") == "session" }

// TaskDefinitionWrites returns DAVIT_ALLOW_TASK_DEFINITION_WRITES: whether callers may register and deregister task definitions.
func (e *Env) TaskDefinitionWrites() bool { return e.boolean(varTaskDefinitionWrites) }

// ExecuteCommand returns DAVIT_ALLOW_EXECUTE_COMMAND: whether callers may enable ECS Exec.
func (e *Env) ExecuteCommand() bool { return e.boolean(varExecuteCommand) }

// Families returns DAVIT_ALLOWED_FAMILIES: the task definition families that callers may use, each a name or a prefix with a * at its end.
// nil allows all.
func (e *Env) Families() []string {
	list := e.optional(varFamilies)
	if list == "" {
		return nil
	}
	var families []string
	for family := range strings.SplitSeq(list, ",") {
		family = strings.TrimSpace(family)
		name, open := strings.CutSuffix(family, "*")
		if !consistsOf(name, wordCharacters, 0, 255) || (name == "" && !open) {
			e.addFault(varFamilies, fmt.Sprintf("holds %q", truncated(family)), "families, separated by commas, each of a-z, A-Z, 0-9, _ and -, a * at the end for any that begins so; empty for all")
			return nil
		}
		families = append(families, family)
	}
	return families
}

// maxLogGroups is the greatest number of entries of DAVIT_LOG_GROUPS: each is a resource of the function's policy, which has a size of its own.
const maxLogGroups = 30

// LogGroups returns DAVIT_LOG_GROUPS: the groups of CloudWatch Logs that may be read, each a name or a prefix with a * at its end. nil allows none.
func (e *Env) LogGroups() []string {
	list := e.optional(varLogGroups)
	if list == "" {
		return nil
	}
	const allowed = "at most 30 log groups, separated by commas, each of a-z, A-Z, 0-9, _, -, /, . and #, a * at the end for any that begins so; empty for none"
	groups := strings.Split(list, ",")
	if len(groups) > maxLogGroups {
		e.addFault(varLogGroups, fmt.Sprintf("holds %d log groups", len(groups)), allowed)
		return nil
	}
	for i, group := range groups {
		groups[i] = strings.TrimSpace(group)
		if !consistsOf(strings.TrimSuffix(groups[i], "*"), wordCharacters+"/.#", 1, 512) {
			e.addFault(varLogGroups, fmt.Sprintf("holds %q", truncated(groups[i])), allowed)
			return nil
		}
	}
	return groups
}
