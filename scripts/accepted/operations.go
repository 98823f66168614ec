package main

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"davit/internal/ecsspec"
	"davit/internal/run"
)

// operation is an operation of ECS with the minimal inputs that requests are generated from.
type operation struct {
	name  string
	input reflect.Type
	bases []string
	// ask submits a body to Davit; ok reports whether Davit accepted it.
	ask func(ctx context.Context, d *davit, body []byte) (answer accepted, ok bool, err error)
}

func operations() []operation {
	return []operation{
		{"RunTask", reflect.TypeFor[ecs.RunTaskInput](), []string{
			`{"taskDefinition":"app"}`,
			`{"taskDefinition":"app:3","cluster":"jobs","count":2,"launchType":"FARGATE","networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-1"]}}}`,
			`{"taskDefinition":"arn:aws:ecs:eu-central-1:123456789012:task-definition/app:1","overrides":{"containerOverrides":[{"name":"app","command":["a"]}]},"tags":[{"key":"team","value":"x"}]}`,
		}, launch},
		{"StartTask", reflect.TypeFor[ecs.StartTaskInput](), []string{
			`{"taskDefinition":"app","containerInstances":["0123456789abcdef0123456789abcdef"]}`,
			`{"taskDefinition":"app:3","containerInstances":["i1","i2"],"overrides":{"containerOverrides":[{"name":"app"},{}]},"startedBy":"me/1"}`,
		}, launch},
		{"RegisterTaskDefinition", reflect.TypeFor[ecs.RegisterTaskDefinitionInput](), []string{
			`{"family":"app","containerDefinitions":[{"name":"app","image":"busybox:1.37","memory":512}]}`,
			`{"family":"app","requiresCompatibilities":["FARGATE"],"networkMode":"awsvpc","cpu":"256","memory":"512",
			"containerDefinitions":[{"name":"app","image":"busybox:1.37","memory":256},{"name":"side","image":"busybox:1.37","essential":false}]}`,
			`{"family":"app","requiresCompatibilities":["EC2"],"networkMode":"bridge","memory":"2048","volumes":[{"name":"data","host":{"sourcePath":"/data"}}],
			"containerDefinitions":[{"name":"app","image":"busybox:1.37","memory":512,"mountPoints":[{"sourceVolume":"data","containerPath":"/data"}]},
			{"name":"side","image":"busybox:1.37","memory":512,"dependsOn":[{"containerName":"app","condition":"START"}]}]}`,
		}, register},
		{"StopTask", reflect.TypeFor[ecs.StopTaskInput](), []string{`{"task":"0123456789abcdef0123456789abcdef"}`}, stop},
	}
}

// launch submits a body and makes its launch call.
func launch(ctx context.Context, d *davit, body []byte) (accepted, bool, error) {
	s, found := ecsspec.Spec{}.Parse(body)
	if len(found) > 0 {
		return accepted{}, false, nil
	}
	d.store.record = nil
	if _, err := d.submitter.Submit(ctx, run.SubmitRequest{Caller: "caller", Body: body}); err != nil {
		return accepted{}, false, ignoreRejected(err)
	}
	d.wire.reset()
	if _, err := d.launcher.Step(ctx, run.StepInput{Execution: d.flow.started}); err != nil {
		return accepted{}, false, err
	}
	input, err := ecsspec.WithValues(s.Input.Encode(), davitValues(s.Operation))
	if err != nil {
		return accepted{}, false, err
	}
	return accepted{Operation: string(s.Operation), Input: input, Sent: d.wire.sent, Error: refusals(d.store.record)}, true, nil
}

// davitValues returns the members that Davit sets, with values of the same lengths.
func davitValues(op run.Operation) map[string]any {
	set := map[string]any{"startedBy": "davit-aaaaaaaaaaaaaaaaaaaaaaaaaa-01"}
	if op == run.RunTask {
		set["clientToken"] = "0123456789abcdef0123456789abcdef0123456789abcdef"
	}
	return set
}

// refusals returns the refusals of the run's first attempt.
func refusals(r *run.Run) string {
	if r == nil || len(r.Attempts) == 0 {
		return "no attempt"
	}
	return fmt.Sprint(r.Attempts[0].Refusals)
}

// ignoreRejected returns nil for an error that rejects the request, and err for any other.
func ignoreRejected(err error) error {
	switch run.CodeOf(err) {
	case run.CodeInvalid, run.CodeTooLarge:
		return nil
	default:
		return err
	}
}

func register(ctx context.Context, d *davit, body []byte) (accepted, bool, error) {
	input, found := ecsspec.Spec{}.ParseTaskDefinition(body)
	if len(found) > 0 {
		return accepted{}, false, nil
	}
	d.wire.reset()
	answer := accepted{Operation: "RegisterTaskDefinition", Input: input}
	if _, err := d.registrar.Register(ctx, body); err != nil {
		if d.wire.calls == 0 && run.CodeOf(err) == run.CodeInvalid {
			return accepted{}, false, nil // before the look at the latest revision: Davit's own rule
		}
		answer.Error = fmt.Sprint(err, run.ViolationsOf(err))
	}
	answer.Sent = d.wire.sent
	return answer, true, nil
}

func stop(ctx context.Context, d *davit, body []byte) (accepted, bool, error) {
	input, found := ecsspec.Spec{}.ParseStopTask(body)
	if len(found) > 0 {
		return accepted{}, false, nil
	}
	var in struct{ Cluster, Task, Reason string }
	if err := json.Unmarshal(input, &in); err != nil {
		return accepted{}, false, err
	}
	d.wire.reset()
	answer := accepted{Operation: "StopTask", Input: input}
	if _, err := d.engine.Stop(ctx, in.Cluster, in.Task, in.Reason); err != nil {
		answer.Error = err.Error()
	}
	answer.Sent = d.wire.sent
	return answer, true, nil
}
