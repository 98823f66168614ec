package render

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"davit/client"
)

// view is a run with what its answer tells beside what package client reads of it.
type view struct {
	*client.Run
	record record
	policy policy
}

// record is what is read of the whole answer. Members that it does not have are zero.
type record struct {
	// Deciding are the containers whose exit code counts.
	Deciding []string        `json:"decidingContainers"`
	Attempts []recordAttempt `json:"attempts"`
}

type recordAttempt struct {
	BeganAt time.Time    `json:"beganAt"`
	Tasks   []recordTask `json:"tasks"`
}

// recordTask has the limits of a task's memory, in MiB.
type recordTask struct {
	Memory     scalar           `json:"memory"`
	Containers []limitContainer `json:"containers"`
	Overrides  overrides        `json:"overrides"`
}

type overrides struct {
	ContainerOverrides []limitContainer `json:"containerOverrides"`
}

type limitContainer struct {
	Name   string `json:"name"`
	Memory scalar `json:"memory"`
}

// policy is what a run's policy says.
type policy struct {
	Retry struct {
		MaxAttempts     int      `json:"maxAttempts"`
		On              []string `json:"on"`
		IntervalSeconds int      `json:"intervalSeconds"`
	} `json:"retry"`
	TimeoutSeconds       int `json:"timeoutSeconds"`
	StartTimeoutSeconds  int `json:"startTimeoutSeconds"`
	LaunchTimeoutSeconds int `json:"launchTimeoutSeconds"`
	DeadlineSeconds      int `json:"deadlineSeconds"`
	Overlap              struct {
		Key                 string `json:"key"`
		Mode                string `json:"mode"`
		Limit               int    `json:"limit"`
		QueueTimeoutSeconds int    `json:"queueTimeoutSeconds"`
	} `json:"overlap"`
	Placement string `json:"placement"`
	Verdict   struct {
		Container        string `json:"container"`
		SuccessExitCodes []int  `json:"successExitCodes"`
	} `json:"verdict"`
}

// scalar is a JSON string or number as text; other values are "".
type scalar string

// UnmarshalJSON never fails.
func (x *scalar) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		*x = scalar(text)
		return nil
	}
	var n json.Number
	_ = json.Unmarshal(raw, &n) // otherwise it is empty
	*x = scalar(n)
	return nil
}

// viewOf reads the rest of a run's answer. What cannot be read is not shown.
func viewOf(r *client.Run) *view {
	v := &view{Run: r}
	_ = json.Unmarshal(r.JSON, &v.record)
	_ = json.Unmarshal(r.Policy, &v.policy)
	return v
}

var definitionARN = regexp.MustCompile(`task-definition/([^/:]+:\d+)$`)

// name returns the family with its revision, import:31.
func (v *view) name() string {
	var resolved struct {
		TaskDefinition string `json:"taskDefinition"`
	}
	_ = json.Unmarshal(v.Resolved, &resolved)
	if m := definitionARN.FindStringSubmatch(resolved.TaskDefinition); m != nil {
		return clean(m[1])
	}
	if v.Family == "" {
		return "run " + ShortID(v.ID)
	}
	return clean(v.Family)
}

// began returns when an attempt's first call was due; the zero time where the answer does not tell.
func (v *view) began(i int) time.Time {
	if i < len(v.record.Attempts) {
		return v.record.Attempts[i].BeganAt
	}
	return time.Time{}
}

// last returns the index of the last attempt that placed tasks; -1 without one.
func (v *view) last() int {
	for i := len(v.Attempts) - 1; i >= 0; i-- {
		if len(v.Attempts[i].Tasks)+v.Attempts[i].TasksOmitted > 0 {
			return i
		}
	}
	return -1
}

// tries returns how many attempts used up a try of the policy: those that placed tasks and kept them.
func (v *view) tries() int {
	n := 0
	for i := range v.Attempts {
		if len(v.Attempts[i].Tasks)+v.Attempts[i].TasksOmitted > 0 && !withdrawn(&v.Attempts[i]) {
			n++
		}
	}
	return n
}

// withdrawn reports whether an attempt's tasks were stopped because ALL_OR_NOTHING lacked some.
func withdrawn(a *client.Attempt) bool {
	return a.Outcome != nil && strings.Contains(a.Outcome.Detail, "(ALL_OR_NOTHING)")
}

// decides returns whether a container's exit code counts; known is false where the answer does not tell.
func (v *view) decides(container string) (decides, known bool) {
	switch {
	case v.policy.Verdict.Container != "":
		return container == v.policy.Verdict.Container, true
	case len(v.record.Deciding) > 0:
		return slices.Contains(v.record.Deciding, container), true
	case strings.HasPrefix(container, "ecs-service-connect") || strings.HasPrefix(container, "aws-guardduty-agent"):
		return false, true
	default:
		return true, false
	}
}

// successful reports whether an exit code means success to the policy.
func (v *view) successful(code int) bool {
	if codes := v.policy.Verdict.SuccessExitCodes; len(codes) > 0 {
		return slices.Contains(codes, code)
	}
	return code == 0
}

// limit returns the memory in MiB that a container may have, as text; "" where the answer does not tell.
func (v *view) limit(container string) string {
	if i := v.last(); i >= 0 && i < len(v.record.Attempts) {
		for _, t := range v.record.Attempts[i].Tasks {
			for _, text := range []scalar{limitOf(t.Overrides.ContainerOverrides, container), limitOf(t.Containers, container), t.Memory} {
				if text != "" {
					return string(text)
				}
			}
		}
	}
	var resolved struct {
		Overrides overrides `json:"overrides"`
	}
	_ = json.Unmarshal(v.Resolved, &resolved)
	return string(limitOf(resolved.Overrides.ContainerOverrides, container))
}

func limitOf(list []limitContainer, name string) scalar {
	for _, c := range list {
		if c.Name == name {
			return c.Memory
		}
	}
	return ""
}
