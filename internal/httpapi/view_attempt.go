package httpapi

import (
	"encoding/json"

	"davit/internal/jsontree"
	"davit/internal/run"
)

type attemptView struct {
	Number     int               `json:"number"`
	BeganAt    *timestamp        `json:"beganAt,omitempty"` // its first launch call was due
	LaunchedAt *timestamp        `json:"launchedAt,omitempty"`
	Calls      int               `json:"calls"` // launch calls, made or about to be
	Refusals   []refusalView     `json:"refusals,omitempty"`
	Outcome    *run.Outcome      `json:"outcome,omitempty"` // once every task has ended; without a class: success
	Tasks      []json.RawMessage `json:"tasks,omitempty"`
	Failures   []run.Failure     `json:"failures,omitempty"`
	Omitted    int               `json:"tasksOmitted,omitempty"`
}

type refusalView struct {
	Class  run.Class  `json:"class"`
	Reason string     `json:"reason"`
	Rule   string     `json:"rule,omitempty"` // of the rule table
	Count  int        `json:"count"`
	LastAt *timestamp `json:"lastAt,omitempty"`
}

func (o Options) viewAttempt(r *run.Run, a *run.Attempt) attemptView {
	v := attemptView{
		Number: a.Number, BeganAt: timestampOf(&a.BeganAt), LaunchedAt: timestampOf(a.LaunchedAt), Calls: a.Calls,
		Outcome: a.Outcome, Failures: a.Failures, Omitted: a.OmittedTasks,
	}
	for _, f := range a.Refusals {
		v.Refusals = append(v.Refusals, refusalView{Class: f.Class, Reason: f.Reason, Rule: f.Rule, Count: f.Count, LastAt: timestampOf(&f.LastAt)})
	}
	for i := range a.Tasks {
		v.Tasks = append(v.Tasks, o.viewTask(r, &a.Tasks[i]))
	}
	return v
}

// viewTask returns the task under ECS's own names, masked, with where the output of each container is.
func (o Options) viewTask(r *run.Run, t *run.Task) json.RawMessage {
	if !json.Valid(t.Raw) {
		return taskNamed(t.ARN)
	}
	m := masker{jsontree.NewRewriter(t.Raw)}
	if m.Kind() != jsontree.Object {
		return taskNamed(t.ARN)
	}
	m.Members(func(name []byte) {
		if string(name) == "containers" && m.Kind() == jsontree.Array {
			m.Items(func() { o.viewContainer(m, r, t) })
			return
		}
		m.member(name)
	})
	return m.Bytes()
}

// taskNamed returns a task of which nothing but the ARN can be shown.
func taskNamed(arn string) json.RawMessage {
	return append(append([]byte(`{"taskArn":`), quote(arn)...), '}')
}

// viewContainer writes a task's container with its log, where that is known.
func (o Options) viewContainer(m masker, r *run.Run, t *run.Task) {
	if m.Kind() != jsontree.Object {
		m.value()
		return
	}
	name, named := "", true
	m.Members(func(member []byte) {
		if string(member) == "name" && m.Kind() == jsontree.String {
			named = json.Unmarshal(m.Copy(), &name) == nil && named
			return
		}
		named = named && (string(member) != "name" || m.Kind() == jsontree.Null)
		m.member(member)
	})
	if log := o.logOf(r, t, name); named && log != nil {
		m.AddMember("log", log)
	}
}

// logOf returns where a container's output is, as a JSON object; nil when that is not known.
func (o Options) logOf(r *run.Run, t *run.Task, container string) json.RawMessage {
	if o.Logs == nil {
		return nil
	}
	where := o.Logs(r, t, container)
	if where == nil {
		return nil
	}
	text, err := encode(where)
	if err != nil {
		return nil
	}
	return text[:len(text)-1]
}

// awsLog is a stream of CloudWatch Logs.
type awsLog struct {
	Group  string `json:"group"`
	Stream string `json:"stream"`
}

// AWSLogs returns where the awslogs driver writes: the container's group, and the stream prefix/container/task id. It returns nil for other
// drivers, without a stream prefix (then EC2 names the stream after Docker's own id), and while the run's definition is not known.
func AWSLogs(r *run.Run, t *run.Task, container string) any {
	if r.Definition == nil {
		return nil
	}
	for _, c := range r.Definition.Containers {
		group, prefix := c.LogOptions["awslogs-group"], c.LogOptions["awslogs-stream-prefix"]
		if c.Name == container && c.LogDriver == "awslogs" && group != "" && prefix != "" {
			return awsLog{Group: group, Stream: prefix + "/" + container + "/" + t.ShortID()}
		}
	}
	return nil
}
