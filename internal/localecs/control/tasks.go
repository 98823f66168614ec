package control

import (
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/task"
)

const (
	reasonStopped = "Task stopped by user"
	reasonSpot    = "Your Spot Task was interrupted."
)

// visible finds a task that ECS still shows; nil when there is none. The caller holds mu.
func (s *Plane) visible(id string) *task.Task {
	t := s.tasks[id]
	if t == nil || t.Is(task.Stopped) && !s.now().Before(t.StoppedAt.Add(shownFor)) {
		return nil
	}
	return t
}

// StopTask asks for the stop, which takes the task's tags away, and answers at once. Stopping again changes nothing: the first reason stands.
func (s *Plane) StopTask(in *ecs.StopTaskInput) (any, error) {
	cluster, err := s.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	id, err := ecsname.ResourceIn("task", cluster, ecsname.Value(in.Task))
	if err != nil {
		return nil, err
	}
	t := s.visible(id)
	if t == nil || t.Cluster != cluster {
		return nil, ecserror.Invalid("The referenced task was not found.")
	}
	reason := ecsname.Value(in.Reason)
	if reason == "" {
		reason = reasonStopped
	}
	s.askStop(t, types.TaskStopCodeUserInitiated, reason, func(time.Time) { t.Tags = []types.Tag{} })
	shown := t.View()
	shown.Tags = nil
	return &ecs.StopTaskOutput{Task: &shown}, nil
}

// Interrupt takes a running task away as Fargate Spot does: stop code SpotInterruption, SIGTERM, and SIGKILL after stopTimeout.
// task is an id or an ARN; an unknown one is an error, one that stops already is left alone.
func (s *Plane) Interrupt(task string) error {
	_, id := ecsname.SplitResource("task", task)
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tasks[id]
	if t == nil || s.stopping {
		return fmt.Errorf("localecs: there is no task %s to interrupt", id)
	}
	s.askStop(t, types.TaskStopCodeSpotInterruption, reasonSpot, nil)
	return nil
}

// DescribeTasks carries out ECS's operation of that name.
func (s *Plane) DescribeTasks(in *ecs.DescribeTasksInput) (any, error) {
	cluster, err := s.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	switch {
	case len(in.Tasks) == 0:
		return nil, ecserror.Invalid("Tasks cannot be empty.")
	case len(in.Tasks) > ecsname.MaxPage:
		return nil, ecserror.Invalid("Tasks cannot have more than 100 elements.")
	}
	if err := ecsname.CheckInclude(in.Include); err != nil {
		return nil, err
	}
	out := newPlaced()
	for _, ref := range in.Tasks {
		id, err := ecsname.ResourceIn("task", cluster, ref)
		if err != nil {
			return nil, err
		}
		t := s.visible(id)
		if t == nil || t.Cluster != cluster || t.Hiding.Described(s.now()) {
			out.fail(ecsname.TaskARN(cluster, id), reasonMissing)
			continue
		}
		shown := t.View()
		if len(in.Include) == 0 {
			shown.Tags = nil
		}
		out.Tasks = append(out.Tasks, shown)
	}
	return out, nil
}

// ListTasks carries out ECS's operation of that name.
func (s *Plane) ListTasks(in *ecs.ListTasksInput) (any, error) {
	f, err := s.filter(in)
	if err != nil {
		return nil, err
	}
	var entries []ecsname.Entry
	for _, t := range s.order {
		if f.shows(t) && s.visible(t.ID) != nil && !t.Hiding.Unlisted(s.now()) {
			entries = append(entries, ecsname.Entry{Key: fmt.Sprintf("%020d", t.Seq), Name: *t.TaskArn})
		}
	}
	arns, next, err := ecsname.Page(entries, ecsname.Ascending, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ecs.ListTasksOutput{TaskArns: arns, NextToken: next}, nil
}

// filter is what ListTasks looks for; empty members do not count.
type filter struct {
	cluster, family, startedBy, desired, instance string
	launchType                                    types.LaunchType
}

func (s *Plane) filter(in *ecs.ListTasksInput) (filter, error) {
	cluster, err := s.cluster(in.Cluster)
	if err != nil {
		return filter{}, err
	}
	f := filter{
		cluster: cluster, family: ecsname.Value(in.Family), startedBy: ecsname.Value(in.StartedBy),
		desired: string(in.DesiredStatus), launchType: in.LaunchType,
	}
	if f.desired == "" {
		f.desired = task.Running
	}
	if err := f.check(in); err != nil || ecsname.Value(in.ContainerInstance) == "" {
		return f, err
	}
	i, id, err := s.FindInstance(cluster, *in.ContainerInstance)
	if err == nil && i == nil {
		err = ecserror.Invalid("The referenced container instance was not found.")
	}
	f.instance = ecsname.InstanceARN(cluster, id)
	return f, err
}

// check refuses values that ECS does not have, and other filters beside startedBy, as ECS documents it.
func (f filter) check(in *ecs.ListTasksInput) error {
	others := f.family != "" || f.launchType != "" || ecsname.Value(in.ContainerInstance) != "" || f.desired == task.Stopped
	switch {
	case !slices.Contains(in.DesiredStatus.Values(), types.DesiredStatus(f.desired)):
		return ecserror.Invalid("desiredStatus should be one of [RUNNING, PENDING, STOPPED].")
	case f.launchType != "" && !slices.Contains(f.launchType.Values(), f.launchType):
		return ecserror.Invalid("launchType should be one of [EC2, FARGATE, EXTERNAL, MANAGED_INSTANCES].")
	case ecsname.Value(in.ServiceName) != "":
		return ecserror.Refuse("ServiceNotFoundException", "Service not found.")
	case ecsname.Value(in.DaemonName) != "":
		return ecserror.Refuse("UnsupportedFeatureException", "The local ECS has no daemons.")
	case f.startedBy != "" && others:
		return ecserror.Invalid("Cannot use startedBy together with any other filter.")
	}
	return nil
}

func (f filter) shows(t *task.Task) bool {
	return t.Cluster == f.cluster && *t.DesiredStatus == f.desired &&
		(f.family == "" || f.family == t.Family) &&
		(f.startedBy == "" || f.startedBy == ecsname.Value(t.StartedBy)) &&
		(f.launchType == "" || f.launchType == t.LaunchType) &&
		(f.instance == "" || f.instance == ecsname.Value(t.ContainerInstanceArn))
}
