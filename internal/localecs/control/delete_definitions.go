package control

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/journal"
	"davit/internal/localecs/task"
)

const (
	maxDeleted     = 10
	reasonNoSuch   = "The specified task definition does not exist. Specify a valid account, family, revision and try again."
	reasonActive   = "The specified task definition is still in ACTIVE status. Please deregister the target and try again."
	reasonNotExact = "The specified task definition identifier is invalid. Specify a valid name or ARN and try again."
)

// DeleteTaskDefinitions marks revisions for deletion. Deleting one again changes nothing.
func (s *Plane) DeleteTaskDefinitions(in *ecs.DeleteTaskDefinitionsInput) (any, error) {
	switch {
	case len(in.TaskDefinitions) == 0:
		return nil, ecserror.Invalid("Task definitions cannot be empty.")
	case len(in.TaskDefinitions) > maxDeleted:
		return nil, ecserror.Invalid("Task definitions cannot have more than 10 elements.")
	}
	out := &ecs.DeleteTaskDefinitionsOutput{TaskDefinitions: []types.TaskDefinition{}, Failures: []types.Failure{}}
	for _, ref := range in.TaskDefinitions {
		if reason := s.undeletable(ref); reason != "" {
			out.Failures = append(out.Failures, types.Failure{Arn: &ref, Reason: &reason})
			continue
		}
		out.TaskDefinitions = append(out.TaskDefinitions, s.markDeleted(s.lookup(ref)).TaskDefinition)
	}
	return out, nil
}

// undeletable returns why a revision cannot be deleted, empty when it can.
func (s *Plane) undeletable(ref string) string {
	if !strings.Contains(ecsname.ShortName("task-definition", ref), ":") {
		return reasonNotExact
	}
	d := s.lookup(ref)
	switch {
	case d == nil:
		return reasonNoSuch
	case d.Status == types.TaskDefinitionStatusActive:
		return reasonActive
	}
	return ""
}

func (s *Plane) markDeleted(d *journal.Definition) *journal.Definition {
	if d.Status == types.TaskDefinitionStatusDeleteInProgress {
		return d
	}
	marked := *d
	marked.Status, marked.DeleteRequestedAt = types.TaskDefinitionStatusDeleteInProgress, new(s.now())
	s.replaceDefinition(&marked)
	return &marked
}

// replaceDefinition puts a changed copy in a revision's place: answers on their way out still read the old one.
func (s *Plane) replaceDefinition(d *journal.Definition) {
	s.families[*d.Family][d.Revision-1] = d
	s.saveDefinition(d)
}

// gone reports whether a deleted revision is there no more. It stays for as long as a task of it has not stopped, and for an hour
// at least; its number is never used again.
func (s *Plane) gone(d *journal.Definition) bool {
	if d.Status != types.TaskDefinitionStatusDeleteInProgress || s.now().Before(d.DeleteRequestedAt.Add(shownFor)) {
		return false
	}
	for _, t := range s.order {
		if *t.TaskDefinitionArn == *d.TaskDefinitionArn && !t.Is(task.Stopped) {
			return false
		}
	}
	return true
}
