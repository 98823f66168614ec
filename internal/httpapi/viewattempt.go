package httpapi

import (
	"encoding/json"

	"davit/internal/run"
)

type attemptView struct {
	Number     int               `json:"number"`
	LaunchedAt *stamp            `json:"launchedAt,omitempty"`
	Calls      int               `json:"calls"` // launch calls, made or about to be
	Refusals   []refusalView     `json:"refusals,omitempty"`
	Outcome    *run.Outcome      `json:"outcome,omitempty"` // once every task has ended; without a class: success
	Tasks      []json.RawMessage `json:"tasks,omitempty"`
	Failures   []run.Failure     `json:"failures,omitempty"`
}

type refusalView struct {
	Class  run.Class `json:"class"`
	Reason string    `json:"reason"`
	Rule   string    `json:"rule,omitempty"` // of the rule table
	Count  int       `json:"count"`
	LastAt *stamp    `json:"lastAt,omitempty"`
}

func (o Options) viewAttempt(r *run.Run, a *run.Attempt) attemptView {
	v := attemptView{
		Number: a.Number, LaunchedAt: stampOf(a.LaunchedAt), Calls: a.Calls,
		Outcome: a.Outcome, Failures: a.Failures,
	}
	for _, f := range a.Refusals {
		v.Refusals = append(v.Refusals, refusalView{Class: f.Class, Reason: f.Reason, Rule: f.Rule, Count: f.Count, LastAt: stampOf(&f.LastAt)})
	}
	for i := range a.Tasks {
		v.Tasks = append(v.Tasks, o.viewTask(r, &a.Tasks[i]))
	}
	return v
}

// viewTask is the task under ECS's own names, with where the output of each container is.
func (o Options) viewTask(r *run.Run, t *run.Task) json.RawMessage {
	list, isObject := members(mask(t.Raw))
	if !isObject {
		return object([]member{{"taskArn", quote(t.ARN)}})
	}
	for i, m := range list {
		if containers, isArray := items(m.value); m.name == "containers" && isArray {
			list[i].value = o.viewContainers(r, t, containers)
		}
	}
	return object(list)
}

func (o Options) viewContainers(r *run.Run, t *run.Task, containers []json.RawMessage) json.RawMessage {
	for i, raw := range containers {
		list, isObject := members(raw)
		if log := o.logOf(r, t, list); isObject && log != nil {
			containers[i] = object(append(list, member{"log", log}))
		}
	}
	return array(containers)
}

// logOf is nil for a container whose output is nowhere to be found.
func (o Options) logOf(r *run.Run, t *run.Task, container []member) json.RawMessage {
	if o.Logs == nil {
		return nil
	}
	var name string
	for _, m := range container {
		if m.name == "name" && json.Unmarshal(m.value, &name) != nil {
			return nil
		}
	}
	where := o.Logs(r, t, name)
	if where == nil {
		return nil
	}
	raw, err := encode(where)
	if err != nil {
		return nil
	}
	return raw[:len(raw)-1]
}
