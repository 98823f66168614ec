package sim

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"davit/internal/run"
)

// What the simulated account has.
const (
	account       = "123456789012"
	region        = "eu-west-1"
	clusterARN    = "arn:aws:ecs:" + region + ":" + account + ":cluster/jobs"
	definitionARN = "arn:aws:ecs:" + region + ":" + account + ":task-definition/job:1"
	taskPrefix    = "arn:aws:ecs:" + region + ":" + account + ":task/jobs/"
	instanceARN   = "arn:aws:ecs:" + region + ":" + account + ":container-instance/jobs/"
	startedPrefix = "davit"
)

// remembered is how long ECS shows a task that stopped.
const remembered = time.Hour

// ecs is the cluster.
type ecs struct {
	w      *world
	tasks  []*ecsTask
	byARN  map[string]*ecsTask
	by     map[string][]*ecsTask // by startedBy
	tokens map[string]*token
	lag    time.Duration // of new tasks in lists and descriptions, at most
}

// token is a clientToken with what its call did.
type token struct {
	input    string
	tasks    []*ecsTask
	failures []run.Failure
	made     time.Time
}

// gone reports whether ECS has forgotten the token: 24 h after the call, or an hour after its last task stopped, whichever is sooner.
func (t *token) gone(now time.Time) bool {
	if !now.Before(t.made.Add(24 * time.Hour)) {
		return true
	}
	last := t.made
	for _, task := range t.tasks {
		if !task.over() {
			return false
		}
		if task.stopped.After(last) {
			last = task.stopped
		}
	}
	return !now.Before(last.Add(remembered))
}

func newECS(w *world) *ecs {
	return &ecs{w: w, byARN: map[string]*ecsTask{}, by: map[string][]*ecsTask{}, tokens: map[string]*token{}}
}

// launchInput is the part of a launch call that the model reads.
type launchInput struct {
	ClientToken, StartedBy string
	Count                  int
	ContainerInstances     []string
}

// launch carries a launch call out. room is how many tasks there is capacity for.
func (e *ecs) launch(p *process, op run.Operation, input json.RawMessage, room int) (run.Placement, error) {
	var in launchInput
	if err := json.Unmarshal(input, &in); err != nil {
		return run.Placement{}, &run.EngineError{Operation: string(op), Code: "SerializationException", Message: err.Error()}
	}
	if op == run.StartTask {
		in.Count = len(in.ContainerInstances)
	}
	if in.ClientToken != "" {
		if known := e.tokens[in.ClientToken]; known != nil && !known.gone(e.w.now) {
			return e.replay(known, string(input))
		}
	}
	e.w.judge.launching(p, in)
	made := &token{input: string(input), made: e.w.now}
	for i := range in.Count {
		instance := ""
		if op == run.StartTask {
			instance = in.ContainerInstances[i]
			if !strings.HasPrefix(instance, "arn:") {
				instance = instanceARN + instance
			}
		}
		if i >= room {
			made.failures = append(made.failures, e.failure(op, instance))
			continue
		}
		made.tasks = append(made.tasks, e.born(in.StartedBy, instance))
	}
	if in.ClientToken != "" {
		e.tokens[in.ClientToken] = made
	}
	e.w.judge.launched(p, in, made.tasks)
	return made.placement(func(t *ecsTask) json.RawMessage { return t.describe(false) }), nil
}

func (e *ecs) failure(op run.Operation, instance string) run.Failure {
	if op == run.StartTask {
		return run.Failure{ARN: instance, Reason: "RESOURCE:MEMORY"}
	}
	return run.Failure{Reason: "Capacity is unavailable at this time. Please try again later or in a different availability zone"}
}

func (t *token) placement(show func(*ecsTask) json.RawMessage) run.Placement {
	p := run.Placement{Failures: t.failures}
	for _, task := range t.tasks {
		p.Tasks = append(p.Tasks, show(task))
	}
	return p
}

// replay repeats the answer of a token that is known.
func (e *ecs) replay(t *token, input string) (run.Placement, error) {
	if t.input != input {
		err := &run.EngineError{Operation: "RunTask", Code: "ConflictException", Message: "the token was used with other parameters"}
		for _, task := range t.tasks {
			err.ResourceIDs = append(err.ResourceIDs, task.arn)
		}
		return run.Placement{}, err
	}
	return t.placement(func(task *ecsTask) json.RawMessage {
		if task.over() {
			return task.bare()
		}
		return task.describe(false)
	}), nil
}

// born makes a task and lets its life begin.
func (e *ecs) born(startedBy, instance string) *ecsTask {
	w := e.w
	t := &ecsTask{
		arn: fmt.Sprintf("%s%032x", taskPrefix, len(e.tasks)+1), startedBy: startedBy, instance: instance, created: w.now, shown: w.now,
		lastStatus: "PROVISIONING", desired: "RUNNING", exit: -1, version: 1, plan: w.scenario.life(w), sidecars: w.scenario.Containers,
	}
	if e.lag > 0 && w.faulty() && w.rng.IntN(2) == 0 {
		t.shown = w.now.Add(w.upTo(e.lag))
	}
	t.run, t.attempt, _ = run.ParseStartedBy(startedPrefix, startedBy)
	e.tasks, e.byARN[t.arn] = append(e.tasks, t), t
	e.by[startedBy] = append(e.by[startedBy], t)
	w.say(t.run, "ECS places task %d of attempt %d (shown after %v)", len(e.tasks), t.attempt, t.shown.Sub(t.created))
	w.bus.taskChanged(t)
	if w.chance(w.scenario.Strangers) {
		e.stranger(startedBy)
	}
	w.after(t.plan.pending, func() { e.move(t, "PENDING") })
	w.after(t.plan.pending+t.plan.running, func() { e.run(t) })
	return t
}

// stranger is a task of another cluster, family or account with the same startedBy, which succeeds. ECS's lists do not show it.
func (e *ecs) stranger(startedBy string) {
	w := e.w
	t := &ecsTask{
		arn: fmt.Sprintf("%s%032x", taskPrefix, 1<<40+w.rng.IntN(1<<30)), startedBy: startedBy, created: w.now, started: w.now, stopped: w.now,
		lastStatus: "STOPPED", desired: "STOPPED", stopCode: "EssentialContainerExited", version: 9,
	}
	t.run, t.attempt, _ = run.ParseStartedBy(startedPrefix, startedBy)
	var change func(m map[string]any)
	switch w.rng.IntN(3) {
	case 0:
		t.arn = strings.Replace(t.arn, "task/jobs/", "task/elsewhere/", 1)
		change = func(m map[string]any) { m["clusterArn"] = strings.Replace(clusterARN, "/jobs", "/elsewhere", 1) }
	case 1:
		t.arn = strings.Replace(t.arn, account, "999999999999", 1)
		change = func(m map[string]any) { m["clusterArn"] = strings.Replace(clusterARN, account, "999999999999", 1) }
	default:
		change = func(m map[string]any) {
			m["taskDefinitionArn"], m["group"] = strings.Replace(definitionARN, "job:1", "other:1", 1), "family:other"
		}
	}
	var m map[string]any
	_ = json.Unmarshal(t.describe(false), &m)
	change(m)
	w.say(t.run, "a stranger's task carries the startedBy of attempt %d", t.attempt)
	w.after(w.upTo(30*time.Second), func() { w.bus.taskEvent(t, encode(m)) })
}

func (e *ecs) move(t *ecsTask, status string) {
	if t.over() || t.desired == "STOPPED" && status != "STOPPED" && status != "DEPROVISIONING" {
		return
	}
	t.lastStatus = status
	t.version++
	e.w.bus.taskChanged(t)
}

func (e *ecs) run(t *ecsTask) {
	switch {
	case t.over() || t.desired == "STOPPED":
	case t.plan.never:
		e.end(t, "TaskFailedToStart", "ResourceInitializationError: unable to pull secrets", -1)
	default:
		t.started = e.w.now
		e.move(t, "RUNNING")
		if t.plan.ends > 0 {
			e.w.after(t.plan.ends, func() { e.exit(t) })
		}
	}
}

// exit is the end of a task that nobody stops.
func (e *ecs) exit(t *ecsTask) {
	switch {
	case t.over() || t.desired == "STOPPED":
	case t.plan.spot:
		t.desired, t.stopping, t.stopCode, t.reason = "STOPPED", e.w.now, "SpotInterruption", "Your Spot Task was interrupted."
		e.move(t, "DEPROVISIONING")
		e.w.after(e.w.upTo(2*time.Minute), func() { e.end(t, "", "", 137) })
	default:
		e.end(t, "EssentialContainerExited", "Essential container in task exited", t.plan.exit)
	}
}

func (e *ecs) end(t *ecsTask, code, reason string, exit int) {
	if t.over() {
		return
	}
	if t.stopCode == "" {
		t.stopCode, t.reason = code, reason
	}
	t.desired, t.stopped, t.exit = "STOPPED", e.w.now, exit
	e.move(t, "STOPPED")
	e.w.say(t.run, "ECS task %s stopped: %s, exit %d", t.arn[len(t.arn)-3:], t.stopCode, exit)
}

// stop is StopTask.
func (e *ecs) stop(arn, reason string) (json.RawMessage, error) {
	t := e.byARN[arn]
	if t == nil || t.over() && !e.w.now.Before(t.stopped.Add(remembered)) {
		return nil, &run.EngineError{Operation: "StopTask", Code: "InvalidParameterException", Message: "The referenced task was not found.", Unknown: true}
	}
	if !t.over() && t.desired != "STOPPED" {
		t.desired, t.stopping, t.stopCode, t.reason = "STOPPED", e.w.now, "UserInitiated", reason
		t.version++
		e.w.say(t.run, "ECS is told to stop task %s", t.arn[len(t.arn)-3:])
		exit := -1
		if !t.started.IsZero() {
			exit = 143
		}
		e.w.bus.taskChanged(t)
		e.w.after(t.plan.stop, func() { e.end(t, "", "", exit) })
	}
	return t.describe(false), nil
}

// visible reports whether reads show a task.
func (e *ecs) visible(t *ecsTask) bool {
	return t != nil && !e.w.now.Before(t.shown) && (!t.over() || e.w.now.Before(t.stopped.Add(remembered)))
}

func (e *ecs) list(q run.TaskQuery) []string {
	var arns []string
	from := e.tasks
	if q.StartedBy != "" {
		from = e.by[q.StartedBy]
	}
	for _, t := range from {
		if e.visible(t) && (t.desired == "STOPPED") == q.Stopped {
			arns = append(arns, t.arn)
		}
	}
	return arns
}

func (e *ecs) describe(arns []string) run.Description {
	var d run.Description
	for _, arn := range arns {
		if t := e.byARN[arn]; e.visible(t) {
			d.Tasks = append(d.Tasks, t.describe(true))
		} else {
			d.Missing = append(d.Missing, arn)
		}
	}
	return d
}
