package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"davit/internal/run"
)

// engine is ECS as one process sees it, as internal/awsecs shows it to the domain. It implements run.Engine and run.Catalog.
type engine struct{ p *process }

var (
	_ run.Engine  = engine{}
	_ run.Catalog = engine{}
)

// refused are refusals of the request itself.
var refused = []run.EngineError{
	{Code: "AccessDeniedException", Message: "User is not authorized to perform: iam:PassRole"},
	{Code: "ClientException", Message: "The platform version is not supported"},
	{Code: "InvalidParameterException", Message: "No Container Instances were found in your cluster."},
	{Code: "ClusterNotFoundException", Message: "Cluster not found.", Unknown: true},
	{Code: "UnsupportedFeatureException", Message: "The feature is not supported."},
	{Code: "ClientException", Message: "You've reached the limit on the number of tasks in the PROVISIONING state"},
}

// failure is the error that awsecs makes of a reply.
func (e engine) failure(op string, f Fault) error {
	switch f {
	case None:
		return nil
	case Throttle:
		return &run.EngineError{Operation: op, Code: "ThrottlingException", Message: "Rate exceeded"}
	case ServerFault:
		return &run.EngineError{Operation: op, Code: "ServerException", Message: "internal", Unclear: true}
	case Dial:
		return &run.EngineError{Operation: op, Err: errors.New("dial tcp: i/o timeout")}
	case Denied:
		return &run.EngineError{Operation: op, Code: "AccessDeniedException", Message: "not authorized to perform: ecs:" + op}
	case Disguised:
		return &run.EngineError{Operation: op, Code: "InvalidParameterException", Message: "Rate exceeded (EC2 RequestLimitExceeded)"}
	case Refuse:
		err := refused[e.p.w.rng.IntN(len(refused))]
		err.Operation = op
		return &err
	case DieBefore, DieAfter:
		return &run.EngineError{Operation: op, Unclear: true, Err: errDied}
	default:
		return &run.EngineError{Operation: op, Unclear: true, Err: errors.New("the connection broke")}
	}
}

type placed struct {
	placement run.Placement
	err       error
}

// Launch implements run.Engine: one request.
func (e engine) Launch(_ context.Context, op run.Operation, input json.RawMessage) (run.Placement, error) {
	w, seam := e.p.w, RunTask
	if op == run.StartTask {
		seam = StartTask
	}
	var in launchInput
	_ = json.Unmarshal(input, &in)
	what := fmt.Sprintf("%d%v token %.4s", in.Count, in.ContainerInstances, in.ClientToken)
	if len(in.ContainerInstances) > 0 {
		what = fmt.Sprintf("on %d instances", len(in.ContainerInstances))
	}
	f := w.fate(seam)
	room := math.MaxInt
	wanted := max(in.Count, len(in.ContainerInstances))
	switch f.fault {
	case Partial:
		room, f.fault = w.rng.IntN(max(wanted, 1)), None
	case NoCapacity:
		room, f.fault = 0, None
	case Nothing:
		room, f.fault = 0, LostReply // awsecs takes an empty success for a reply that cannot be used
	case Stale:
		w.ecs.lag, f.fault = max(w.ecs.lag, maxLag), None
	}
	r := e.p.try(seam, what, f, func() any {
		p, err := w.ecs.launch(e.p, op, input, room)
		w.note(e.p, seam, what, fmt.Sprintf("%d tasks, %d failures, %v", len(p.Tasks), len(p.Failures), err))
		return placed{p, err}
	})
	w.judge.answered(in, r)
	if err := e.failure(string(op), r.fault); err != nil {
		return run.Placement{}, err
	}
	return e.placement(op, r.value)
}

// placement returns what Launch answers for a call that was carried out.
func (e engine) placement(op run.Operation, value any) (run.Placement, error) {
	if e.p.ctx.err != nil {
		return run.Placement{}, &run.EngineError{Operation: string(op), Unclear: true, Err: e.p.ctx.err}
	}
	v := value.(placed)
	if v.err == nil && len(v.placement.Tasks)+len(v.placement.Failures) == 0 {
		return run.Placement{}, &run.EngineError{Operation: string(op), Unclear: true, Err: errors.New("empty")}
	}
	return v.placement, v.err
}

// Describe implements run.Engine.
func (e engine) Describe(_ context.Context, _ string, arns []string) (run.Description, error) {
	if len(arns) == 0 {
		return run.Description{}, nil
	}
	r := e.p.call(DescribeTasks, fmt.Sprint(len(arns)), 3, func() any {
		d := e.p.w.ecs.describe(arns)
		e.p.w.note(e.p, DescribeTasks, "", fmt.Sprintf("%d shown, %d missing", len(d.Tasks), len(d.Missing)))
		return d
	})
	if err := e.failure("DescribeTasks", r.fault); err != nil {
		return run.Description{}, err
	}
	return r.value.(run.Description), nil
}

// List implements run.Engine.
func (e engine) List(_ context.Context, q run.TaskQuery) ([]string, error) {
	what := "running"
	if q.Stopped {
		what = "stopped"
	}
	r := e.p.call(ListTasks, what, 3, func() any {
		arns := e.p.w.ecs.list(q)
		e.p.w.note(e.p, ListTasks, what, fmt.Sprintf("%d shown", len(arns)))
		return arns
	})
	e.p.w.judge.looked(e.p, q, r.fault == None)
	if r.fault == None && q.Stopped && q.StartedBy == "" && e.p.w.scenario.Crowd {
		return r.value.([]string), &run.EngineError{Operation: "ListTasks", Message: "more than 100 pages of tasks match", Truncated: true}
	}
	if err := e.failure("ListTasks", r.fault); err != nil {
		return nil, err
	}
	return r.value.([]string), nil
}

type stopReply struct {
	task json.RawMessage
	err  error
}

// Stop implements run.Engine.
func (e engine) Stop(_ context.Context, _, arn, reason string) (json.RawMessage, error) {
	what := arn[len(arn)-3:]
	r := e.p.call(StopTask, what, 3, func() any {
		task, err := e.p.w.ecs.stop(arn, reason)
		e.p.w.note(e.p, StopTask, what, fmt.Sprint("taken ", err))
		return stopReply{task, err}
	})
	if err := e.failure("StopTask", r.fault); err != nil {
		return nil, err
	}
	v := r.value.(stopReply)
	return v.task, v.err
}

// Definition implements run.Catalog.
func (e engine) Definition(context.Context, string) (run.Definition, error) {
	r := e.p.call(DescribeDef, "job", 3, func() any { return nil })
	if err := e.failure("DescribeTaskDefinition", r.fault); err != nil {
		return run.Definition{}, err
	}
	d := run.Definition{ARN: definitionARN, Family: "job", Revision: 1, Containers: []run.Container{{Name: "main", Essential: true}}}
	for i := range e.p.w.scenario.Containers {
		d.Containers = append(d.Containers, run.Container{Name: fmt.Sprint("sidecar-", i)})
	}
	return d, nil
}

// Cluster implements run.Catalog.
func (e engine) Cluster(context.Context, string) error {
	r := e.p.call(DescribeClust, "jobs", 3, func() any { return nil })
	return e.failure("DescribeClusters", r.fault)
}
