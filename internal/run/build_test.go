package run

import (
	"encoding/json"
	"fmt"
	"time"
)

// start is when the tests' time begins: a time in whole milliseconds, as records keep it.
var start = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func after(d time.Duration) time.Time { return start.Add(d) }

const clusterARN = "arn:aws:ecs:eu-west-1:123456789012:cluster/jobs"

func arnOf(id string) string { return "arn:aws:ecs:eu-west-1:123456789012:task/jobs/" + id }

// with changes a task's description.
type with func(*TaskState)

// described is a task as ECS shows it.
func described(id, status string, changes ...with) TaskState {
	s := TaskState{TaskARN: arnOf(id), ClusterARN: clusterARN, LastStatus: status, DesiredStatus: "RUNNING", Version: 1}
	for _, change := range changes {
		change(&s)
	}
	return s
}

func version(n int64) with { return func(s *TaskState) { s.Version = n } }

func startedBy(text string) with { return func(s *TaskState) { s.StartedBy = text } }

func startedAt(at time.Time) with { return func(s *TaskState) { s.StartedAt = &at } }

func stoppedAt(at time.Time) with { return func(s *TaskState) { s.StoppedAt = &at } }

func code(stopCode string) with {
	return func(s *TaskState) { s.StopCode, s.DesiredStatus = stopCode, "STOPPED" }
}

func because(reason string) with { return func(s *TaskState) { s.StoppedReason = reason } }

// exited adds a container with an exit code; below 0 it has none.
func exited(name string, exit int, reason ...string) with {
	return func(s *TaskState) {
		c := ContainerState{Name: name, LastStatus: "STOPPED"}
		if exit >= 0 {
			c.ExitCode = &exit
		}
		if len(reason) > 0 {
			c.Reason = reason[0]
		}
		s.Containers = append(s.Containers, c)
	}
}

// raw is a value's JSON.
func raw(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // of a test's own value
	}
	return data
}

// event is a task state change event about a task.
func event(s TaskState) []byte {
	return raw(map[string]any{"source": "aws.ecs", "detail-type": "ECS Task State Change", "detail": raw(s)})
}

const (
	testID          = "abcdefghijklmnopqrstuvwxyz"
	testIncarnation = "bornborn"
)

// newRun is a record that was just submitted, with an essential container app and a sidecar.
func newRun(count int, changes ...func(*Run)) *Run {
	r := &Run{
		ID: testID, Incarnation: testIncarnation, Owner: "someone", Status: Submitted, CreatedAt: start, Generation: 1,
		Operation: RunTask, Request: json.RawMessage(`{"taskDefinition":"job"}`),
		Resolved: json.RawMessage(`{"cluster":"jobs","taskDefinition":"arn:job:1"}`),
		Policy:   DefaultPolicy(), Count: count, Cluster: "jobs", Family: "job",
		Definition: &Definition{ARN: "arn:job:1", Family: "job", Revision: 1, Containers: []Container{
			{Name: "app", Essential: true}, {Name: "side"},
		}},
	}
	for _, change := range changes {
		change(r)
	}
	return r
}

// onInstances makes it a StartTask run.
func onInstances(names ...string) func(*Run) {
	return func(r *Run) { r.Operation, r.Instances, r.Count = StartTask, names, len(names) }
}

// launched is a record whose first attempt placed tasks, as they are described.
func launched(tasks ...TaskState) *Run {
	r := newRun(len(tasks))
	r.begin("davit", start)
	a := r.attempt()
	at := start
	a.Calls, a.LaunchedAt = 1, &at
	for _, s := range tasks {
		s.StartedBy = a.StartedBy
		a.Tasks = append(a.Tasks, Task{ARN: s.TaskARN, Raw: raw(s), LaunchedAt: start, SeenAt: start})
	}
	r.Status, r.LastHeardAt, r.StepAt = Launching, start, start
	Settle(r, start)
	return r
}

// show takes a description of a task in, as an observation does.
func (r *Run) show(now time.Time, tasks ...TaskState) {
	found := Description{}
	for _, s := range tasks {
		s.StartedBy = r.attempt().StartedBy
		found.Tasks = append(found.Tasks, raw(s))
	}
	r.takeDescription(found, now)
	Settle(r, now)
}

// succeeded and failed are ends of a task that ran.
func succeeded(id string, at time.Time) TaskState {
	return ended(id, at, 0)
}

func ended(id string, at time.Time, exit int) TaskState {
	return described(id, "STOPPED", version(9), startedAt(start.Add(time.Second)), stoppedAt(at), code("EssentialContainerExited"),
		because("Essential container in task exited"), exited("app", exit))
}

// summary is where a run stands, in one line.
func summary(r *Run) string {
	exit := "-"
	if r.ExitCode != nil {
		exit = fmt.Sprint(*r.ExitCode)
	}
	return fmt.Sprintf("%s %s exit=%s", r.Status, r.Class, exit)
}

// list is tasks as an answer holds them.
func list(tasks ...TaskState) []json.RawMessage {
	var out []json.RawMessage
	for _, s := range tasks {
		out = append(out, raw(s))
	}
	return out
}

// reply is an answer to the attempt's open call.
func reply(a *Attempt, placed Placement, err error) launchReply {
	return launchReply{attempt: a.Number, call: a.Open.Number, try: a.Open.Tries, placed: placed, err: err}
}
