package run

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// clockSkew bounds how much earlier than the run's record, by another clock, a task of the run may have been created.
const clockSkew = time.Minute

// ownership is what a task that carries a run's startedBy is to that run.
type ownership int

const (
	ownTask     ownership = iota // it can be the run's
	foreignTask                  // it is of another cluster, definition or account: somebody else chose the same startedBy
	orphanTask                   // it was created before the run: a task of an earlier run with the same idempotency key
)

// ownerOf returns what the task is to r, by the fields that s has; what s lacks is taken to fit.
func (r *Run) ownerOf(s *TaskState) ownership {
	switch {
	case !r.inCluster(s.ClusterARN) || !r.ofDefinition(s.DefinitionARN) || !r.inAccount(s.TaskARN):
		return foreignTask
	case s.CreatedAt != nil && s.CreatedAt.Before(r.CreatedAt.Add(-clockSkew)):
		return orphanTask
	default:
		return ownTask
	}
}

// ownTasks leaves out the descriptions of tasks that cannot be r's.
func (r *Run) ownTasks(described []json.RawMessage) []json.RawMessage {
	var own []json.RawMessage
	for _, raw := range described {
		if s := readState(raw); r.ownerOf(&s) == ownTask {
			own = append(own, raw)
		}
	}
	return own
}

// inCluster reports whether the ARN is of r's cluster, which may be known by its name alone.
func (r *Run) inCluster(arn string) bool {
	switch {
	case arn == "":
		return true
	case strings.HasPrefix(r.Cluster, "arn:"):
		return arn == r.Cluster
	default:
		return lastPart(arn) == firstOf(r.Cluster, "default")
	}
}

// ofDefinition reports whether the ARN is of the revision that r launches; of its family, while the revision is not known.
func (r *Run) ofDefinition(arn string) bool {
	if arn == "" {
		return true
	}
	if r.Definition != nil {
		return arn == r.Definition.ARN
	}
	return familyOf(arn) == r.Family
}

// inAccount reports whether the ARN is of the account of r's definition, as far as both are known.
func (r *Run) inAccount(arn string) bool {
	if r.Definition == nil {
		return true
	}
	theirs, ours := accountOf(arn), accountOf(r.Definition.ARN)
	return theirs == "" || ours == "" || theirs == ours
}

// accountOf returns the account of an ARN; "" where it has none.
func accountOf(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	return parts[4]
}

func lastPart(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// dropElsewhere leaves out tasks of another account or Region than the one that ECS answered with: events of somebody else's tasks, which were taken while neither
// was known.
func (r *Run) dropElsewhere(arn string) {
	home := homeOf(arn)
	if home == "" {
		return
	}
	for i := range r.Attempts {
		a := &r.Attempts[i]
		a.Tasks = slices.DeleteFunc(a.Tasks, func(t Task) bool { theirs := homeOf(t.ARN); return theirs != "" && theirs != home })
	}
}

// homeOf returns the partition, service, Region and account of an ARN; "" where it is none.
func homeOf(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	return strings.Join(parts[1:5], ":")
}
