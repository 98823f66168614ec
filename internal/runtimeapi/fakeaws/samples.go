package fakeaws

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"time"

	"davit/events"
	"davit/internal/awsecs"
	"davit/internal/awslogs/logsfake"
	"davit/internal/clock"
	"davit/internal/ecsspec"
	"davit/internal/run"
	"davit/internal/taskdef"
)

// seed registers the sample job's definition and records the two runs of the samples: one that launch.json is to launch, and one
// that has launched the task of taskevent.json, whose execution waits by the token of observe-token.json.
func (s *Services) seed(ctx context.Context) error {
	registrar := &taskdef.Registrar{Spec: ecsspec.Spec{}, Definitions: awsecs.NewRegistrar(s.ecsClient), Writes: true}
	if _, err := registrar.Register(ctx, events.TaskDefinition); err != nil {
		return err
	}
	var waiting, launched run.StepInput
	var task struct {
		Detail json.RawMessage `json:"detail"`
	}
	for name, into := range map[string]any{"launch.json": &waiting, "observe-token.json": &launched, "taskevent.json": &task} {
		if err := readSample(name, into); err != nil {
			return err
		}
	}
	if _, err := s.submitSample(ctx, waiting.Execution); err != nil {
		return err
	}
	r, err := s.submitSample(ctx, launched.Execution)
	if err != nil {
		return err
	}
	return s.recordLaunch(ctx, r, launched.Token, task.Detail)
}

// readSample decodes a file of package events.
func readSample(name string, into any) error {
	data, err := events.Samples.ReadFile(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("events/%s: %w", name, err)
	}
	return nil
}

// submitSample submits the sample job as the run of an execution.
func (s *Services) submitSample(ctx context.Context, x run.Execution) (*run.Run, error) {
	submitter := &run.Submitter{
		Keeper: run.Keeper{Store: namedStore{s.Store, x}, Clock: clock.System, Tuning: run.Tuning{Prefix: "davit", TaskEvents: true}, Workflow: noWorkflow{}},
		Spec:   ecsspec.Spec{}, Catalog: awsecs.NewCatalog(s.ecsClient),
	}
	result, err := submitter.Submit(ctx, run.SubmitRequest{Caller: "iam:AROADBQP57FF2AEXAMPLE", Body: events.Run})
	return result.Run, err
}

// recordLaunch makes r a run of one task, which is placed and not running yet. The task has written a line.
func (s *Services) recordLaunch(ctx context.Context, r *run.Run, token string, task json.RawMessage) error {
	var state struct {
		ARN       string `json:"taskArn"`
		StartedBy string `json:"startedBy"`
	}
	if err := json.Unmarshal(task, &state); err != nil {
		return err
	}
	raw, err := asPending(task)
	if err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	s.Logs.Put("/ecs/settlement", "ecs/worker/"+path.Base(state.ARN), logsfake.Event{At: now, Message: "settlement for region north"})
	r.Status, r.Count, r.StepAt, r.LastHeardAt = run.Pending, 1, now, now
	r.SweepAt = now.Add(-time.Minute) // due
	r.Waiting = &run.Waiting{Token: token, Due: now.Add(time.Hour)}
	r.Attempts = []run.Attempt{{
		Number: 1, StartedBy: state.StartedBy, Want: 1, BeganAt: now, LaunchedAt: &now, Calls: 1,
		Tasks: []run.Task{{ARN: state.ARN, Raw: raw, LaunchedAt: now, SeenAt: now}},
	}}
	return s.Store.Update(ctx, r)
}

// asPending returns a task as it was before the event: with a lower version, and PENDING.
func asPending(task json.RawMessage) (json.RawMessage, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(task, &members); err != nil {
		return nil, err
	}
	members["lastStatus"], members["version"] = json.RawMessage(`"PENDING"`), json.RawMessage(`1`)
	delete(members, "startedAt")
	return json.Marshal(members)
}

// namedStore is a Store whose Create gives the record the names of execution x.
type namedStore struct {
	run.Store
	x run.Execution
}

// Create implements run.Store.
func (n namedStore) Create(ctx context.Context, r *run.Run) (*run.Run, bool, error) {
	r.ID, r.Incarnation, r.Generation = n.x.RunID, n.x.Incarnation, n.x.Generation
	return n.Store.Create(ctx, r)
}

// noWorkflow is a run.Workflow that does nothing.
type noWorkflow struct{}

// Start implements run.Workflow.
func (noWorkflow) Start(context.Context, run.Execution, string) error { return nil }

// Wake implements run.Workflow.
func (noWorkflow) Wake(context.Context, string, run.StepOutput) error { return nil }
